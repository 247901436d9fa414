/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * bwrap's options: what is bound, rebuilt and mounted, in which order. That they do what they say
 * is in mounts.bats.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../exec_program.h"
#include "../sandbox.h"
#include "strbuf.h"

static char top[64];

/* A small node: NODE/{dir/{a,link},file,ldir -> dir} */
static void make_node(void)
{
    char path[128];
    strcpy(top, "/tmp/skjob-sandbox.XXXXXX");
    cr_assert(mkdtemp(top));
    cr_assert_eq(chdir(top), 0);
    mkdir("dir", 0755);
    mkdir("dir/a", 0755);
    symlink("a", "dir/link");
    symlink("nowhere", "dir/dangling");
    symlink("dir", "ldir");
    snprintf(path, sizeof path, "%s/file", top);
    fclose(fopen(path, "w"));
}

static void remove_node(void)
{
    const char *const names[] = {"dir/a", "dir/link", "dir/dangling", "dir", "ldir", "file"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        remove(names[i]);
    cr_assert_eq(rmdir(top), 0);
}

TestSuite(sandbox, .init = make_node, .fini = remove_node);

/* Options as one text, NODE for the node's folder. */
static int render(const struct container *c, struct strbuf *text, struct error *err)
{
    cleanup_strbuf struct strbuf words = {0};
    int rc = sandbox_options(&words, c, err);
    for (size_t i = 0; rc == 0 && i < words.len; i += strlen(words.data + i) + 1) {
        const char *word = words.data + i, *hit;
        strbuf_adds(text, text->len ? " " : "");
        for (; (hit = strstr(word, top)); word = hit + strlen(top)) {
            strbuf_add(text, word, (size_t)(hit - word));
            strbuf_adds(text, "NODE");
        }
        strbuf_adds(text, word);
    }
    return rc;
}

#define ALL "--die-with-parent --dev-bind / / "

static const struct {
    const char *targets[4];   /* NODE is replaced */
    const char *want, *error; /* a mount of /src, read-only if its target begins with '!' */
} rows[] = {
    {{"NODE/dir"}, ALL "--dev-bind /usr NODE/dir", NULL},
    {{"!NODE/dir"}, ALL "--ro-bind /usr NODE/dir", NULL},
    {{"NODE/ldir/a"}, ALL "--dev-bind /usr NODE/dir/a", NULL},
    {{"NODE//./x/../dir/"}, ALL "--dev-bind /usr NODE/dir", NULL},
    {{"NODE/dir/a/x/y"},
     ALL "--tmpfs NODE/dir/a --dev-bind /usr NODE/dir/a/x/y --remount-ro NODE/dir/a",
     NULL},
    {{"NODE/ldir/a/x", "NODE/dir/a/y"},
     ALL "--tmpfs NODE/dir/a --dev-bind /usr NODE/dir/a/x --dev-bind /usr NODE/dir/a/y "
         "--remount-ro NODE/dir/a",
     NULL},
    {{"NODE/dir/in/side", "NODE/dir"},
     ALL "--dev-bind /usr NODE/dir --dev-bind /usr NODE/dir/in/side",
     NULL},
    {{"NODE/ldir", "NODE/dir/new"},
     ALL "--dev-bind /usr NODE/dir --dev-bind /usr NODE/dir/new",
     NULL},
    {{"/"}, NULL, "mountPath /: a volume cannot be mounted over the root"},
    {{"/a/.."}, NULL, "mountPath /: a volume cannot be mounted over the root"},
    {{"/proc"}, NULL, "mountPath /proc: cannot be mounted because it is inside /proc"},
    {{"/processes-of-mine/x"}, "--die-with-parent ", NULL},
    {{"NODE/file"}, NULL, "not a directory: are you trying to mount a directory onto a file"},
    {{"NODE/file/x"}, NULL, "/file is not a directory on the node"},
};

static void expand(char out[256], const char *target)
{
    const char *node = strstr(target, "NODE");
    if (node)
        snprintf(out, 256, "%s%s", top, node + 4);
    else
        snprintf(out, 256, "%s", target);
}

Test(sandbox, options)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char targets[4][256];
        struct mount mounts[4];
        struct error err = {""};
        cleanup_strbuf struct strbuf text = {0};
        struct container c = {.name = "c", .mounts = mounts};
        for (; c.n_mounts < 4 && rows[i].targets[c.n_mounts]; c.n_mounts++) {
            const char *target = rows[i].targets[c.n_mounts];
            expand(targets[c.n_mounts], target);
            mounts[c.n_mounts] = (struct mount){.kind = MOUNT_BIND,
                                                .source = "/usr",
                                                .target = targets[c.n_mounts],
                                                .read_only = *target == '!'};
        }
        cr_expect_eq(render(&c, &text, &err), rows[i].want ? 0 : -1, "row %zu: %s", i, err.text);
        if (rows[i].error)
            cr_expect(strstr(err.text, rows[i].error), "row %zu: %s", i, err.text);
        else
            cr_expect_eq(strncmp(strbuf_str(&text), rows[i].want, strlen(rows[i].want)), 0,
                         "row %zu: %s", i, strbuf_str(&text));
    }
}

Test(sandbox, a_rebuilt_folder_has_its_entries)
{
    char target[256];
    struct error err;
    cleanup_strbuf struct strbuf text = {0};
    snprintf(target, sizeof target, "%s/dir/dangling/x", top);
    const struct mount mount = {.kind = MOUNT_TMPFS, .target = target, .read_only = true};
    const struct container c = {.name = "c", .mounts = &mount, .n_mounts = 1};
    cr_assert_eq(render(&c, &text, &err), 0, "%s", err.text);
    const char *got = strbuf_str(&text);
    cr_expect(strstr(got, ALL "--tmpfs NODE/dir "), "%s", got);
    cr_expect(strstr(got, "--dev-bind-try NODE/dir/a NODE/dir/a "), "%s", got);
    cr_expect(strstr(got, "--symlink a NODE/dir/link "), "%s", got);
    cr_expect_not(strstr(got, "--symlink nowhere"), "the mount makes it: %s", got);
    cr_expect(strstr(got, " --tmpfs NODE/dir/dangling/x --remount-ro NODE/dir/dangling/x "
                          "--remount-ro NODE/dir"),
              "%s", got);
}

Test(sandbox, hostname_and_read_only_root)
{
    struct error err;
    cleanup_strbuf struct strbuf text = {0};
    const struct container c = {.name = "c", .hostname = "h", .read_only_root = true};
    cr_assert_eq(render(&c, &text, &err), 0, "%s", err.text);
    cr_expect_str_eq(strbuf_str(&text),
                     "--die-with-parent --unshare-uts --hostname h --ro-bind / / "
                     "--dev-bind-try /dev /dev --dev-bind-try /proc /proc");
    cr_expect(sandbox_needed(&c));
    cr_expect_not(sandbox_needed(&(struct container){.name = "c"}));
}

Test(sandbox, mask_as_text)
{
    sigset_t mask, back;
    char text[17];
    static const char *const bad[] = {"", "x", "1x", "-"};
    sigemptyset(&mask);
    sigaddset(&mask, SIGHUP);
    sigaddset(&mask, SIGRTMAX);
    exec_mask_write(&mask, text);
    cr_assert_str_eq(text, "8000000000000001");
    cr_assert_eq(exec_mask_read(text, &back), 0);
    for (int sig = 1; sig <= SIGRTMAX; sig++)
        cr_expect_eq(sigismember(&mask, sig), sigismember(&back, sig), "%d", sig);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(exec_mask_read(bad[i], &back), -1, "%s", bad[i]);
}

/* A mount point that neither the root nor /dev has: both are rebuilt. */
Test(sandbox, what_need_not_be_bound)
{
    struct error err;
    struct stat st;
    cleanup_strbuf struct strbuf text = {0};
    struct mount mounts[] = {{.kind = MOUNT_BIND, .source = "/usr", .target = "/skjob-none"},
                             {.kind = MOUNT_BIND, .source = "/usr", .target = "/dev/skjob-none"}};
    const struct container c = {.mounts = mounts, .n_mounts = 2};
    cr_assert_eq(render(&c, &text, &err), 0, "%s", err.text);
    const char *got = strbuf_str(&text);
    cr_expect(strstr(got, "--tmpfs /dev "), "%s", got);
    cr_expect_not(strstr(got, "--dev-bind-try /dev /dev "), "it would only be covered: %s", got);
    cr_expect(strstr(got, "--dev-bind-try /dev/null /dev/null "), "%s", got);
    if (stat("/dev/tty1", &st) == 0 && S_ISCHR(st.st_mode))
        cr_expect_not(strstr(got, "/dev/tty1 "), "a console: %s", got);
}
