/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * When the parts of a container's log were written. A log holds the container's bytes and nothing
 * else; beside it (CONTAINER.log, CONTAINER.times) stands a line "OFFSET MICROSECONDS" now and
 * then: what begins at that byte was written at that time or up to a second later. What stands
 * before the first line was written within a second of the pod's start.
 *
 * Pure: no files, no clock.
 */
#ifndef SKJOB_LOG_TIMES_H
#define SKJOB_LOG_TIMES_H

#include <stddef.h>
#include <stdint.h>

#include "strbuf.h"

struct log_time {
    uint64_t offset;
    int64_t us; /* since 1970 */
};

struct log_times {
    struct log_time *v; /* by offset; owned */
    size_t len;
};

#define LOG_TIMES_LINE 48 /* bytes, with the NUL */

/* One line of the file. Returns its length. */
size_t log_times_line(const struct log_time *t, char out[LOG_TIMES_LINE]);

/* Adds the whole lines of the text. Lines that are none, and offsets that go back, are passed over:
 * a node may have died while it wrote. Of two for one byte the later holds: what was written at the
 * first time was lost (a full disk). Returns the bytes that were read, or -1 when there is no
 * memory. */
int64_t log_times_add(struct log_times *t, const char *text, size_t len);

/* When the byte was written; start: of the pod. */
int64_t log_times_at(const struct log_times *t, uint64_t offset, int64_t start_us);

/* The first byte that is known to be written at this time or later, UINT64_MAX when none is. */
uint64_t log_times_from(const struct log_times *t, int64_t us, int64_t start_us);

void log_times_free(struct log_times *t);

#endif
