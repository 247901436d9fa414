/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../clock.h"
#include "../message.h"
#include "cleanup.h"

static char path[] = "/tmp/skjob-message-XXXXXX";

static void put(const char *text)
{
    cleanup_file FILE *f = fopen(path, "w");
    cr_assert(f && fputs(text, f) >= 0);
}

static void make_file(void)
{
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
}

static void remove_file(void)
{
    unlink(path);
}

TestSuite(message, .init = make_file, .fini = remove_file);

Test(message, file)
{
    char out[MESSAGE_MAX];
    char long_text[2 * MESSAGE_MAX + 1];
    int64_t now = clock_now_us();
    put("why");
    cr_expect_eq(message_read_file(out, path, now), 3);
    cr_expect_eq(memcmp(out, "why", 3), 0);
    cr_expect_eq(message_read_file(out, path, now + 60000000), 0, "of an earlier run");
    cr_expect_eq(message_read_file(out, "", now), 0);
    cr_expect_eq(message_read_file(out, "/nowhere", now), 0);
    cr_expect_eq(message_read_file(out, "/dev/zero", 0), 0, "no regular file");
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    put(long_text);
    cr_expect_eq(message_read_file(out, path, now), MESSAGE_MAX);
}

Test(message, log)
{
    static const struct {
        const char *proves;
        int lines, width, from;
        int want; /* number of the first line that is kept */
        int whole;
    } rows[] = {
        {"all of a short log", 3, 10, 0, 0, 1},
        {"only this run's", 3, 10, 22, 2, 1},
        {"the last 80 lines", 100, 10, 0, 20, 1},
        {"the last 2048 bytes", 60, 100, 0, 40, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[MESSAGE_MAX];
        cleanup_file FILE *f = fopen(path, "w+");
        cr_assert(f);
        for (int n = 0; n < rows[i].lines; n++)
            fprintf(f, "%-*d\n", rows[i].width, n);
        fflush(f);
        size_t len = message_read_log(out, fileno(f), rows[i].from);
        cr_assert_gt(len, 0, "%s", rows[i].proves);
        out[len < MESSAGE_MAX ? len : MESSAGE_MAX - 1] = '\0';
        if (rows[i].whole)
            cr_expect_eq(atoi(out), rows[i].want, "%s: %s", rows[i].proves, out);
        else
            cr_expect_eq(len, MESSAGE_LOG_MAX, "%s", rows[i].proves);
    }
}
