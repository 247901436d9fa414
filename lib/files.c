/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

int files_write(int fd, const void *data, size_t len)
{
    const char *p = data;
    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = EIO;
        if (n <= 0)
            return -1;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

/* A file of this name is what a crash left. */
static int open_aside(int dir, const char *name)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    int fd = openat(dir, name, flags, 0600);
    if (fd < 0 && errno == EEXIST && unlinkat(dir, name, 0) == 0)
        fd = openat(dir, name, flags, 0600);
    return fd;
}

bool files_has_no_links(int error)
{
    return error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK;
}

static int publish(int dir, int fd, const char *aside, const char *name, enum files_mode mode)
{
    struct stat st;
    if (mode == FILES_REPLACE)
        return renameat(dir, aside, dir, name) < 0 ? -1 : 1;
    if (linkat(dir, aside, dir, name, 0) == 0)
        return 1;
    if (files_has_no_links(errno) && renameat2(dir, aside, dir, name, RENAME_NOREPLACE) == 0)
        return 1;
    /* NFS sends a request again when the answer is lost; then our own link is in the way. */
    return errno == EEXIST ? fstat(fd, &st) == 0 && st.st_nlink == 2 : -1;
}

int files_put(int dir, const char *aside, const char *name, const void *data, size_t len,
              enum files_mode mode)
{
    cleanup_close int fd = open_aside(dir, aside);
    if (fd < 0)
        return -1;
    int rc = -1;
    if (files_write(fd, data, len) == 0 && fsync(fd) == 0)
        rc = publish(dir, fd, aside, name, mode);
    int saved = errno;
    unlinkat(dir, aside, 0);
    if (rc == 1)
        fsync(dir); /* not every file system can; the file stands without it */
    errno = saved;
    return rc;
}

static int make_folder(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

int files_make_parents(char *path)
{
    for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        int rc = make_folder(path);
        *p = '/';
        if (rc < 0)
            return -1;
    }
    return 0;
}

int files_make_path(char *path)
{
    return files_make_parents(path) < 0 ? -1 : make_folder(path);
}
