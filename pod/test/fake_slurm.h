/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For tests: a slurmctld that answers as told and writes down what it was asked, with a clock of
 * its own, and a Job's folder.
 */
#ifndef SKJOB_TEST_FAKE_SLURM_H
#define SKJOB_TEST_FAKE_SLURM_H

#include "../slurm_ops.h"
#include "journal.h"
#include "strbuf.h"

#define T0 (INT64_C(1800000000) * 1000000) /* when the Job was created */
#define S  INT64_C(1000000)

struct fake_slurm {
    int64_t now_us;
    struct slurm_task task;
    int unavailable;         /* so many calls find no slurmctld */
    enum slurm_answer begin; /* the answer to begin */
    struct strbuf calls;     /* "read 12; requeue? 10_3; begin 10_3 +5; cancel 10_[0-2]" */
};

extern struct fake_slurm fake;
extern const struct slurm_ops fake_ops;

/* Forgets everything; the time is T0 + seconds. */
void fake_reset(double seconds);
void fake_free(void);

/* A Job's folder. spec is the inside of an object. The caller frees the path with folder_remove().
 */
char *folder_make(const char *spec);
void folder_remove(char *dir);

/* Appends "2.5 started 0 1", "3 failed 0 1 42", "4 succeeded 0 1", "1 suspended": seconds since T0,
 * event, index, attempt, exit code; at the end " ahead=N on NODE" where that is said. */
void folder_add(const char *dir, const char *record);

/* All records of the folder as such texts, with " ahead=", " reason=", " disruption=", " inferred" and the
 * exit code where they are there; and the end as "end Failed BackoffLimitExceeded". Sorted by time,
 * separated by "; ". The caller frees it. */
char *folder_print(const char *dir);

#endif
