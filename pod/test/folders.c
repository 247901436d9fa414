/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Folders on a node that others may write to: made, emptied, measured, resolved in.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../folder.h"
#include "../host_path.h"
#include "../payload_write.h"
#include "../run_dir.h"
#include "../subpath.h"
#include "cleanup.h"

static char top[64];

static const char *at(const char *name)
{
    static char paths[4][320];
    static int n;
    char *path = paths[n++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", top, name);
    return path;
}

static void make_top(void)
{
    strcpy(top, "/tmp/skjob-folders.XXXXXX");
    cr_assert(mkdtemp(top));
}

static void write_file(const char *path, size_t size)
{
    FILE *f = fopen(path, "w");
    cr_assert(f, "%s", path);
    for (size_t i = 0; i < size; i++)
        fputc('x', f);
    fclose(f);
}

static void remove_top(void)
{
    struct error err;
    int fd = folder_open(AT_FDCWD, top);
    cr_assert_eq(folder_clear(fd, &err), 0, "%s", err.text);
    close(fd);
    cr_assert_eq(rmdir(top), 0);
}

TestSuite(folders, .init = make_top, .fini = remove_top);

/* ---- removing and measuring ---- */

Test(folders, clear_follows_no_link)
{
    mkdir(at("in"), 0700);
    mkdir(at("precious"), 0700);
    write_file(at("precious/f"), 1);
    cr_assert_eq(symlink(at("precious"), at("in/link")), 0);
    cr_assert_eq(symlink("/", at("in/root")), 0);
    int fd = folder_open(AT_FDCWD, at("in"));
    cr_assert_eq(folder_clear(fd, NULL), 0);
    close(fd);
    cr_assert_eq(rmdir(at("in")), 0);
    cr_assert_eq(access(at("precious/f"), F_OK), 0);
    cr_assert_lt(folder_open(AT_FDCWD, at("nowhere")), 0);
    symlink("precious", at("link"));
    cr_assert_lt(folder_open(AT_FDCWD, at("link")), 0, "a link is no folder");
}

/* A name that clear itself would give, and more levels than FOLDER_DEPTH twice over. */
Test(folders, clear_of_a_deep_tree)
{
    struct error err;
    int top_fd = folder_open(AT_FDCWD, top), fd = dup(top_fd);
    mkdirat(fd, ".deep.0", 0500);
    for (int i = 0; i < 2 * FOLDER_DEPTH + 5; i++) {
        cr_assert_eq(mkdirat(fd, "d", 0700), 0);
        int next = folder_open(fd, "d");
        close(fd);
        fd = next;
    }
    fchmod(fd, 0);
    close(fd);
    cr_assert_eq(folder_clear(top_fd, &err), 0, "%s", err.text);
    close(top_fd);
    cr_assert_eq(access(at("d"), F_OK), -1);
}

Test(folders, usage_counts_blocks_once)
{
    int fd = folder_open(AT_FDCWD, top);
    int64_t empty = folder_usage(fd);
    mkdir(at("d"), 0700);
    write_file(at("d/f"), 200000);
    int64_t full = folder_usage(fd);
    cr_assert_geq(full - empty, 200000);
    cr_assert_lt(full - empty, 300000);
    for (int i = 0; i < 3; i++)
        link(at("d/f"), at((char[]){'d', '/', (char)('0' + i), '\0'}));
    cr_assert_leq(llabs(folder_usage(fd) - full), 4, "several names of one file");
    symlink("/usr", at("usr"));
    cr_assert_lt(folder_usage(fd) - full, 10000, "a link is no folder");
    close(fd);
}

/* ---- the pod's folder ---- */

static void open_ok(struct run_dir *dir, const char *want)
{
    struct error err = {""};
    struct stat st;
    cr_assert_eq(run_dir_open(dir, top, "7.0", &err), 0, "%s", err.text);
    cr_assert_str_eq(dir->path, at(want));
    cr_assert_eq(stat(dir->path, &st), 0);
    cr_assert_eq(st.st_mode & 07777, 0700);
}

/* The user's folder and what is below it; an @ stands for the end of this host's names. */
static const char *base(const char *rest)
{
    static char names[4][192];
    static int n;
    char host[HOST_NAME_MAX + 1] = "";
    const char *at_host = strchr(rest, '@');
    int len = (int)strcspn(rest, "@");
    char *name = names[n++ % 4];
    gethostname(host, sizeof host);
    snprintf(name, sizeof names[0], "skjob-%u%.*s%s%s%s", (unsigned)geteuid(), len, rest,
             at_host ? "@" : "", at_host ? host : "", at_host ? at_host + 1 : "");
    return name;
}

Test(folders, run_dir_comes_and_goes)
{
    struct run_dir dir;
    open_ok(&dir, base("/7.0@"));
    write_file(at(base("/7.0@/f")), 1);
    cr_assert_eq(run_dir_remove(&dir, NULL), 0);
    cr_assert_eq(access(at(base("")), F_OK), -1, "nothing is left");
    cr_assert_eq(run_dir_remove(&dir, NULL), 0, "twice is harmless");
}

Test(folders, run_dir_of_the_living_and_the_dead)
{
    struct run_dir first, second;
    open_ok(&first, base("/7.0@"));
    write_file(at(base("/7.0@/f")), 1);
    open_ok(&second, base("/7.0-1@"));
    run_dir_sweep(top);
    cr_assert_eq(access(at(base("/7.0@/f")), F_OK), 0, "the living are left alone");
    run_dir_close(&first); /* as a killed runner does */
    run_dir_close(&second);
    open_ok(&first, base("/7.0@"));
    cr_assert_eq(access(at(base("/7.0@/f")), F_OK), -1, "taken over empty");
    cr_assert_eq(access(at(base("/7.0-1@")), F_OK), 0);
    run_dir_sweep(top);
    cr_assert_eq(access(at(base("/7.0-1@")), F_OK), -1, "the dead are swept away");
    cr_assert_eq(run_dir_remove(&first, NULL), 0);
}

Test(folders, run_dir_in_our_way)
{
    struct run_dir dir;
    char beyond[320];
    mkdir(at("elsewhere"), 0700);
    symlink("elsewhere", at(base("")));
    mkdir(at(base(".1")), 0755);
    write_file(at(base(".2")), 0);
    open_ok(&dir, base(".3/7.0@"));
    snprintf(beyond, sizeof beyond, "%s/elsewhere%s", top, strchr(base("/8.0@"), '/'));
    mkdir(beyond, 0700);
    run_dir_sweep(top);
    cr_assert_eq(access(beyond, F_OK), 0, "a link is not swept through");
    cr_assert_eq(run_dir_remove(&dir, NULL), 0);
}

Test(folders, run_dir_parents)
{
    struct run_dir dir;
    struct error err;
    chmod(top, 0777);
    cr_assert_eq(run_dir_open(&dir, top, "7.0", &err), -1);
    cr_assert(strstr(err.text, "no sticky bit"), "%s", err.text);
    chmod(top, 01777);
    open_ok(&dir, base("/7.0@"));
    run_dir_remove(&dir, NULL);
    chmod(top, 0700);
    cr_assert_eq(run_dir_open(&dir, "relative", "7.0", &err), -1);
    cr_assert_eq(run_dir_open(&dir, at("nowhere"), "7.0", &err), -1);
    cr_assert(strstr(err.text, "No such file"), "%s", err.text);
}

/* A file system that nodes share, whose locks do not reach from one to another. */
Test(folders, run_dir_of_another_host)
{
    struct run_dir dir;
    open_ok(&dir, base("/7.0@"));
    mkdir(at(base("/7.0-1@.elsewhere")), 0700);
    mkdir(at(base("/8.0")), 0700);
    run_dir_sweep(top);
    cr_assert_eq(access(at(base("/7.0-1@.elsewhere")), F_OK), 0, "a host whose name begins so");
    cr_assert_eq(access(at(base("/8.0")), F_OK), 0, "of no host");
    rmdir(at(base("/7.0-1@.elsewhere")));
    rmdir(at(base("/8.0")));
    cr_assert_eq(run_dir_remove(&dir, NULL), 0);
}

Test(folders, run_dir_inherits_the_setgid_bit)
{
    struct run_dir dir;
    struct error err = {""};
    chmod(top, 02700);
    cr_assert_eq(run_dir_open(&dir, top, "7.0", &err), 0, "%s", err.text);
    cr_assert_str_eq(dir.path, at(base("/7.0@")));
    cr_assert_eq(run_dir_remove(&dir, NULL), 0);
    cr_assert_eq(access(at(base("")), F_OK), -1, "nothing is left");
}

/* ---- hostPath ---- */

static const struct {
    const char *path, *type;
    const char *error; /* NULL = fine; %s = the path */
    mode_t made;       /* with this mode; 0 = it was there */
} host_paths[] = {
    {"dir", "", NULL, 0},
    {"file", "", NULL, 0},
    {"new/deep", "", NULL, S_IFDIR | 0755},
    {"dir", "Directory", NULL, 0},
    {"dirlink", "Directory", NULL, 0},
    {"file", "Directory", "hostPath type check failed: %s is not a directory", 0},
    {"none", "Directory", "hostPath type check failed: %s is not a directory", 0},
    {"dir", "DirectoryOrCreate", NULL, 0},
    {"new2/deep", "DirectoryOrCreate", NULL, S_IFDIR | 0755},
    {"file", "DirectoryOrCreate", "hostPath type check failed: %s is not a directory", 0},
    {"file", "File", NULL, 0},
    {"dir", "File", "hostPath type check failed: %s is not a file", 0},
    {"none", "File", "hostPath type check failed: %s is not a file", 0},
    {"file", "FileOrCreate", NULL, 0},
    {"newfile", "FileOrCreate", NULL, S_IFREG | 0644},
    {"none/file", "FileOrCreate", "open %s: No such file or directory", 0},
    {"dir", "FileOrCreate", "hostPath type check failed: %s is not a file", 0},
    {"socket", "Socket", NULL, 0},
    {"file", "Socket", "hostPath type check failed: %s is not a socket file", 0},
    {"/dev/null", "CharDevice", NULL, 0},
    {"file", "CharDevice", "hostPath type check failed: %s is not a character device", 0},
    {"/dev/null", "BlockDevice", "hostPath type check failed: %s is not a block device", 0},
    {"dir", "Else", "Else is an invalid volume type", 0},
};

static void make_socket(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strncpy(name.sun_path, path, sizeof name.sun_path - 1);
    cr_assert_eq(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    close(fd);
}

Test(folders, host_path_types)
{
    mkdir(at("dir"), 0700);
    symlink("dir", at("dirlink"));
    write_file(at("file"), 1);
    make_socket(at("socket"));
    umask(077);
    for (size_t i = 0; i < sizeof host_paths / sizeof *host_paths; i++) {
        const char *path = host_paths[i].path;
        char want[512] = "";
        struct error err = {""};
        struct stat st;
        path = *path == '/' ? path : at(path);
        cleanup_free char *real = host_path_prepare(path, host_paths[i].type, &err);
        if (host_paths[i].error) {
            const char *hole = strstr(host_paths[i].error, "%s");
            snprintf(want, sizeof want, "%.*s%s%s", (int)(hole ? hole - host_paths[i].error : 100),
                     host_paths[i].error, hole ? path : "", hole ? hole + 2 : "");
        }
        cr_expect_str_eq(err.text, want, "row %zu", i);
        cr_expect_eq(!real, !!*want, "row %zu", i);
        if (host_paths[i].made && !stat(path, &st))
            cr_expect_eq(st.st_mode, host_paths[i].made, "row %zu: %o", i, st.st_mode);
        if (strcmp(host_paths[i].path, "dirlink") == 0)
            cr_expect_str_eq(real, at("dir"));
    }
}

/* ---- subPath ---- */

static const struct {
    const char *sub;
    const char *want; /* below the volume; NULL = refused */
} subs[] = {
    {"a", "a"},         {"new/er", "new/er"}, {"a//b/", "a/b"},        {"./a/.", "a"},
    {"file", "file"},   {"inside", "a"},      {"inside/new", "a/new"}, {"abs", NULL},
    {"abs/x", NULL},    {"up", NULL},         {"up/etc", NULL},        {"a/up2/x", NULL},
    {"dangling", NULL}, {"dangling/x", NULL}, {"loop", NULL},          {"magic", NULL},
    {"file/x", NULL},   {"..", NULL},         {"a/../b", NULL},        {"a/..", NULL},
    {"/etc", NULL},     {"..a", "..a"},
};

Test(folders, subpaths)
{
    struct stat st;
    mkdir(at("v"), 0750);
    mkdir(at("v/a"), 0700);
    write_file(at("v/file"), 1);
    symlink("a", at("v/inside"));
    symlink("/etc", at("v/abs"));
    symlink("..", at("v/up"));
    symlink("../../..", at("v/a/up2"));
    symlink("nowhere", at("v/dangling"));
    symlink("loop", at("v/loop"));
    symlink("/proc/self/cwd", at("v/magic"));
    umask(077);
    for (size_t i = 0; i < sizeof subs / sizeof *subs; i++) {
        struct error err = {""};
        char want[256];
        cleanup_free char *path = subpath_resolve(at("v"), subs[i].sub, "m", "c", &err);
        cr_expect_eq(!path, !subs[i].want, "%s: %s", subs[i].sub, path ? path : err.text);
        if (!path || !subs[i].want)
            continue;
        snprintf(want, sizeof want, "%s/v/%s", top, subs[i].want);
        cr_expect_str_eq(path, want, "%s", subs[i].sub);
    }
    stat(at("v/new/er"), &st);
    cr_expect_eq(st.st_mode & 0777, 0750, "the volume's mode, whatever the umask");
    cr_expect_eq(access(at("v/dangling"), F_OK), -1);
}

/* ---- payload ---- */

Test(folders, payload_files)
{
    struct stat st;
    struct error err = {""};
    char a[] = "a", b[] = "x/y/b", c[] = "x/c";
    struct payload_file files[] = {
        {a, 0400, (char[]){"1"}, 1}, {c, 0777, (char[]){""}, 0}, {b, 0000, (char[]){"a\0b"}, 3}};
    const struct payload payload = {files, 3};
    int fd = folder_open(AT_FDCWD, top);
    umask(077);
    cr_assert_eq(payload_write(fd, &payload, &err), 0, "%s", err.text);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(stat(at(files[i].path), &st), 0);
        cr_expect_eq(st.st_mode & 07777, (mode_t)files[i].mode, "%s", files[i].path);
        cr_expect_eq(st.st_size, (off_t)files[i].len, "%s", files[i].path);
    }
    cr_assert_eq(stat(at("x/y"), &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0755);
    cr_expect_eq(payload_write(fd, &payload, &err), -1, "nothing is written over");
    cr_expect(strstr(err.text, "cannot write a: File exists"), "%s", err.text);
    close(fd);
}
