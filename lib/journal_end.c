/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cleanup.h"
#include "files.h"
#include "journal.h"
#include "journal_read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define END_FILE   "end"
#define ASIDE_NAME 256

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
    char aside[ASIDE_NAME];
    snprintf(aside, sizeof aside, ".end.%.200s.%ld.%" PRId64, host, (long)gettid(), end->time_us);
    int rc = files_put(job_fd, aside, END_FILE, line, (size_t)len, FILES_CREATE);
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
