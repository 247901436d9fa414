/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "../log_read.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../job_watch.h"
#include "../log_pods.h"
#include "../wait_for.h"

static int file_of(const char *text, size_t len, char path[32])
{
    strcpy(path, "/tmp/skjob-log-XXXXXX");
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, len), (ssize_t)len);
    return fd;
}

Test(log_read, tail)
{
    static const struct {
        const char *text;
        int64_t n;
        off_t want;
    } rows[] = {
        {"a\nb\nc\n", 1, 4}, {"a\nb\nc\n", 2, 2}, {"a\nb\nc\n", 3, 0},  {"a\nb\nc\n", 9, 0},
        {"a\nb\nc", 1, 4},   {"a\nb\nc\n", 0, 6}, {"a\nb\nc\n", -1, 0}, {"", 5, 0},
        {"\n\n\n", 1, 2},    {"abc", 1, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[32];
        size_t len = strlen(rows[i].text);
        int fd = file_of(rows[i].text, len, path);
        cr_expect_eq(log_tail_start(fd, (off_t)len, rows[i].n), rows[i].want, "row %zu", i);
        close(fd);
        unlink(path);
    }
}

/* The last line is longer than a block. */
Test(log_read, tail_of_a_long_line)
{
    char path[32];
    size_t len = 200000;
    char *text = malloc(len);
    memset(text, 'x', len);
    text[5] = text[len - 1] = '\n';
    int fd = file_of(text, len, path);
    cr_expect_eq(log_tail_start(fd, (off_t)len, 1), 6);
    cr_expect_eq(log_tail_start(fd, (off_t)len, 2), 0);
    close(fd);
    unlink(path);
    free(text);
}

Test(log_read, what_is_new, .init = cr_redirect_stdout)
{
    char path[32];
    struct error err;
    int fd = file_of("one\ntw", 6, path);
    struct log_stream s = {.path = strdup(path),
                           .prefix = strdup("[p] "),
                           .tail = -1,
                           .limit = -1,
                           .since_us = INT64_MIN};
    cr_expect_eq(log_stream_copy(&s, true, &err), 1);
    cr_expect_eq(log_stream_copy(&s, true, &err), 0, "half a line waits");
    cr_assert_eq(write(fd, "o\nth", 4), 4);
    cr_expect_eq(log_stream_copy(&s, true, &err), 1);
    cr_expect_eq(log_stream_copy(&s, false, &err), 1, "at the end it is shown");
    cr_expect(s.in_line);
    fflush(stdout);
    cr_expect_stdout_eq_str("[p] one\n[p] two\n[p] th");
    log_stream_free(&s);
    close(fd);
    unlink(path);
}

Test(log_read, limit_and_missing, .init = cr_redirect_stdout)
{
    char path[32];
    struct error err;
    int fd = file_of("0123456789", 10, path);
    struct log_stream s = {.path = strdup(path), .tail = -1, .limit = 4, .since_us = INT64_MIN};
    struct log_stream none = {.path = strdup("/nonexistent"), .tail = -1, .limit = -1};
    cr_expect_eq(log_stream_copy(&s, false, &err), 1);
    cr_expect_eq(log_stream_copy(&s, false, &err), 0);
    cr_expect_eq(log_stream_copy(&none, false, &err), 0);
    cr_expect_not(none.begun);
    fflush(stdout);
    cr_expect_stdout_eq_str("0123");
    log_stream_free(&s);
    log_stream_free(&none);
    close(fd);
    unlink(path);
}

/* Which pod follows one that ended at 10. */
Test(log_pods, next)
{
    const struct log_pod old = {
        .index = 1, .attempt = 0, .started_us = 0, .ended_us = 10, .ended = true};
    static const struct {
        const char *proves;
        struct log_pod pods[3];
        int want; /* -1 = none */
    } rows[] = {
        {"the next attempt of its index, before what runs",
         {{.index = 0, .started_us = 1},
          {.index = 1, .attempt = 1, .started_us = 20},
          {.index = 2}},
         1},
        {"a new pod before one that ran beside it",
         {{.index = 0, .started_us = 1},
          {.index = 2, .started_us = 12, .ended_us = 13, .ended = true},
          {.index = 1}},
         1},
        {"of new ones the oldest",
         {{.index = 3, .started_us = 15}, {.index = 2, .started_us = 12}, {.index = 1}},
         1},
        {"one that runs", {{.index = 1}, {.index = 2, .started_us = 5}, {.index = 1}}, 1},
        {"not what ended beside it",
         {{.index = 1}, {.index = 2, .started_us = 5, .ended_us = 11, .ended = true}, {.index = 1}},
         -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct log_pods p = {(struct log_pod *)rows[i].pods, 3};
        const struct log_pod *got = log_pods_next(&p, &old);
        cr_expect_eq(got ? (int)(got - p.v) : -1, rows[i].want, "%s", rows[i].proves);
    }
}

Test(wait_for, words)
{
    static const struct {
        const char *text;
        int kind; /* -1 = refused */
        const char *type, *status;
    } rows[] = {
        {"finished", WAIT_FINISHED, "", ""},
        {"delete", WAIT_DELETE, "", ""},
        {"create", WAIT_CREATE, "", ""},
        {"condition=Complete", WAIT_CONDITION, "Complete", "true"},
        {"condition=Complete=False", WAIT_CONDITION, "Complete", "False"},
        {"jsonpath={.status.succeeded}=3", WAIT_JSONPATH, "", ""},
        {"jsonpath={.status.succeeded}", WAIT_JSONPATH, "", ""},
        {"jsonpath=.status.succeeded=3", WAIT_JSONPATH, "", ""},
        {"jsonpath={.status.succeeded}=", -1, "", ""},
        {"jsonpath=", -1, "", ""},
        {"condition=", -1, "", ""},
        {"ready", -1, "", ""},
        {"", -1, "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        struct wait_for w;
        int rc = wait_for_parse(rows[i].text, &w, &err);
        cr_expect_eq(rc == 0 ? (int)w.kind : -1, rows[i].kind, "%s", rows[i].text);
        if (rc == 0) {
            cr_expect_str_eq(w.type, rows[i].type);
            cr_expect_str_eq(w.status, rows[i].status);
        }
        wait_for_free(&w);
    }
}

/* From one second to ten: at most one question to slurmctld in each. */
Test(job_watch, interval)
{
    cr_expect_eq(job_watch_interval(0), 1000000);
    cr_expect_eq(job_watch_interval(9000000), 1000000);
    cr_expect_eq(job_watch_interval(50000000), 5000000);
    cr_expect_eq(job_watch_interval(INT64_MAX), 10000000);
}
