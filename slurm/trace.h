/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What skjob asks of others, on standard error, for those who want to know (-v, as kubectl has it):
 * a line each, with the time of day. Control characters are shown as "?".
 */
#ifndef SKJOB_TRACE_H
#define SKJOB_TRACE_H

#include <stdint.h>

enum trace_level {
    TRACE_CHANGES = 1,   /* programs that are started, and requests that change something */
    TRACE_QUESTIONS = 6, /* every request to slurmctld */
    TRACE_TEXTS = 8,     /* the batch script */
};

/* Of the process; 0 = nothing is told. */
void trace_set_level(int level);

/* Whether a line of that level is wanted. */
int trace_wanted(enum trace_level level);

/* Tells that something has begun. Returns when, for trace_end(). */
int64_t trace_begin(void);

/* The text and how long it took, "slurm_load_job 12 in 3 milliseconds". Leaves errno alone. */
void trace_end(enum trace_level level, int64_t began, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The text alone; line for line. */
void trace_text(enum trace_level level, const char *text);

#endif
