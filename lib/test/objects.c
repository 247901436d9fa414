/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "objects.h"
#include "tree.h"

static char root[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void setup(void)
{
    strcpy(root, "/tmp/skjob-objects-XXXXXX");
    cr_assert_not_null(mkdtemp(root));
}

static void teardown(void)
{
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static json_t *object_of(const char *value)
{
    return json_pack("{s:{s:s}}", "data", "k", value);
}

static void expect_value(enum object_kind kind, const char *name, const char *want)
{
    struct error err = {""};
    cleanup_json json_t *got = NULL;
    int rc = objects_read(root, kind, "ns", name, &got, &err);
    cr_assert_eq(rc, want ? 0 : 1, "%s: %d %s", name, rc, err.text);
    if (want)
        cr_expect_str_eq(tree_str(tree_get(got, "data"), "k"), want);
}

static void expect_mode(const char *path, mode_t want)
{
    char full[256];
    struct stat st;
    snprintf(full, sizeof full, "%s/%s", root, path);
    cr_assert_eq(stat(full, &st), 0, "%s: %s", full, strerror(errno));
    cr_expect_eq(st.st_mode & 07777, want, "%s is %o", path, st.st_mode & 07777);
}

TestSuite(objects, .init = setup, .fini = teardown);

Test(objects, create_is_once_and_replace_is_always)
{
    struct error err;
    cleanup_json json_t *one = object_of("1");
    cleanup_json json_t *two = object_of("2");
    cr_expect_eq(objects_create(root, OBJECT_SECRET, "ns", "s", one, &err), 0);
    cr_expect_eq(objects_create(root, OBJECT_SECRET, "ns", "s", two, &err), 1);
    expect_value(OBJECT_SECRET, "s", "1");
    expect_value(OBJECT_CONFIG_MAP, "s", NULL); /* kinds are apart */
    cr_expect_eq(objects_replace(root, OBJECT_SECRET, "ns", "s", two, &err), 0);
    expect_value(OBJECT_SECRET, "s", "2");
    cr_expect_eq(objects_remove(root, OBJECT_SECRET, "ns", "s", &err), 0);
    cr_expect_eq(objects_remove(root, OBJECT_SECRET, "ns", "s", &err), 1);
    expect_value(OBJECT_SECRET, "s", NULL);
}

/* Whatever the umask allows. */
Test(objects, nobody_else_reads_it)
{
    struct error err;
    cleanup_json json_t *one = object_of("1");
    mode_t old = umask(0);
    cr_expect_eq(objects_create(root, OBJECT_SECRET, "ns", "s", one, &err), 0);
    cr_expect_eq(objects_replace(root, OBJECT_CONFIG_MAP, "ns", "c", one, &err), 0);
    umask(old);
    expect_mode("secrets", 0700);
    expect_mode("secrets/ns", 0700);
    expect_mode("secrets/ns/s.json", 0600);
    expect_mode("configmaps/ns/c.json", 0600);
}

Test(objects, lists_are_sorted_and_show_whole_objects_only)
{
    struct error err;
    static const char *const names[] = {"b", "a.b", "a"};
    cleanup_json json_t *one = object_of("1");
    char **got;
    size_t n;
    cr_expect_eq(objects_list(root, OBJECT_CONFIG_MAP, "ns", &got, &n, &err), 0);
    cr_expect_eq(n, 0);
    for (size_t i = 0; i < 3; i++)
        objects_create(root, OBJECT_CONFIG_MAP, "ns", names[i], one, &err);
    objects_create(root, OBJECT_CONFIG_MAP, "ns", "a", one, &err); /* nothing is left aside */
    cr_assert_eq(objects_list(root, OBJECT_CONFIG_MAP, "ns", &got, &n, &err), 0);
    cr_assert_eq(n, 3);
    cr_expect_str_eq(got[0], "a");
    cr_expect_str_eq(got[1], "a.b");
    cr_expect_str_eq(got[2], "b");
    while (n)
        free(got[--n]);
    free(got);
}

Test(objects, names_that_leave_the_folder_are_not_there)
{
    struct error err;
    static const char *const names[] = {"../x", "a/b", "", ".", "..", ".hidden"};
    cleanup_json json_t *one = object_of("1");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *got;
        cr_expect_eq(objects_create(root, OBJECT_SECRET, "ns", names[i], one, &err), -1);
        cr_expect_eq(objects_read(root, OBJECT_SECRET, "ns", names[i], &got, &err), 1);
        cr_expect_eq(objects_read(root, OBJECT_SECRET, names[i], "s", &got, &err), 1);
        cr_expect_eq(objects_remove(root, OBJECT_SECRET, "ns", names[i], &err), 1);
    }
}

Test(objects, a_damaged_file_is_an_error)
{
    struct error err;
    char path[128];
    cleanup_json json_t *one = object_of("1");
    json_t *got = NULL;
    cr_assert_eq(objects_create(root, OBJECT_SECRET, "ns", "s", one, &err), 0);
    snprintf(path, sizeof path, "%s/secrets/ns/s.json", root);
    cr_assert_eq(truncate(path, 3), 0);
    cr_expect_eq(objects_read(root, OBJECT_SECRET, "ns", "s", &got, &err), -1);
    cr_expect_not_null(strstr(err.text, path), "%s", err.text);
}
