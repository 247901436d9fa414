/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "timefmt.h"

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

/* What stands before the line that begins at this byte. */
static void put_head(const struct log_stream *s, off_t at)
{
    char text[TIMEFMT_MAX];
    if (s->prefix)
        fputs(s->prefix, stdout);
    if (s->timestamps)
        fputs(timefmt_rfc3339_us(log_times_at(&s->times, (uint64_t)at, s->start_us), text), stdout);
    if (s->timestamps)
        fputc(' ', stdout);
}

/* The bytes at this place of the log. */
static void put(struct log_stream *s, off_t at, const char *p, size_t len)
{
    bool by_line = s->prefix || s->timestamps;
    while (len > 0) {
        const char *newline = by_line ? memchr(p, '\n', len) : NULL;
        size_t n = newline ? (size_t)(newline - p) + 1 : len;
        if (by_line && !s->in_line)
            put_head(s, at);
        fwrite(p, 1, n, stdout);
        s->in_line = p[n - 1] != '\n';
        p += n;
        at += (off_t)n;
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
        off_t at = s->at;
        s->at += (off_t)n;
        if (s->limit >= 0 && (int64_t)n > s->limit)
            n = (size_t)s->limit;
        put(s, at, buf, n);
        if (s->limit >= 0)
            s->limit -= (int64_t)n;
        any = 1;
    }
    return any;
}

/* ---- times ---- */

static bool needs_times(const struct log_stream *s)
{
    return s->timestamps || (!s->begun && s->since_us != INT64_MIN);
}

/* Reads what was added to the file beside the log, whose name ends with "times". */
static int read_times(struct log_stream *s, struct error *err)
{
    char buf[BLOCK];
    ssize_t n = 0;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_add(&path, s->path, strlen(s->path) - strlen("log"));
    strbuf_adds(&path, "times");
    cleanup_close int fd = open(strbuf_str(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    while (fd >= 0 && (n = pread(fd, buf, sizeof buf, s->times_at)) > 0) {
        int64_t whole_len = log_times_add(&s->times, buf, (size_t)n);
        if (whole_len < 0)
            return error_set(err, "out of memory");
        if (whole_len == 0 && n < (ssize_t)sizeof buf)
            break;
        s->times_at += whole_len ? whole_len : n; /* no line is as long as that */
    }
    return n < 0 ? error_set(err, "cannot read %s: %s", strbuf_str(&path), strerror(errno)) : 0;
}

/* Behind the end of the line that this byte is inside of. */
static off_t next_line(int fd, off_t at, off_t size)
{
    char buf[BLOCK];
    for (off_t from = at > 0 ? at - 1 : 0; at > 0 && from < size;) {
        ssize_t n = pread(fd, buf, sizeof buf, from);
        const char *newline = n > 0 ? memchr(buf, '\n', (size_t)n) : NULL;
        if (newline)
            return from + (newline - buf) + 1;
        if (n <= 0)
            break;
        from += n;
    }
    return at > 0 ? size : 0;
}

/* Where the first copy begins. */
static off_t start_of(const struct log_stream *s, int fd, off_t size)
{
    off_t tail = log_tail_start(fd, size, s->tail);
    if (s->since_us == INT64_MIN)
        return tail;
    uint64_t from = log_times_from(&s->times, s->since_us, s->start_us);
    off_t since = from >= (uint64_t)size ? size : next_line(fd, (off_t)from, size);
    return since > tail ? since : tail;
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
    if (needs_times(s) && read_times(s, err) < 0)
        return -1;
    if (!s->begun)
        s->at = start_of(s, fd, st.st_size);
    s->begun = true;
    return copy(s, fd, st.st_size, whole_lines, err);
}

void log_stream_free(struct log_stream *s)
{
    free(s->path);
    free(s->prefix);
    log_times_free(&s->times);
    *s = (struct log_stream){0};
}
