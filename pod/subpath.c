/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "subpath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "folder.h"

/* Opens path below root, links inside included, but nothing outside. */
static int open_beneath(int root, const char *path)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

bool subpath_goes_up(const char *path)
{
    for (const char *p = path; *p; p += strspn(p, "/")) {
        size_t n = strcspn(p, "/");
        if (n == 2 && p[0] == '.' && p[1] == '.')
            return true;
        p += n;
    }
    return false;
}

/* One step down from parent; the folder is made when missing. No link is followed. */
static int step(int parent, const char *name, mode_t mode)
{
    const int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(parent, name, flags);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    if (mkdirat(parent, name, 0700) && errno != EEXIST)
        return -1;
    cleanup_close int made = folder_open(parent, name);
    if (made < 0 || fchmod(made, mode))
        return -1;
    return openat(parent, name, flags);
}

/* Walks from root to path one name at a time. In what exists already a link that stays inside is
 * followed, where the kernel can tell (5.6). */
static int walk(int root, char *path, mode_t mode)
{
    int fd = fcntl(root, F_DUPFD_CLOEXEC, 0);
    for (char *p = path, *end; fd >= 0 && *p; p = end) {
        size_t n = strcspn(p, "/");
        end = p + n;
        char after = *end;
        *end = '\0';
        int next = open_beneath(root, path);
        if (next < 0 && (errno == ENOENT || errno == ENOSYS || errno == EPERM))
            next = *p ? step(fd, p, mode) : fcntl(fd, F_DUPFD_CLOEXEC, 0);
        *end = after;
        end += strspn(end, "/");
        int error = errno;
        close(fd);
        errno = error;
        fd = next;
    }
    return fd;
}

/* A link that was not resolved, as the kernel is too old, leads nowhere. */
static bool is_link(int fd)
{
    struct stat st;
    return fstat(fd, &st) || S_ISLNK(st.st_mode);
}

static char *resolve(int root, const char *sub, mode_t mode)
{
    cleanup_free char *path = strdup(sub);
    if (!path)
        return NULL;
    cleanup_close int fd = walk(root, path, mode);
    return fd < 0 || is_link(fd) ? NULL : folder_path(fd);
}

char *subpath_resolve(const char *volume, const char *sub, const char *mount, const char *container,
                      struct error *err)
{
    struct stat st;
    char *path = NULL;
    if (*sub == '/') {
        error_set(err, "error SubPath `%.300s` must not be an absolute path", sub);
        return NULL;
    }
    if (subpath_goes_up(sub)) {
        error_set(err, "unable to provision SubPath `%.300s`: must not contain '..'", sub);
        return NULL;
    }
    cleanup_close int root = open(volume, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root >= 0 && fstat(root, &st) == 0)
        path = resolve(root, sub, st.st_mode & 0777);
    if (!path)
        error_set(err,
                  "failed to prepare subPath for volumeMount \"%.100s\" of container \"%.100s\"",
                  mount, container);
    return path;
}
