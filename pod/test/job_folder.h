/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For tests: the folder of a Job "pi" with a journal, and one task of the Job.
 */
#ifndef SKJOB_TEST_JOB_FOLDER_H
#define SKJOB_TEST_JOB_FOLDER_H

#include <stddef.h>
#include <stdint.h>

#include "../slurm_env.h"

#define T0 (INT64_C(1800000000) * 1000000) /* when the Job was created */
#define S  INT64_C(1000000)

/* The inside of its spec. */
#define INDEXED(n) "\"completions\":" #n ",\"parallelism\":" #n ",\"completionMode\":\"Indexed\""

/* Task 10_1 of 10_0 to 10_3, whose own job id is 12, on node1 (host "other"). */
struct slurm_env folder_task(uint32_t restarts);

/* A Job's folder. spec and annotations are insides of objects. The caller frees the path with
 * folder_remove(). */
char *folder_make(const char *spec);
char *folder_make_annotated(const char *spec, const char *annotations);
void folder_remove(char *dir);

/* With a journal: the records up to the first NULL, max at most, as for folder_add(); "end" is the
 * Job's end, Failed BackoffLimitExceeded at T0 + 5 s. */
char *folder_make_with(const char *spec, const char *const *records, size_t max);

/* Appends "2.5 started 0 1", "3 failed 0 1 42", "4 succeeded 0 1", "1 suspended": seconds since T0,
 * event, index, attempt, exit code; at the end " ahead=N on NODE" where that is said. Also
 * "0 submitted 10", "3 scaled 0 0 COMPLETIONS", "4 grown 20 4 6": an array from index 4 on, for 6
 * completions, whose attempts begin with 1, and "5 retried 77 2": as job 77, whose attempts are
 * numbered from 2. As host "host". */
void folder_add(const char *dir, const char *record);

/* All records of the folder as such texts, with ahead=, containers=, conditions=, reason= and
 * "inferred" where they are there; and the end as "end Failed BackoffLimitExceeded". Sorted by
 * time, separated by "; ". The caller frees it. */
char *folder_print(const char *dir);

/* What a later text of the same folder has more than an earlier one; "" when it is the same. */
const char *folder_added(const char *before, const char *text);

#endif
