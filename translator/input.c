/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "printable.h"
#include "tree.h"

struct input {
    const struct reader_limits *limits;
    input_fn *fn;
    void *arg;
    size_t *objects;
};

static size_t complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static size_t complain(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("error: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    return 1;
}

int input_read(int fd, size_t limit, struct strbuf *out)
{
    char buf[65536];
    while (out->len <= limit) {
        ssize_t n = read(fd, buf, sizeof buf);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -1 : 0;
        strbuf_add(out, buf, (size_t)n);
    }
    return 0;
}

struct position input_position(const struct input_object *object, const char *path)
{
    cleanup_strbuf struct strbuf full = STRBUF_INIT;
    strbuf_addf(&full, "%s%s", object->at, path);
    return object->positions ? positions_find(object->positions, strbuf_str(&full))
                             : (struct position){0};
}

/* List, and typed lists such as JobList. */
static bool is_list(const json_t *raw)
{
    const char *kind = tree_str(raw, "kind");
    size_t n = strlen(kind);
    return n >= 4 && strcmp(kind + n - 4, "List") == 0 && json_is_array(tree_get(raw, "items"));
}

static size_t one_object(struct input *in, struct input_object *o)
{
    const json_t *items = tree_get(o->raw, "items");
    if (!is_list(o->raw)) {
        ++*in->objects;
        return in->fn(in->arg, o) < 0;
    }
    size_t failures = 0, i;
    json_t *item;
    json_array_foreach (items, i, item) {
        char at[40];
        snprintf(at, sizeof at, "items[%zu].", i);
        struct input_object member = *o;
        member.raw = item;
        member.at = at;
        ++*in->objects;
        failures += in->fn(in->arg, &member) < 0;
    }
    return failures;
}

static size_t one_text(struct input *in, const char *source, const struct strbuf *text)
{
    struct error err;
    cleanup_head struct head head = {0};
    struct reader *r;
    if (head_parse(&head, source, strbuf_str(text), text->len, &err) < 0)
        return complain("%s", err.text);
    if (reader_open(&r, source, strbuf_str(text), text->len, in->limits, &err) < 0)
        return complain("%s", err.text);
    size_t failures = 0;
    for (;;) {
        cleanup_document struct document doc = {0};
        int rc = reader_next(r, &doc, &err);
        if (rc < 0)
            failures += complain("%s", err.text);
        if (rc <= 0)
            break;
        struct input_object o = {
            .source = source, .raw = doc.root, .positions = doc.positions, .at = "", .head = &head};
        failures += one_object(in, &o);
    }
    reader_close(r);
    return failures;
}

/* name is printable. */
static size_t one_fd(struct input *in, const char *name, int fd)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (input_read(fd, in->limits->bytes, &text) < 0)
        return complain("cannot read %s: %s", name, strerror(errno));
    if (text.failed)
        return complain("%s: out of memory", name);
    if (text.len > in->limits->bytes)
        return complain("%s has more than %zu bytes; --max-bytes allows more", name,
                        in->limits->bytes);
    return one_text(in, name, &text);
}

static bool is_url(const char *path)
{
    return strncmp(path, "https://", 8) == 0 || strncmp(path, "http://", 7) == 0;
}

static size_t one_file(struct input *in, const char *path)
{
    cleanup_free char *name = printable_copy(path);
    if (!name)
        return complain("out of memory");
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && is_url(path))
        return complain("%s is not fetched: skjob reads files only; curl -LO %s, then -f FILE",
                        name, name);
    if (fd < 0 && errno == ENOENT)
        return complain("the path \"%s\" does not exist", name);
    if (fd < 0)
        return complain("the path \"%s\" cannot be accessed: %s", name, strerror(errno));
    return one_fd(in, name, fd);
}

static int is_manifest(const struct dirent *e)
{
    static const char *const endings[] = {".json", ".yaml", ".yml"};
    size_t n = strlen(e->d_name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t m = strlen(endings[i]);
        if (n > m && strcmp(e->d_name + n - m, endings[i]) == 0)
            return 1;
    }
    return 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static size_t one_folder(struct input *in, const char *path)
{
    struct dirent **entries;
    cleanup_free char *name = printable_copy(path);
    int n = name ? scandir(path, &entries, is_manifest, by_bytes) : -1;
    size_t failures = 0;
    if (n < 0)
        return complain("cannot read %s: %s", name ? name : "", strerror(errno));
    if (n == 0)
        failures = complain("error reading [%s]: recognized file extensions are "
                            "[.json .yaml .yml]",
                            name);
    for (int i = 0; i < n; i++) {
        cleanup_strbuf struct strbuf file = STRBUF_INIT;
        strbuf_addf(&file, "%s/%s", path, entries[i]->d_name);
        struct stat st;
        if (stat(strbuf_str(&file), &st) < 0 || !S_ISDIR(st.st_mode))
            failures += one_file(in, strbuf_str(&file));
        free(entries[i]);
    }
    free(entries);
    return failures;
}

size_t input_each(const char *const *paths, size_t n, const struct reader_limits *limits,
                  input_fn *fn, void *arg, size_t *objects)
{
    struct input in = {.limits = limits, .fn = fn, .arg = arg, .objects = objects};
    size_t failures = 0;
    *objects = 0;
    for (size_t i = 0; i < n; i++) {
        struct stat st;
        if (strcmp(paths[i], "-") == 0)
            failures += one_fd(&in, "STDIN", STDIN_FILENO);
        else if (stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode))
            failures += one_folder(&in, paths[i]);
        else
            failures += one_file(&in, paths[i]);
    }
    return failures;
}
