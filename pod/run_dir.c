/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "folder.h"

#define BASES 16  /* how many names for the user's folder are tried */
#define NAMES 100 /* how many for the pod's */

static void base_name(char *out, size_t size, int i)
{
    unsigned uid = (unsigned)geteuid();
    if (i)
        snprintf(out, size, "skjob-%u.%d", uid, i);
    else
        snprintf(out, size, "skjob-%u", uid);
}

/* How the names of this host's folders end. */
static void host_suffix(char out[HOST_NAME_MAX + 2])
{
    strcpy(out, "@");
    gethostname(out + 1, HOST_NAME_MAX + 1);
}

static bool is_of_host(const char *name, const char *suffix)
{
    const char *at = strrchr(name, '@');
    return at && strcmp(at, suffix) == 0;
}

/* Others who may write into parent could put their own in the place of our folder, unless the
 * sticky bit stops them. */
static int open_parent(const char *parent, struct error *err)
{
    struct stat st;
    int fd = *parent == '/' ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (*parent != '/')
        return error_set(err, "%.300s: not an absolute path", parent);
    if (fd < 0 || fstat(fd, &st)) {
        error_set(err, "%.300s: %s", parent, strerror(errno));
    } else if (st.st_uid != 0 && st.st_uid != geteuid()) {
        error_set(err, "%.300s belongs to another user", parent);
    } else if ((st.st_mode & 022) && !(st.st_mode & S_ISVTX)) {
        error_set(err, "%.300s can be written by others, and has no sticky bit", parent);
    } else {
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

/* The user's folder of that name when it is fit, else -1. It may have inherited the setgid bit. */
static int open_base(int parent, const char *name)
{
    struct stat st;
    int fd = folder_open(parent, name);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 0777) == 0700)
        return fd;
    close(fd);
    return -1;
}

static int make_base(struct run_dir *dir, const char *parent, struct error *err)
{
    for (int i = 0; i < BASES; i++) {
        base_name(dir->base_name, sizeof dir->base_name, i);
        if (mkdirat(dir->parent, dir->base_name, 0700) && errno != EEXIST)
            return error_set(err, "%.300s/%s: %s", parent, dir->base_name, strerror(errno));
        dir->base = open_base(dir->parent, dir->base_name);
        if (dir->base >= 0)
            return 0;
    }
    base_name(dir->base_name, sizeof dir->base_name, 0);
    return error_set(err,
                     "%.300s/%s is a symbolic link, another user's, or open to others, and so are "
                     "the names after it: set SKJOB_RUN_DIR to a folder of your own on the node",
                     parent, dir->base_name);
}

/* Is fd still what name leads to? It may have been swept away before it was locked. */
static bool is_still(int base, const char *name, int fd)
{
    struct stat a, b;
    return fstat(fd, &a) == 0 && fstatat(base, name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
           a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

enum claim { CLAIM_OURS, CLAIM_TAKEN, CLAIM_AGAIN, CLAIM_FAILED };

/* Opens and locks the folder name in base. */
static enum claim claim(int base, const char *name, int *out)
{
    int fd = folder_open(base, name);
    if (fd < 0)
        return errno == ENOENT ? CLAIM_AGAIN : CLAIM_FAILED;
    enum claim result = CLAIM_OURS;
    if (flock(fd, LOCK_EX | LOCK_NB))
        result = errno == EWOULDBLOCK ? CLAIM_TAKEN : CLAIM_FAILED;
    else if (!is_still(base, name, fd))
        result = CLAIM_AGAIN;
    if (result == CLAIM_OURS) {
        *out = fd;
        return result;
    }
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

/* Makes the pod's folder, or takes over what a runner that was killed has left under its name. */
static enum claim make_folder(struct run_dir *dir, struct error *err)
{
    if (mkdirat(dir->base, dir->name, 0700) && errno != EEXIST)
        return errno == ENOENT ? CLAIM_AGAIN : CLAIM_FAILED;
    enum claim result = claim(dir->base, dir->name, &dir->fd);
    if (result == CLAIM_OURS && folder_clear(dir->fd, err))
        return CLAIM_TAKEN;
    return result;
}

static int open_in_base(struct run_dir *dir, const char *parent, const char *name,
                        struct error *err)
{
    char suffix[HOST_NAME_MAX + 2];
    host_suffix(suffix);
    for (int i = 0, n = 0; i < NAMES; i++) {
        char number[16] = "";
        if (n)
            snprintf(number, sizeof number, "-%d", n);
        snprintf(dir->name, sizeof dir->name, "%.60s%s%s", name, number, suffix);
        enum claim result = make_folder(dir, err);
        if (result == CLAIM_OURS)
            return 0;
        if (result == CLAIM_FAILED)
            return error_set(err, "%.300s/%s/%s: %s", parent, dir->base_name, dir->name,
                             strerror(errno));
        if (dir->fd >= 0)
            close(dir->fd);
        dir->fd = -1;
        n += result == CLAIM_TAKEN;
        if (result == CLAIM_AGAIN) { /* the base may have gone as well: it was empty */
            close(dir->base);
            dir->base = -1;
            if (make_base(dir, parent, err))
                return -1;
        }
    }
    return error_set(err, "%.300s/%s: too many folders named %.60s", parent, dir->base_name, name);
}

int run_dir_open(struct run_dir *out, const char *parent, const char *name, struct error *err)
{
    *out = (struct run_dir)RUN_DIR_INIT;
    out->parent = open_parent(parent, err);
    if (out->parent < 0)
        return -1;
    if (make_base(out, parent, err) || open_in_base(out, parent, name, err)) {
        run_dir_close(out);
        return -1;
    }
    out->path = folder_path(out->fd);
    if (out->path)
        return 0;
    error_set(err, "%.300s: %s", parent, strerror(errno));
    run_dir_remove(out, NULL);
    return -1;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void run_dir_close(struct run_dir *dir)
{
    close_fd(&dir->fd);
    close_fd(&dir->base);
    close_fd(&dir->parent);
    free(steal_ptr(&dir->path));
}

int run_dir_remove(struct run_dir *dir, struct error *err)
{
    if (dir->fd < 0)
        return 0;
    int rc = folder_clear(dir->fd, err);
    if (rc)
        error_prefix(err, "%.300s", dir->path ? dir->path : dir->name);
    else if (unlinkat(dir->base, dir->name, AT_REMOVEDIR) && errno != ENOENT)
        rc = error_set(err, "cannot remove %.300s: %s", dir->path ? dir->path : dir->name,
                       strerror(errno));
    unlinkat(dir->parent, dir->base_name, AT_REMOVEDIR); /* fails while others are in it */
    run_dir_close(dir);
    return rc;
}

static void sweep_one(int base, const char *name)
{
    int fd;
    if (claim(base, name, &fd) != CLAIM_OURS)
        return;
    if (folder_clear(fd, NULL) == 0)
        unlinkat(base, name, AT_REMOVEDIR);
    close(fd);
}

/* Takes base over. */
static void sweep_base(int base, const char *suffix)
{
    DIR *dir = fdopendir(base);
    if (!dir) {
        close(base);
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(dir)))
        if (is_of_host(entry->d_name, suffix))
            sweep_one(base, entry->d_name);
    closedir(dir);
}

void run_dir_sweep(const char *parent)
{
    char suffix[HOST_NAME_MAX + 2];
    cleanup_close int fd = open_parent(parent, NULL);
    host_suffix(suffix);
    for (int i = 0; fd >= 0 && i < BASES; i++) {
        char name[32];
        base_name(name, sizeof name, i);
        int base = open_base(fd, name);
        if (base < 0)
            continue;
        sweep_base(base, suffix);
        unlinkat(fd, name, AT_REMOVEDIR);
    }
}
