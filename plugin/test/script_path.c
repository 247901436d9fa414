/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script_path.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/skjob-path-XXXXXX";

static const char *const files[] = {"a.yaml",     "-x.yaml",    "bin/a.yaml",    "bin/b.yaml",
                                    "lib/b.yaml", "lib/c.yaml", "bin/sub/d.yaml"};
static const char *const folders[] = {"bin", "lib", "bin/sub", "b.yaml"};

#define LEN(a) (sizeof(a) / sizeof *(a))

static void setup(void)
{
    cr_assert(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    for (size_t i = 0; i < LEN(folders); i++)
        cr_assert_eq(mkdir(folders[i], 0700), 0);
    for (size_t i = 0; i < LEN(files); i++) {
        FILE *f = fopen(files[i], "w");
        cr_assert(f && fclose(f) == 0);
    }
    cr_assert_eq(symlink("nowhere", "dangling"), 0);
}

static void teardown(void)
{
    unlink("dangling");
    for (size_t i = 0; i < LEN(files); i++)
        unlink(files[i]);
    for (size_t i = LEN(folders); i-- > 0;)
        if (strcmp(folders[i], "bin") != 0)
            rmdir(folders[i]);
    rmdir("bin");
    rmdir(folder);
}

TestSuite(script_path, .init = setup, .fini = teardown, .timeout = 300);

/* @ stands for the test's folder. */
static const struct {
    const char *name, *search, *found, *proves;
} rows[] = {
    {"a.yaml", "@/bin", "a.yaml", "the current folder comes first"},
    {"./a.yaml", NULL, "./a.yaml", "a relative path"},
    {"bin/a.yaml", NULL, "bin/a.yaml", "a relative path without a dot"},
    {"@/lib/c.yaml", "@/bin", "@/lib/c.yaml", "an absolute path"},
    {"c.yaml", "@/bin:@/lib", "@/lib/c.yaml", "along PATH"},
    {"b.yaml", "@/bin:@/lib", "@/bin/b.yaml", "not a folder; the first in PATH"},
    {"b.yaml", "@/lib:@/bin", "@/lib/b.yaml", "the first in PATH"},
    {"b.yaml", ":@/lib:", "@/lib/b.yaml", "empty parts of PATH are none"},
    {"c.yaml", "./bin:./lib", "./lib/c.yaml", "relative parts of PATH"},
    {"sub/d.yaml", "@/bin", "@/bin/sub/d.yaml", "a path along PATH"},
    {"-x.yaml", NULL, "./-x.yaml", "never an option"},
    {"c.yaml", NULL, NULL, "no PATH"},
    {"c.yaml", "", NULL, "an empty PATH"},
    {"c.yaml", "@/bin", NULL, "in none"},
    {"./c.yaml", "@/lib", NULL, "with a dot, PATH is not used"},
    {"/c.yaml", "@/lib", NULL, "nor with a slash"},
    {"bin", "@", NULL, "a folder everywhere"},
    {"dangling", NULL, NULL, "a symlink to nowhere"},
    {"-", NULL, NULL, "not standard input"},
};

static void put(const char *text, char *out, size_t size)
{
    const char *at = strchr(text, '@');
    if (!at)
        snprintf(out, size, "%s", text);
    else {
        char rest[512];
        put(at + 1, rest, sizeof rest);
        snprintf(out, size, "%.*s%s%s", (int)(at - text), text, folder, rest);
    }
}

Test(script_path, rows)
{
    for (size_t i = 0; i < LEN(rows); i++) {
        char name[1024], search[1024], want[1024], path[1024];
        put(rows[i].name, name, sizeof name);
        put(rows[i].search ? rows[i].search : "", search, sizeof search);
        int rc = script_path_find(name, rows[i].search ? search : NULL, path, sizeof path);
        cr_expect_eq(rc, rows[i].found ? 0 : -1, "%s", rows[i].proves);
        if (rc == 0 && rows[i].found) {
            put(rows[i].found, want, sizeof want);
            cr_expect_str_eq(path, want, "%s", rows[i].proves);
        }
    }
}

Test(script_path, too_long)
{
    char name[5000], path[64];
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    cr_expect_eq(script_path_find(name, name, path, sizeof path), -1);
    cr_expect_eq(script_path_find("a.yaml", NULL, path, sizeof "a.yaml" - 1), -1, "no room");
    cr_expect_eq(script_path_find("a.yaml", NULL, path, sizeof "a.yaml"), 0);
}
