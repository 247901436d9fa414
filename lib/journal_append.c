/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cleanup.h"
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_host(const char *host, struct error *err)
{
    if (host[0] == '\0' || host[0] == '.' || strchr(host, '/') || strlen(host) > 255)
        return error_set(err, "journal: \"%.64s\" cannot be the name of a file of events", host);
    return 0;
}

/* Opened for reading too: the last byte is looked at. O_NONBLOCK: never wait for a FIFO. */
static int open_file(int events_fd, const char *host, struct error *err)
{
    int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    int fd = openat(events_fd, host, flags, 0600);
    if (fd < 0)
        return error_set(err, "cannot open events/%s: %s", host, strerror(errno));
    return fd;
}

/* Whether the file ends in half a line: 1, 0, or -1. Another process of this host may append
 * between this look and our write. Then the line is empty, or a half line runs into ours: readers
 * skip the one and find the record in the other. */
static int ends_torn(int fd, const char *host, struct error *err)
{
    struct stat st;
    char last;
    if (fstat(fd, &st) < 0)
        return error_set(err, "cannot read events/%s: %s", host, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, "events/%s is not a regular file", host);
    if (st.st_size == 0)
        return 0;
    ssize_t n = pread(fd, &last, 1, st.st_size - 1);
    if (n < 0)
        return error_set(err, "cannot read events/%s: %s", host, strerror(errno));
    return n == 1 && last != '\n';
}

static int write_once(int fd, const char *data, size_t len, const char *host, struct error *err)
{
    ssize_t n;
    do
        n = write(fd, data, len);
    while (n < 0 && errno == EINTR); /* nothing was written */
    if (n < 0)
        return error_set(err, "cannot append to events/%s: %s", host, strerror(errno));
    if ((size_t)n < len)
        return error_set(err, "cannot append to events/%s: only %zd of %zu bytes were written",
                         host, n, len);
    return 0;
}

int journal_append(int events_fd, const char *host, const struct journal_record *r,
                   struct error *err)
{
    char text[1 + JOURNAL_LINE_MAX + 1]; /* a newline first, to end somebody else's half line */
    text[0] = '\n';
    int len = journal_format(r, text + 1, err);
    if (len < 0 || check_host(host, err) < 0)
        return -1;
    cleanup_close int fd = open_file(events_fd, host, err);
    if (fd < 0)
        return -1;
    int torn = ends_torn(fd, host, err);
    if (torn < 0)
        return -1;
    if (write_once(fd, text + 1 - torn, (size_t)(len + torn), host, err) < 0)
        return -1;
    /* Network file systems tell of a full disk or quota here. */
    int closed = close(fd);
    fd = -1;
    if (closed < 0 && errno != EINTR)
        return error_set(err, "cannot append to events/%s: %s", host, strerror(errno));
    return 0;
}

int journal_append_path(const char *job_dir, const char *host, const struct journal_record *r,
                        struct error *err)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
    cleanup_close int job_fd = open(job_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (job_fd < 0)
        return error_set(err, "cannot open %s: %s", job_dir, strerror(errno));
    if (mkdirat(job_fd, JOURNAL_EVENTS_DIR, 0700) < 0 && errno != EEXIST)
        return error_set(err, "cannot make %s/events: %s", job_dir, strerror(errno));
    cleanup_close int events_fd = openat(job_fd, JOURNAL_EVENTS_DIR, flags);
    if (events_fd < 0)
        return error_set(err, "cannot open %s/events: %s", job_dir, strerror(errno));
    return journal_append(events_fd, host, r, err);
}
