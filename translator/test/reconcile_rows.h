/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of test/reconcile_plan.c: what a Job's journal and Slurm say, and what is to be done.
 */
#ifndef SKJOB_TEST_RECONCILE_ROWS_H
#define SKJOB_TEST_RECONCILE_ROWS_H

#include <stddef.h>

/* Tasks as texts: "0 RUNNING", "0 FAILED 137 @12", "0 PENDING restarts=1 held throttle=2 job=10".
 * The number after a state that is final is the exit code; @12 is when it ended, 0 if it is left
 * out.
 */
struct reconcile_row {
    const char *proves;
    const char *spec;
    double now;
    const char *records[6]; /* "1 started 0 0", "2 failed 0 0 42": the last is the exit code; "0
                             * submitted 10", "5 grown 20 2 4 ahead=1": the array, its first index,
                             * the completions */
    const char *tasks[4];
    const char *plan; /* the actions, in their order */
};

extern const struct reconcile_row reconcile_rows[];
extern const size_t reconcile_rows_len;

#endif
