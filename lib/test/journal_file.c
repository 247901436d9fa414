/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal's files: appending, reading, damage, many writers at once.
 */
#include "journal.h"
#include "journal_folder.h"
#include "journal_read.h"
#include "journal_text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define T0       INT64_C(1767323045123456)

static void write_file(const struct folder *f, const char *name, const char *data, size_t len)
{
    int fd = openat(f->events_fd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    cr_assert(fd >= 0 && write(fd, data, len) == (ssize_t)len);
    close(fd);
}

static struct journal_record started(uint32_t index)
{
    return (struct journal_record){
        .event = JOURNAL_STARTED, .time_us = T0, .index = index, .pod = "p", .job = "1"};
}

/* What a reading saw: indexes in order, and reports as "file:line why;". */
struct seen {
    char indexes[4096];
    char reports[4096];
    size_t records;
    size_t damaged;
    int stop_at; /* index at which reading ends, -1 = never */
};

static int see(void *arg, const struct journal_line *line)
{
    struct seen *s = arg;
    size_t len = strlen(s->indexes);
    s->records++;
    snprintf(s->indexes + len, sizeof s->indexes - len, "%s%" PRIu32, len ? "," : "", line->index);
    return s->stop_at == (int)line->index ? 42 : 0;
}

static void see_damage(void *arg, const char *file, size_t line, const char *why)
{
    struct seen *s = arg;
    size_t len = strlen(s->reports);
    s->damaged++;
    snprintf(s->reports + len, sizeof s->reports - len, "%s:%zu %s;", file, line, why);
}

static struct seen read_folder(const struct folder *f)
{
    struct seen s = {.stop_at = -1};
    struct error err;
    const struct journal_visitor visitor = {&s, see, see_damage};
    cr_assert_eq(journal_read_job(f->job_fd, &visitor, &err), 0, "%s", err.text);
    return s;
}

Test(journal_file, appends_and_reads)
{
    struct folder f = make_folder();
    struct error err;
    for (uint32_t i = 0; i < 6; i++) {
        struct journal_record r = started(i);
        cr_expect_eq(journal_append_path(f.path, i % 2 ? "n1" : "n2", &r, &err), 0);
    }
    write_file(&f, ".nfs0001", "rubbish\n", 8);
    cr_assert(mkdirat(f.events_fd, "folder", 0700) == 0);
    struct seen s = read_folder(&f);
    cr_expect_str_eq(s.indexes, "1,3,5,0,2,4");
    cr_expect_str_eq(s.reports, "");
    struct stat st;
    cr_expect(fstatat(f.events_fd, "n1", &st, 0) == 0 && (st.st_mode & 0777) == 0600);
    remove_folder(&f);
}

Test(journal_file, an_absent_folder_is_an_empty_journal)
{
    struct folder f = make_folder();
    cr_assert(unlinkat(f.job_fd, "events", AT_REMOVEDIR) == 0);
    struct seen s = read_folder(&f);
    cr_expect_eq(s.records, 0);
    struct journal_record r = started(5);
    cr_expect_eq(journal_append_path(f.path, "n1", &r, NULL), 0);
    cr_expect_str_eq(read_folder(&f).indexes, "5");
    remove_folder(&f);
}

Test(journal_file, the_visitor_ends_the_reading)
{
    struct folder f = make_folder();
    struct seen s = {.stop_at = 1};
    const struct journal_visitor visitor = {&s, see, see_damage};
    for (uint32_t i = 0; i < 4; i++) {
        struct journal_record r = started(i);
        journal_append(f.events_fd, "n1", &r, NULL);
    }
    cr_expect_eq(journal_read_job(f.job_fd, &visitor, NULL), 42);
    cr_expect_str_eq(s.indexes, "0,1");
    remove_folder(&f);
}

/* Files are written with letters: a..d are the records of index 0..3 without newline, A is the
 * first half of a, C the second half of c; $ is a newline, . a NUL, ~ a bit flip in the next
 * record, L a line of 5000 bytes, H one of 600,000, n a blank, r a carriage return. */
static size_t compose(char *out, const char *recipe)
{
    char *p = out;
    bool flip = false;
    for (; *recipe; recipe++) {
        char record[JOURNAL_LINE_MAX + 1];
        char c = *recipe;
        struct journal_record r = started((uint32_t)((c | 32) - 'a') & 3);
        size_t len = (size_t)journal_format(&r, record, NULL) - 1;
        size_t fill = c == 'L' ? 5000 : c == 'H' ? 600000 : c == '.' ? 1 : 0;
        static const char one[] = "$\nn r\r";
        const char *single = strchr("$nr", c);
        if (c == '~') {
            flip = true;
        } else if (single) {
            *p++ = strchr(one, c)[1];
        } else if (fill) {
            memset(p, c == '.' ? 0 : 'x', fill);
            p += fill;
        } else {
            size_t from = c == 'C' ? len / 2 : 0;
            size_t to = c == 'A' ? len / 2 : len;
            memcpy(p, record + from, to - from);
            if (flip)
                p[40] ^= 4;
            flip = false;
            p += to - from;
        }
    }
    return (size_t)(p - out);
}

Test(journal_file, damage_costs_only_itself)
{
    static const struct {
        const char *proves;
        const char *file;
        const char *indexes;
        const char *reports;
    } cases[] = {
        {"whole lines", "a$b$c$", "0,1,2", ""},
        {"an empty file", "", "", ""},
        {"a torn last line is silent", "a$b$A", "0,1", ""},
        {"a last record that lacks only its newline counts", "a$b", "0,1", ""},
        {"NULs at the end, as a crash leaves them, are silent", "a$....", "0", ""},
        {"half a line in the middle", "a$A$c$", "0,2", "f:2 cut off: no checksum at its end;"},
        {"a flipped bit in the middle", "a$~b$c$", "0,2", "f:2 the checksum is wrong;"},
        {"a flipped bit in the last line", "a$~b$", "0", "f:2 the checksum is wrong;"},
        {"half a line that runs into a record", "a$Ab$c$", "0,1,2", "f:2 the checksum is wrong;"},
        {"two halves run into a record", "AAb$c$", "1,2", "f:1 the checksum is wrong;"},
        {"a newline that was lost", "ab$c$", "0,1,2", "f:1 the checksum is wrong;"},
        {"a newline that became another byte", "a.b$c$", "0,1,2", "f:1 the checksum is wrong;"},
        {"the second half of a line", "C$b$", "1", "f:1 not a record;"},
        {"empty lines and blanks are nothing", "$$a$n$$b$", "0,1", ""},
        {"a carriage return costs nothing", "ar$b$", "0,1", "f:1 cut off: no checksum at its end;"},
        {"NULs in the middle", "a$...$b$", "0,1", "f:2 not a record;"},
        {"NULs before a record", "a$...b$c$", "0,1,2", "f:2 not a record;"},
        {"a long line", "a$L$b$", "0,1", "f:2 longer than a record can be;"},
        {"a line longer than the buffer", "a$H$b$", "0,1", "f:2 longer than a record can be;"},
        {"a record behind a long line", "a$Hb$c$", "0,1,2", "f:2 longer than a record can be;"},
        {"a long last line", "a$H", "0", ""},
        {"several kinds at once", "a$A$~b$$Lc$d$", "0,2,3",
         "f:2 cut off: no checksum at its end;f:3 the checksum is wrong;"
         "f:5 longer than a record can be;"},
    };
    char *text = malloc(2000000);
    cr_assert(text);
    for (size_t i = 0; i < N(cases); i++) {
        struct folder f = make_folder();
        write_file(&f, "f", text, compose(text, cases[i].file));
        struct seen s = read_folder(&f);
        cr_expect_str_eq(s.indexes, cases[i].indexes, "%s: %s", cases[i].proves, s.indexes);
        cr_expect_str_eq(s.reports, cases[i].reports, "%s: %s", cases[i].proves, s.reports);
        remove_folder(&f);
    }
    free(text);
}

/* A file of many lines crosses the reader's buffer at every offset within a line. */
Test(journal_file, lines_cross_the_buffer)
{
    struct folder f = make_folder();
    size_t want = 0;
    char *text = malloc((size_t)6000 * 200);
    char *p = text;
    cr_assert(text);
    for (uint32_t i = 0; i < 6000; i++) {
        struct journal_record r = started(i);
        r.pod = &"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"[i % 40];
        p += journal_format(&r, p, NULL);
        want++;
    }
    write_file(&f, "f", text, (size_t)(p - text));
    struct seen s = read_folder(&f);
    cr_expect(s.records == want && s.damaged == 0, "%zu, %zu", s.records, s.damaged);
    free(text);
    remove_folder(&f);
}

static off_t size_of(const struct folder *f, const char *name)
{
    struct stat st;
    cr_assert(fstatat(f->events_fd, name, &st, 0) == 0);
    return st.st_size;
}

Test(journal_file, append_repairs_half_a_line)
{
    static const struct {
        const char *before;
        bool newline; /* one goes before the record */
        const char *indexes;
    } cases[] = {
        {"", false, "9"},   {"a$", false, "0,9"}, {"a$A", true, "0,9"},
        {"a", true, "0,9"}, {"A", true, "9"},     {"a$..", true, "0,9"},
    };
    for (size_t i = 0; i < N(cases); i++) {
        struct folder f = make_folder();
        char text[1024], line[JOURNAL_LINE_MAX + 1];
        struct journal_record r = started(9);
        off_t len = journal_format(&r, line, NULL) + cases[i].newline;
        write_file(&f, "f", text, compose(text, cases[i].before));
        off_t before = size_of(&f, "f");
        cr_expect_eq(journal_append(f.events_fd, "f", &r, NULL), 0);
        cr_expect_str_eq(read_folder(&f).indexes, cases[i].indexes, "after %s", cases[i].before);
        cr_expect_eq(size_of(&f, "f"), before + len, "after %s", cases[i].before);
        remove_folder(&f);
    }
}

Test(journal_file, refuses_bad_names_and_files)
{
    struct folder f = make_folder();
    struct journal_record r = started(0);
    struct error err;
    static const char *const names[] = {"", ".", "..", ".hidden", "a/b", "/tmp/x"};
    for (size_t i = 0; i < N(names); i++)
        cr_expect_eq(journal_append(f.events_fd, names[i], &r, &err), -1, "%s", names[i]);
    cr_assert(symlinkat("/tmp", f.events_fd, "link") == 0);
    cr_expect_eq(journal_append(f.events_fd, "link", &r, &err), -1);
    cr_assert(mkfifoat(f.events_fd, "fifo", 0600) == 0);
    cr_expect_eq(journal_append(f.events_fd, "fifo", &r, &err), -1);
    cr_expect_str_eq(err.text, "events/fifo is not a regular file");
    remove_folder(&f);
}

/* A limit on the file's size stands for a full disk: first a short write, then an error. */
Test(journal_file, a_full_disk_is_an_error_and_tears_one_line_at_most)
{
    struct folder f = make_folder();
    struct journal_record r = started(0);
    char line[JOURNAL_LINE_MAX + 1];
    rlim_t len = (rlim_t)journal_format(&r, line, NULL);
    struct rlimit old, small;
    struct error err = {""};
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = len + len / 2;
    signal(SIGXFSZ, SIG_IGN);
    cr_expect_eq(journal_append(f.events_fd, "f", &r, &err), 0);
    setrlimit(RLIMIT_FSIZE, &small);
    r.index = 1;
    cr_expect_eq(journal_append(f.events_fd, "f", &r, &err), -1);
    cr_expect(strstr(err.text, "bytes were written"), "%s", err.text);
    cr_expect_eq(journal_append(f.events_fd, "f", &r, &err), -1);
    cr_expect(strstr(err.text, strerror(EFBIG)), "%s", err.text);
    cr_expect_str_eq(read_folder(&f).indexes, "0");
    setrlimit(RLIMIT_FSIZE, &old);
    cr_expect_eq(journal_append(f.events_fd, "f", &r, &err), 0);
    cr_expect_str_eq(read_folder(&f).indexes, "0,1");
    remove_folder(&f);
}

#define WRITERS 8
#define RECORDS 1000

static void write_many(const struct folder *f, uint32_t writer)
{
    for (uint32_t i = 0; i < RECORDS; i++) {
        struct journal_record r = started(writer * RECORDS + i);
        r.pod = &"a-rather-long-name-so-that-lengths-differ-from-record-to-record"[i % 40];
        if (journal_append(f->events_fd, "f", &r, NULL) < 0)
            _exit(1);
    }
    _exit(0);
}

struct count {
    unsigned char times[WRITERS * RECORDS];
    size_t damaged;
    bool in_order;
    uint32_t last[WRITERS];
};

static int count_record(void *arg, const struct journal_line *line)
{
    struct count *c = arg;
    uint32_t *last = &c->last[line->index / RECORDS];
    c->times[line->index]++;
    c->in_order = c->in_order && line->index % RECORDS == (*last)++;
    return 0;
}

static void count_damage(void *arg, const char *file, size_t line, const char *why)
{
    (void)file, (void)line, (void)why;
    ((struct count *)arg)->damaged++;
}

Test(journal_file, many_processes_append_to_one_file)
{
    struct folder f = make_folder();
    static struct count c = {.in_order = true};
    const struct journal_visitor visitor = {&c, count_record, count_damage};
    fflush(NULL);
    for (uint32_t w = 0; w < WRITERS; w++)
        if (fork() == 0)
            write_many(&f, w);
    for (int w = 0, status; w < WRITERS; w++)
        cr_expect(wait(&status) > 0 && status == 0);
    cr_expect_eq(journal_read_job(f.job_fd, &visitor, NULL), 0);
    for (size_t i = 0; i < N(c.times); i++)
        cr_expect_eq(c.times[i], 1, "record %zu is there %u times", i, c.times[i]);
    cr_expect(c.damaged == 0 && c.in_order);
    remove_folder(&f);
}

static void write_and_confirm(const struct folder *f, int confirm_fd)
{
    for (uint32_t i = 0;; i++) {
        struct journal_record r = started(i);
        if (journal_append(f->events_fd, "f", &r, NULL) == 0 &&
            write(confirm_fd, &i, sizeof i) != sizeof i)
            _exit(1);
    }
}

/* The appending process dies at any time: what it had confirmed before stays, the rest is whole or
 * absent, and others go on. */
Test(journal_file, a_killed_writer_costs_nothing_that_was_confirmed)
{
    for (useconds_t delay = 500; delay < 6000; delay += 500) {
        struct folder f = make_folder();
        int pipe_fd[2];
        uint32_t confirmed = 0, n;
        cr_assert(pipe(pipe_fd) == 0);
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0)
            write_and_confirm(&f, pipe_fd[1]);
        close(pipe_fd[1]);
        usleep(delay);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        while (read(pipe_fd[0], &n, sizeof n) == sizeof n)
            confirmed = n + 1;
        close(pipe_fd[0]);
        struct seen s = read_folder(&f);
        cr_expect(s.records >= confirmed && s.records <= confirmed + 1 && s.damaged == 0);
        struct journal_record r = started(7);
        cr_expect_eq(journal_append(f.events_fd, "f", &r, NULL), 0);
        cr_expect_eq(read_folder(&f).records, s.records + 1);
        remove_folder(&f);
    }
}

/* Reads on, and returns what it saw. */
static struct seen read_more(const struct folder *f, struct journal_places *places, int want)
{
    struct seen s = {.stop_at = -1};
    struct error err;
    const struct journal_visitor visitor = {&s, see, see_damage};
    cr_assert_eq(journal_read_on(f->job_fd, places, &visitor, &err), want);
    return s;
}

static void append(const struct folder *f, const char *name, uint32_t index)
{
    struct error err;
    struct journal_record r = started(index);
    cr_assert_eq(journal_append(f->events_fd, name, &r, &err), 0);
}

Test(journal_file, reads_on_where_it_ended)
{
    struct folder f = make_folder();
    struct journal_places places = {0};
    append(&f, "n1", 1);
    cr_expect_str_eq(read_more(&f, &places, 0).indexes, "1");
    cr_expect_str_eq(read_more(&f, &places, 0).indexes, "");
    append(&f, "n1", 2);
    append(&f, "n2", 3);
    cr_expect_str_eq(read_more(&f, &places, 0).indexes, "2,3");
    write_file(&f, "n1", "half a li", 9);
    cr_expect_str_eq(read_more(&f, &places, 0).indexes, "");
    append(&f, "n1", 4); /* begins with a newline */
    struct seen s = read_more(&f, &places, 0);
    cr_expect_str_eq(s.indexes, "4");
    cr_expect_str_eq(s.reports, "n1:3 not a record;");
    cr_expect_str_eq(read_more(&f, &places, 0).reports, "", "told once");
    journal_places_free(&places);
    remove_folder(&f);
}

Test(journal_file, a_file_that_is_not_what_it_was)
{
    struct folder f = make_folder();
    struct journal_places places = {0};
    append(&f, "n1", 1);
    append(&f, "n2", 2);
    read_more(&f, &places, 0);
    cr_assert_eq(unlinkat(f.events_fd, "n2", 0), 0);
    read_more(&f, &places, JOURNAL_REPLACED);
    journal_places_free(&places);
    read_more(&f, &places, 0);
    cr_assert_eq(renameat(f.events_fd, "n1", f.job_fd, "kept"), 0);
    append(&f, "n1", 1);
    read_more(&f, &places, JOURNAL_REPLACED);
    journal_places_free(&places);
    read_more(&f, &places, 0);
    int fd = openat(f.events_fd, "n1", O_WRONLY | O_TRUNC | O_CLOEXEC);
    close(fd);
    read_more(&f, &places, JOURNAL_REPLACED);
    journal_places_free(&places);
    remove_folder(&f);
}
