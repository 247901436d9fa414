/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "small_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cleanup.h"

#define ASIDE ".new" /* one runner writes, and one file at a time */

int small_file_replace(int folder, const char *name, const char *data, size_t len)
{
    unlinkat(folder, ASIDE, 0); /* of a runner that was killed */
    cleanup_close int fd = openat(folder, ASIDE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    if (write(fd, data, len) == (ssize_t)len && renameat(folder, ASIDE, folder, name) == 0)
        return 0;
    unlinkat(folder, ASIDE, 0);
    return -1;
}
