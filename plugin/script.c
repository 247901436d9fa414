/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Fills buf from a regular file. Returns the number of bytes, or -1. */
static ssize_t read_head(int fd, char *buf, size_t size, struct error *err)
{
    struct stat st;
    size_t len = 0;
    if (fstat(fd, &st))
        return error_set(err, "batch script: %s", strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, "batch script: not a regular file");
    while (len < size) {
        ssize_t n = read(fd, buf + len, size - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set(err, "batch script: %s", strerror(errno));
        if (n == 0)
            break;
        len += (size_t)n;
    }
    return (ssize_t)len;
}

enum script_kind script_read(const char *path, struct pragma *out, struct error *err)
{
    char head[SCRIPT_HEAD_MAX];
    size_t line_len;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        error_set(err, "batch script: %s", strerror(errno));
        return SCRIPT_BAD;
    }
    ssize_t n = read_head(fd, head, sizeof head, err);
    close(fd);
    if (n < 0)
        return SCRIPT_BAD;
    if (!pragma_is_ours(head, (size_t)n))
        return SCRIPT_OTHER;
    const char *line = pragma_find(head, (size_t)n, &line_len);
    if (!line)
        return SCRIPT_OTHER;
    return pragma_parse(line, line_len, out, err) ? SCRIPT_BAD : SCRIPT_OURS;
}
