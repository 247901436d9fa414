/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../env_file.h"
#include "cleanup.h"

#define AT(n) "invalid environment variable format at line " n ": "

Test(env_file, find)
{
    static const struct {
        const char *text;
        const char *want; /* the value, NULL = none, or the message */
        int rc;
        const char *proves;
    } rows[] = {
        {"K='v'\n", "v", 0, "a value"},
        {"  K='v'", "v", 0, "blanks before the name; no line end"},
        {"A='a'\nK='v'\nK='w'\n", "v", 0, "the first one counts"},
        {"\n \t\n# K='x'\nK='v' # why\n", "v", 0, "blank lines and comments"},
        {"K='v'\r\n", "v", 0, "lines of Windows"},
        {"K='a\n# b\nc'\n", "a\n# b\nc", 0, "several lines"},
        {"A='x\nK=y'\nK='v'\n", "v", 0, "what looks like an entry inside of another one"},
        {"K='$X \\n \"'\n", "$X \\n \"", 0, "nothing in it is special"},
        {"KK='v'\n", NULL, 0, "another name"},
        {"", NULL, 0, "nothing"},
        {"K=''\n", NULL, 0, "an empty value"},
        {"K= 'v'\n", NULL, 0, "a blank behind ="},
        {"A='a'\nK=v\n", AT("2") "value must be enclosed in single quotes", -1, "no quotes"},
        {"K=\"v\"\n", AT("1") "value must be enclosed in single quotes", -1, "other quotes"},
        {"K='a''b'\n", AT("1") "unexpected content after closing quote", -1, "two strings"},
        {"K ='v'\n", AT("1") "whitespace before '=' is not allowed", -1, "a blank before ="},
        {"='v'\n", AT("1") "empty variable name", -1, "no name"},
        {"K\n", AT("1") "missing '='", -1, "no ="},
        {"K='v\n", AT("1") "unclosed single quote", -1, "no end"},
        {"K='v'\nnonsense\n", "v", 0, "what comes after it is not looked at"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        cleanup_free char *value = NULL;
        int rc = env_file_find(rows[i].text, strlen(rows[i].text), "K", &value, &err);
        const char *got = rc ? err.text : value;
        cr_expect_eq(rc, rows[i].rc, "%s: %s", rows[i].proves, err.text);
        cr_expect(got == rows[i].want || (got && rows[i].want && !strcmp(got, rows[i].want)),
                  "%s: got %s", rows[i].proves, got ? got : "nothing");
    }
}

static void put(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    cr_assert(f);
    fputs(text, f);
    fclose(f);
}

Test(env_file, read)
{
    char dir[] = "/tmp/skjob-test-XXXXXX";
    cr_assert(mkdtemp(dir) && chdir(dir) == 0 && mkdir("v", 0700) == 0 && mkdir("v/d", 0700) == 0);
    put("outside", "K='out'\n");
    put("v/d/in", "K='in'\n");
    cr_assert_eq(symlink("../outside", "v/out") | symlink("d/in", "v/link"), 0);
    static const struct {
        const char *path, *want;
        int rc;
    } rows[] = {
        {"d/in", "in", 0},   {"link", "in", 0}, {"none", NULL, 0},
        {"d/none", NULL, 0}, {"out", NULL, -1}, {"d", "it is not a regular file", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        cleanup_free char *value = NULL;
        int rc = env_file_read("v", rows[i].path, "K", &value, &err);
        cr_expect_eq(rc, rows[i].rc, "%s: %s", rows[i].path, err.text);
        cr_expect_str_eq(rc && rows[i].want ? err.text
                         : value            ? value
                                            : "",
                         rows[i].want ? rows[i].want : "", "%s", rows[i].path);
    }
    unlink("v/link"), unlink("v/out"), unlink("v/d/in"), unlink("outside");
    cr_expect_eq(rmdir("v/d") | rmdir("v") | chdir("/") | rmdir(dir), 0);
}
