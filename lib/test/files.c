/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static void make_root(void)
{
    strcpy(root, "/tmp/skjob-files-XXXXXX");
    cr_assert(mkdtemp(root));
}

static void remove_root(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", root);
    cr_expect_eq(system(command), 0);
}

/* More than a pipe takes at once. */
Test(files, writes_all)
{
    static char data[300000];
    char block[4096];
    int ends[2];
    size_t got = 0;
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0)
        _exit(files_write(ends[1], data, sizeof data) < 0);
    close(ends[1]);
    for (ssize_t n; (n = read(ends[0], block, sizeof block)) > 0;)
        got += (size_t)n;
    cr_expect_eq(got, sizeof data);
    cr_expect_eq(files_write(ends[0], data, 1), -1, "this end is for reading");
    cr_expect_eq(errno, EBADF);
    close(ends[0]);
}

static void check_text(int dir, const char *name, const char *want)
{
    char text[16] = "";
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    cr_assert(fd >= 0, "%s", name);
    cr_expect(read(fd, text, sizeof text - 1) >= 0);
    cr_expect_str_eq(text, want);
    close(fd);
}

Test(files, puts_a_file_whole, .init = make_root, .fini = remove_root)
{
    struct stat st;
    int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(openat(dir, "aside", O_WRONLY | O_CREAT | O_CLOEXEC, 0600)); /* a crash left it */
    cr_expect_eq(files_put(dir, "aside", "f", "one", 3, FILES_CREATE), 1);
    check_text(dir, "f", "one");
    cr_expect_eq(files_put(dir, "aside", "f", "two", 3, FILES_CREATE), 0, "the first one stays");
    check_text(dir, "f", "one");
    cr_expect_eq(files_put(dir, "aside", "f", "two", 3, FILES_REPLACE), 1);
    check_text(dir, "f", "two");
    cr_assert_eq(fstatat(dir, "f", &st, 0), 0);
    cr_expect_eq(st.st_mode & 0777, 0600);
    cr_expect_eq(st.st_nlink, 1);
    cr_expect_eq(fstatat(dir, "aside", &st, 0), -1, "nothing else is left");
    cr_expect_eq(files_put(dir, "aside", "no/f", "x", 1, FILES_CREATE), -1);
    cr_expect_eq(errno, ENOENT);
    cr_expect_eq(fstatat(dir, "aside", &st, 0), -1);
    close(dir);
}

Test(files, makes_paths, .init = make_root, .fini = remove_root)
{
    char path[128], copy[128];
    struct stat st;
    snprintf(path, sizeof path, "%s/a/b/c", root);
    strcpy(copy, path);
    cr_assert_eq(files_make_parents(path), 0);
    cr_expect_str_eq(path, copy);
    cr_expect_eq(stat(path, &st), -1, "not the last one");
    for (int again = 0; again < 2; again++)
        cr_assert_eq(files_make_path(path), 0);
    cr_assert_eq(stat(path, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0700);
}

Test(files, a_file_is_in_the_way, .init = make_root, .fini = remove_root)
{
    char path[128], copy[128];
    snprintf(path, sizeof path, "%s/a", root);
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    strcat(path, "/b/c");
    strcpy(copy, path);
    cr_expect_eq(files_make_path(path), -1);
    cr_expect_eq(errno, ENOTDIR);
    cr_expect_str_eq(path, copy);
}
