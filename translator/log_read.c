/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

#define BLOCK 65536

off_t log_tail_start(int fd, off_t size, int64_t n)
{
    char buf[BLOCK];
    off_t end = size;
    if (n <= 0)
        return n < 0 ? 0 : size;
    while (end > 0) {
        size_t want = end < BLOCK ? (size_t)end : BLOCK;
        off_t from = end - (off_t)want;
        ssize_t got = pread(fd, buf, want, from);
        if (got != (ssize_t)want)
            return from;
        for (size_t i = want; i > 0; i--) {
            off_t behind = from + (off_t)i;
            /* The newline at the very end ends the last line, it begins none. */
            if (buf[i - 1] == '\n' && behind != size && --n == 0)
                return behind;
        }
        end = from;
    }
    return 0;
}

static void put(struct log_stream *s, const char *p, size_t len)
{
    while (len > 0) {
        const char *newline = s->prefix ? memchr(p, '\n', len) : NULL;
        size_t n = newline ? (size_t)(newline - p) + 1 : len;
        if (s->prefix && !s->in_line)
            fputs(s->prefix, stdout);
        fwrite(p, 1, n, stdout);
        s->in_line = p[n - 1] != '\n';
        p += n;
        len -= n;
    }
}

/* The length of the whole lines in the block; all of it when a line fills it. */
static size_t whole(const char *buf, size_t len)
{
    const char *newline = memrchr(buf, '\n', len);
    return newline ? (size_t)(newline - buf) + 1 : len == BLOCK ? len : 0;
}

static int copy(struct log_stream *s, int fd, off_t size, bool whole_lines, struct error *err)
{
    char buf[BLOCK];
    int any = 0;
    while (s->at < size && s->limit != 0) {
        size_t want = size - s->at < BLOCK ? (size_t)(size - s->at) : BLOCK;
        ssize_t got = pread(fd, buf, want, s->at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(err, "cannot read %s: %s", s->path, strerror(errno));
        size_t n = whole_lines ? whole(buf, (size_t)got) : (size_t)got;
        if (n == 0)
            break;
        s->at += (off_t)n;
        if (s->limit >= 0 && (int64_t)n > s->limit)
            n = (size_t)s->limit;
        put(s, buf, n);
        if (s->limit >= 0)
            s->limit -= (int64_t)n;
        any = 1;
    }
    return any;
}

int log_stream_copy(struct log_stream *s, bool whole_lines, struct error *err)
{
    struct stat st;
    /* Opened anew each time: that is when a network file system looks for news. */
    cleanup_close int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_set(err, "cannot read %s: %s", s->path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, "cannot read %s: it is not a file", s->path);
    if (!s->begun)
        s->at = st.st_mtim.tv_sec < s->since ? st.st_size : log_tail_start(fd, st.st_size, s->tail);
    s->begun = true;
    return copy(s, fd, st.st_size, whole_lines, err);
}

void log_stream_free(struct log_stream *s)
{
    free(s->path);
    free(s->prefix);
    *s = (struct log_stream){0};
}
