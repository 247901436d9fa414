/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes when the parts of a container's log were written (lib/log_times.h), at most a line a
 * second, and none for what is written within the pod's first second: many pods have no such file.
 * A file that cannot be written is given up without a word; the log itself is what counts.
 */
#ifndef SKJOB_POD_LOG_CLOCK_H
#define SKJOB_POD_LOG_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct attempt;

struct log_clock {
    struct attempt *attempt; /* borrowed */
    const char *container;   /* borrowed */
    int fd;                  /* owned; -1 = not opened yet */
    int64_t last_us;         /* what stands there for the time of all bytes up to now */
    bool given_up;
};

/* A container starts, for the first time or again. */
void log_clock_open(struct log_clock *c, struct attempt *attempt, const char *container);

/* Its output is about to be appended to the log. */
void log_clock_mark(struct log_clock *c, int log);

void log_clock_close(struct log_clock *c);

#endif
