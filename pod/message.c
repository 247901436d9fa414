/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "message.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

#define GRAIN_US 10000 /* a file's time comes from a clock that ticks slowly */

size_t message_read_file(char out[MESSAGE_MAX], const char *path, int64_t since_us)
{
    struct stat st;
    if (!*path)
        return 0;
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
        return 0;
    int64_t written = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
    if (written < since_us - GRAIN_US)
        return 0;
    ssize_t n = read(fd, out, MESSAGE_MAX);
    return n > 0 ? (size_t)n : 0;
}

/* Where the last lines begin. */
static size_t skip_lines(const char *text, size_t len)
{
    size_t lines = 0;
    for (size_t at = len; at > 0; at--)
        if (text[at - 1] == '\n' && at != len && ++lines == MESSAGE_LOG_LINES)
            return at;
    return 0;
}

size_t message_read_log(char out[MESSAGE_MAX], int log, off_t from)
{
    struct stat st;
    if (log < 0 || fstat(log, &st) || !S_ISREG(st.st_mode))
        return 0;
    if (st.st_size - from > MESSAGE_LOG_MAX)
        from = st.st_size - MESSAGE_LOG_MAX;
    ssize_t n = pread(log, out, MESSAGE_LOG_MAX, from);
    if (n <= 0)
        return 0;
    size_t skip = skip_lines(out, (size_t)n);
    memmove(out, out + skip, (size_t)n - skip);
    return (size_t)n - skip;
}
