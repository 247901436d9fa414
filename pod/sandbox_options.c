/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * bwrap's options. They only use what bubblewrap 0.4 knows.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/major.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cleanup.h"
#include "sandbox.h"
#include "sandbox_root.h"
#include "strbuf.h"

/* bwrap takes 9000 words; and every entry costs time. */
#define ENTRIES_MAX 1200

static void add(struct strbuf *out, const char *word)
{
    strbuf_add(out, word, strlen(word) + 1);
}

static void add3(struct strbuf *out, const char *option, const char *a, const char *b)
{
    add(out, option);
    add(out, a);
    add(out, b);
}

/* A read-only root leaves these as they are in a container. */
static bool stays_writable(const char *path)
{
    return sandbox_root_within(path, "/dev") || sandbox_root_within(path, "/proc");
}

/* --ro-bind would make devices useless, so it is not for /dev. An entry of the node may vanish
 * before bwrap comes to it. */
static void bind_entry(struct strbuf *out, const struct container *c, const char *path)
{
    bool read_only = c->read_only_root && !stays_writable(path);
    add3(out, read_only ? "--ro-bind-try" : "--dev-bind-try", path, path);
}

static void add_link(struct strbuf *out, int folder, const char *name, const char *path)
{
    char text[PATH_MAX];
    ssize_t n = readlinkat(folder, name, text, sizeof text - 1);
    if (n < 0)
        return;
    text[n] = '\0';
    add3(out, "--symlink", text, path);
}

/* A virtual console or its screen, or a serial line: nearly all of what /dev holds. */
static bool is_console(const struct stat *st)
{
    unsigned kind = S_ISCHR(st->st_mode) ? major(st->st_rdev) : 0;
    return kind == TTY_MAJOR || kind == VCS_MAJOR;
}

/* A console, or a device that the user may not open, is left out: /dev has a hundred of them. */
static bool is_useless(int folder, const char *name, const struct stat *st)
{
    if (is_console(st))
        return true;
    return (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) &&
           faccessat(folder, name, R_OK, AT_EACCESS) && faccessat(folder, name, W_OK, AT_EACCESS);
}

static void add_entry(struct strbuf *out, const struct container *c, int folder, const char *prefix,
                      const char *name)
{
    struct stat st;
    cleanup_strbuf struct strbuf path = {0};
    strbuf_addf(&path, "%s/%s", prefix, name);
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) || is_useless(folder, name, &st))
        return;
    if (S_ISLNK(st.st_mode))
        add_link(out, folder, name, strbuf_str(&path));
    else
        bind_entry(out, c, strbuf_str(&path));
}

static int too_large(const char *folder, struct error *err)
{
    return error_set(err,
                     "the node's folder %.300s has more than %d entries: too many to mount a "
                     "volume at a path in it that the node lacks; choose another mountPath",
                     folder, ENTRIES_MAX);
}

static int add_entries(struct strbuf *out, const struct container *c,
                       const struct sandbox_root *root, const char *folder, int *budget,
                       struct error *err)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    if (!dir)
        return 0; /* the user cannot look into it: nothing is missed */
    while ((entry = readdir(dir))) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            sandbox_root_makes(root, folder, name) || sandbox_root_rebuilds(root, folder, name))
            continue;
        if (--*budget < 0) {
            closedir(dir);
            return too_large(folder, err);
        }
        add_entry(out, c, dirfd(dir), strcmp(folder, "/") == 0 ? "" : folder, name);
    }
    closedir(dir);
    return 0;
}

static int add_root(struct strbuf *out, const struct container *c, const struct sandbox_root *root,
                    struct error *err)
{
    int budget = ENTRIES_MAX;
    size_t first = root->n_rebuilt && strcmp(root->rebuilt[0], "/") == 0;
    if (first) {
        if (add_entries(out, c, root, "/", &budget, err))
            return -1;
    } else {
        add3(out, c->read_only_root ? "--ro-bind" : "--dev-bind", "/", "/");
        if (c->read_only_root) {
            bind_entry(out, c, "/dev");
            bind_entry(out, c, "/proc");
        }
    }
    for (size_t i = first; i < root->n_rebuilt; i++) {
        add(out, "--tmpfs");
        add(out, root->rebuilt[i]);
        if (add_entries(out, c, root, root->rebuilt[i], &budget, err))
            return -1;
    }
    return 0;
}

static void add_mounts(struct strbuf *out, const struct sandbox_root *root)
{
    for (size_t i = 0; i < root->n; i++) {
        const struct mount *m = root->mounts[i].mount;
        const char *target = root->mounts[i].target;
        if (m->kind == MOUNT_TMPFS) {
            add(out, "--tmpfs");
            add(out, target);
        } else {
            add3(out, m->read_only ? "--ro-bind" : "--dev-bind", m->source, target);
        }
        if (m->kind == MOUNT_TMPFS && m->read_only) {
            add(out, "--remount-ro");
            add(out, target);
        }
    }
}

/* A place for everybody's files, or one that the user cannot look into. */
static bool may_be_written(const char *folder)
{
    struct stat st;
    if (stat(folder, &st) || ((st.st_mode & S_ISVTX) && (st.st_mode & S_IWOTH)))
        return true;
    return faccessat(AT_FDCWD, folder, R_OK, AT_EACCESS) != 0;
}

static void seal_rebuilt(struct strbuf *out, const struct container *c,
                         const struct sandbox_root *root)
{
    for (size_t i = root->n_rebuilt; i-- > 0;) {
        if (!c->read_only_root && may_be_written(root->rebuilt[i]))
            continue;
        add(out, "--remount-ro");
        add(out, root->rebuilt[i]);
    }
}

int sandbox_options(struct strbuf *out, const struct container *c, struct error *err)
{
    struct sandbox_root root;
    add(out, "--die-with-parent");
    if (c->hostname) {
        add3(out, "--unshare-uts", "--hostname", c->hostname);
    }
    int rc = sandbox_root_plan(&root, c, err);
    if (rc == 0)
        rc = add_root(out, c, &root, err);
    if (rc == 0) {
        add_mounts(out, &root);
        seal_rebuilt(out, c, &root);
    }
    sandbox_root_free(&root);
    return rc == 0 && out->failed ? error_set(err, "too many mounts") : rc;
}
