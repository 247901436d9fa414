/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cleanup.h"
#include "journal.h"
#include "journal_read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define END_FILE "end"
#define TMP_NAME 256

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* A name that no living process of any host uses. A file of this name is what a crash left. */
static int open_tmp(int job_fd, const char *host, int64_t time_us, char tmp[TMP_NAME])
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    snprintf(tmp, TMP_NAME, ".end.%.200s.%ld.%" PRId64, host, (long)gettid(), time_us);
    int fd = openat(job_fd, tmp, flags, 0600);
    if (fd < 0 && errno == EEXIST && unlinkat(job_fd, tmp, 0) == 0)
        fd = openat(job_fd, tmp, flags, 0600);
    return fd;
}

static bool has_no_links(int error)
{
    return error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK;
}

/* Returns 1 when tmp became the file end, 0 when there is one already, -1 with errno. */
static int publish(int job_fd, int fd, const char *tmp)
{
    struct stat st;
    if (linkat(job_fd, tmp, job_fd, END_FILE, 0) == 0)
        return 1;
    int saved = errno;
    if (has_no_links(saved)) {
        if (renameat2(job_fd, tmp, job_fd, END_FILE, RENAME_NOREPLACE) == 0)
            return 1;
        saved = errno;
    }
    /* NFS sends a request again when the answer is lost; then our own link is in the way. */
    if (saved == EEXIST)
        return fstat(fd, &st) == 0 && st.st_nlink == 2;
    errno = saved;
    return -1;
}

static int make(int job_fd, const char *host, const struct journal_end *end, const char *line,
                size_t len)
{
    char tmp[TMP_NAME];
    cleanup_close int fd = open_tmp(job_fd, host, end->time_us, tmp);
    if (fd < 0)
        return -1;
    int rc = -1;
    if (write_all(fd, line, len) == 0 && fsync(fd) == 0)
        rc = publish(job_fd, fd, tmp);
    int saved = errno;
    unlinkat(job_fd, tmp, 0);
    if (rc == 1)
        fsync(job_fd); /* not every file system can; the decision stands without it */
    errno = saved;
    return rc;
}

int journal_end_make(int job_fd, const char *host, const struct journal_end *end, struct error *err)
{
    char line[JOURNAL_LINE_MAX + 1];
    const struct journal_record r = {
        .event = JOURNAL_END,
        .time_us = end->time_us,
        .condition = end->condition,
        .reason = end->reason,
        .message = end->message,
    };
    if (strchr(host, '/'))
        return error_set(err, "journal: \"%.64s\" is not the name of a host", host);
    int len = journal_format(&r, line, err);
    if (len < 0)
        return -1;
    int rc = make(job_fd, host, end, line, (size_t)len);
    if (rc < 0)
        return error_set(err, "cannot make the file end: %s", strerror(errno));
    return rc;
}

static int take_record(void *arg, const struct journal_line *line)
{
    struct journal_end *end = arg;
    if (line->event != JOURNAL_END)
        return 0;
    end->time_us = line->time_us;
    journal_decode(line->condition, end->condition, sizeof end->condition);
    journal_decode(line->reason, end->reason, sizeof end->reason);
    journal_decode(line->message, end->message, sizeof end->message);
    return 1;
}

static bool is_printable(const char *s)
{
    cleanup_json json_t *text = json_string(s); /* NULL unless it is valid UTF-8 */
    return text != NULL;
}

int journal_end_read(int job_fd, struct journal_end *end, struct error *err)
{
    struct stat st;
    const struct journal_visitor visitor = {.arg = end, .record = take_record};
    cleanup_close int fd =
        openat(job_fd, END_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_set(err, "cannot read the file end: %s", strerror(errno));
    memset(end, 0, sizeof *end);
    int rc = S_ISREG(st.st_mode) ? journal_read_file(fd, END_FILE, &visitor, err) : 0;
    if (rc < 0)
        return -1;
    if (rc == 0 || !is_printable(end->condition) || !is_printable(end->reason) ||
        !is_printable(end->message))
        return error_set(err, "the file end is damaged");
    return 1;
}
