/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "payload_write.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "files.h"
#include "folder.h"

/* The folder name in dir, made if missing. */
static int open_folder(int dir, const char *name)
{
    if (mkdirat(dir, name, 0700) && errno != EEXIST)
        return -1;
    int fd = folder_open(dir, name);
    if (fd >= 0 && fchmod(fd, 0755)) {
        close(fd);
        return -1;
    }
    return fd;
}

static int write_here(int dir, const char *name, const struct payload_file *file)
{
    cleanup_close int fd =
        openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fd < 0 || files_write(fd, file->data, file->len) || fchmod(fd, (mode_t)file->mode) ? -1
                                                                                              : 0;
}

/* path is file->path or its end. */
static int write_file(int dir, char *path, const struct payload_file *file)
{
    char *slash = strchr(path, '/');
    if (!slash)
        return write_here(dir, path, file);
    *slash = '\0';
    cleanup_close int next = open_folder(dir, path);
    *slash = '/';
    return next < 0 ? -1 : write_file(next, slash + 1, file);
}

int payload_write(int dir, const struct payload *payload, struct error *err)
{
    for (size_t i = 0; i < payload->len; i++)
        if (write_file(dir, payload->files[i].path, &payload->files[i]))
            return error_set(err, "cannot write %.200s: %s", payload->files[i].path,
                             strerror(errno));
    return 0;
}
