/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One container's log, copied to standard output: all of it, its last lines, or what was added
 * since the last time; with the time of each line, which stands in a file beside it (log_times.h).
 */
#ifndef SKJOB_LOG_READ_H
#define SKJOB_LOG_READ_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"
#include "log_times.h"

struct log_stream {
    char *path;       /* owned */
    char *prefix;     /* before each line; owned, NULL = none */
    int64_t tail;     /* lines of the first copy, -1 = all */
    int64_t since_us; /* lines written before this time are passed over; INT64_MIN = none are */
    int64_t start_us; /* of the pod */
    bool timestamps;  /* before each line, behind the prefix */
    int64_t limit;    /* bytes of all copies, -1 = no limit */
    off_t at;         /* copied so far */
    bool begun;       /* the file was there */
    bool in_line;     /* the last byte that was copied was no newline */
    struct log_times times; /* as far as they are read */
    off_t times_at;
};

/* Copies what is new. whole_lines: half a line at the end waits. Returns 1 when anything was
 * copied, 0 when not (also when there is no such file yet), -1 with err. */
int log_stream_copy(struct log_stream *s, bool whole_lines, struct error *err);

void log_stream_free(struct log_stream *s);

/* Where the last n lines of the file begin. */
off_t log_tail_start(int fd, off_t size, int64_t n);

#endif
