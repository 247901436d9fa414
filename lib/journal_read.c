/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "journal_read.h"
#include "cleanup.h"
#include "grow.h"
#include "journal_text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Read, not mapped: a file that another node truncates must not kill the reader, and mapped pages
 * count as memory of the process. */
#define BUFFER_SIZE ((size_t)256 * 1024)

struct input {
    const char *name;
    const struct journal_visitor *visitor;
    struct error *err;
    size_t line_no;
    char *buffer;
    size_t len;
    bool is_cut; /* the front of a line longer than the buffer was thrown away */
};

static void report(const struct input *in, const char *why)
{
    if (in->visitor->damaged)
        in->visitor->damaged(in->visitor->arg, in->name, in->line_no, why);
}

static bool is_blank(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (line[i] != ' ' && line[i] != '\r')
            return false;
    return true;
}

/* The start of the next record in p..end, or NULL. No record contains the start of another. */
static const char *find_start(const char *p, const char *end)
{
    return memmem(p, (size_t)(end - p), JOURNAL_START, sizeof JOURNAL_START - 1);
}

/* A record that fills p..end, except perhaps for one byte that was the newline once. */
static bool parse_piece(const char *p, const char *end, struct journal_line *out)
{
    const char *why;
    return journal_parse(p, (size_t)(end - p), out, &why) == 0 ||
           journal_parse(p, (size_t)(end - p) - 1, out, &why) == 0;
}

/* Takes the whole records out of a damaged line: half a line without newline to which the next
 * record was appended, or a newline that was lost. */
static int take_damaged(struct input *in, const char *line, const char *end, bool has_newline,
                        const char *why)
{
    struct journal_line record;
    bool found = false;
    const char *next;
    for (const char *p = find_start(line, end); p; p = next) {
        next = find_start(p + 1, end);
        if (!parse_piece(p, next ? next : end, &record))
            continue;
        found = true;
        int rc = in->visitor->record(in->visitor->arg, &record);
        if (rc != 0)
            return rc;
    }
    if (found || has_newline)
        report(in, why);
    return 0;
}

/* A line; has_newline is false for the rest of the file. */
static int take_line(struct input *in, const char *line, size_t len, bool has_newline)
{
    struct journal_line record;
    const char *why = "longer than a record can be";
    in->line_no++;
    bool is_long = in->is_cut || len >= JOURNAL_LINE_MAX;
    in->is_cut = false;
    if (!is_long && is_blank(line, len))
        return 0;
    if (!is_long && journal_parse(line, len, &record, &why) == 0)
        return in->visitor->record(in->visitor->arg, &record);
    return take_damaged(in, line, line + len, has_newline, why);
}

/* Hands on the whole lines of the buffer and moves the rest to its start. */
static int take_lines(struct input *in)
{
    char *p = in->buffer;
    char *end = p + in->len;
    char *newline;
    while ((newline = memchr(p, '\n', (size_t)(end - p)))) {
        int rc = take_line(in, p, (size_t)(newline - p), true);
        if (rc != 0)
            return rc;
        p = newline + 1;
    }
    in->len = (size_t)(end - p);
    if (in->len == BUFFER_SIZE) {
        /* No line is that long. Its end is kept: a record may stand there. */
        in->is_cut = true;
        p = end - JOURNAL_LINE_MAX;
        in->len = JOURNAL_LINE_MAX;
    }
    memmove(in->buffer, p, in->len);
    return 0;
}

/* Reads from place on, and notes there how far that was. */
static int read_all(int fd, struct input *in, struct journal_place *place)
{
    off_t at = place->at;
    in->line_no = place->lines;
    in->is_cut = place->is_cut;
    for (;;) {
        ssize_t n = pread(fd, in->buffer + in->len, BUFFER_SIZE - in->len, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set(in->err, "cannot read events/%s: %s", in->name, strerror(errno));
        if (n == 0)
            break;
        at += n;
        in->len += (size_t)n;
        int rc = take_lines(in);
        if (rc != 0)
            return rc;
    }
    place->at = at - (off_t)in->len;
    place->lines = in->line_no;
    place->is_cut = in->is_cut;
    return in->len > 0 ? take_line(in, in->buffer, in->len, false) : 0;
}

static int read_with(int fd, const char *name, struct journal_place *place,
                     const struct journal_visitor *visitor, char *buffer, struct error *err)
{
    struct input in = {.name = name, .visitor = visitor, .err = err, .buffer = buffer};
    return read_all(fd, &in, place);
}

int journal_read_file(int fd, const char *name, const struct journal_visitor *visitor,
                      struct error *err)
{
    struct journal_place begin = {0};
    cleanup_free char *buffer = malloc(BUFFER_SIZE);
    if (!buffer)
        return error_set(err, "out of memory");
    return read_with(fd, name, &begin, visitor, buffer, err);
}

/* The files of the folder, sorted, so that reports come in a stable order. */
struct listing {
    struct dirent **list;
    int n;
};

static void listing_free(struct listing *l)
{
    for (int i = 0; i < l->n; i++)
        free(l->list[i]);
    free(l->list);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* alphasort() would follow the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* ---- places ---- */

void journal_places_free(struct journal_places *places)
{
    for (size_t i = 0; i < places->len; i++)
        free(places->v[i].name);
    free(places->v);
    *places = (struct journal_places){0};
}

static struct journal_place *place_of(struct journal_places *places, const char *name)
{
    for (size_t i = 0; i < places->len; i++)
        if (strcmp(places->v[i].name, name) == 0)
            return &places->v[i];
    struct journal_place *v = grow(places->v, places->len, sizeof *v);
    char *copy = strdup(name);
    if (v)
        places->v = v;
    if (!v || !copy) {
        free(copy);
        return NULL;
    }
    v[places->len] = (struct journal_place){.name = copy};
    return &v[places->len++];
}

/* Whether the file is the one that was read so far, only longer perhaps; a new one is, too. */
static bool is_continued(struct journal_place *place, const struct stat *st)
{
    bool is_new = place->inode == 0 && place->at == 0;
    bool same = place->inode == st->st_ino && place->device == st->st_dev;
    place->inode = st->st_ino;
    place->device = st->st_dev;
    return is_new || (same && st->st_size >= place->at);
}

static bool has_lost_one(const struct journal_places *places)
{
    for (size_t i = 0; i < places->len; i++)
        if (!places->v[i].is_there)
            return true;
    return false;
}

static int read_named(int events_fd, const char *name, struct journal_places *places,
                      const struct journal_visitor *visitor, char *buffer, struct error *err)
{
    struct stat st;
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    cleanup_close int fd = openat(events_fd, name, flags);
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_set(err, "cannot read events/%s: %s", name, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return 0;
    struct journal_place *place = place_of(places, name);
    if (!place)
        return error_set(err, "out of memory");
    place->is_there = true;
    if (!is_continued(place, &st))
        return JOURNAL_REPLACED;
    return st.st_size == place->at ? 0 : read_with(fd, name, place, visitor, buffer, err);
}

static int read_from(int events_fd, struct journal_places *places,
                     const struct journal_visitor *visitor, struct error *err)
{
    __attribute__((cleanup(listing_free))) struct listing files = {0};
    cleanup_free char *buffer = malloc(BUFFER_SIZE);
    if (!buffer)
        return error_set(err, "out of memory");
    files.n = scandirat(events_fd, ".", &files.list, is_visible, by_name);
    if (files.n < 0)
        return error_set(err, "cannot read the folder events: %s", strerror(errno));
    for (size_t i = 0; i < places->len; i++)
        places->v[i].is_there = false;
    for (int i = 0; i < files.n; i++) {
        int rc = read_named(events_fd, files.list[i]->d_name, places, visitor, buffer, err);
        if (rc != 0)
            return rc;
    }
    return has_lost_one(places) ? JOURNAL_REPLACED : 0;
}

int journal_read_on(int job_fd, struct journal_places *places,
                    const struct journal_visitor *visitor, struct error *err)
{
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
    cleanup_close int fd = openat(job_fd, JOURNAL_EVENTS_DIR, flags);
    if (fd < 0 && errno == ENOENT)
        return places->len ? JOURNAL_REPLACED : 0;
    if (fd < 0)
        return error_set(err, "cannot open the folder events: %s", strerror(errno));
    return read_from(fd, places, visitor, err);
}

int journal_read_job(int job_fd, const struct journal_visitor *visitor, struct error *err)
{
    __attribute__((cleanup(journal_places_free))) struct journal_places begin = {0};
    return journal_read_on(job_fd, &begin, visitor, err);
}
