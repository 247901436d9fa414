/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the owner changes in an array that slurmctld has: holding and releasing it, how many of its
 * tasks run at once, and what a task that waits asks for.
 *
 * Tasks are named as in slurm_task.h; the number of the array alone means all of its tasks. That
 * some of them have ended, or are not in the state that the change is about, is no error: such a
 * task is left as it is.
 */
#ifndef SKJOB_SLURM_CHANGE_H
#define SKJOB_SLURM_CHANGE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "error.h"
#include "retry_rule.h"
#include "slurm_answer.h"

/* Nothing of it starts any more. What runs goes on. */
enum slurm_answer slurm_change_hold(const char *tasks, struct error *err);

/* Ends what runs (SIGTERM, KillWait, SIGKILL) and puts it back into the queue, held. */
enum slurm_answer slurm_change_stop(const char *tasks, struct error *err);

/* Puts a task that has ended back into the queue, to start at begin at the earliest. One that waits
 * or runs already is left as it is. */
enum slurm_answer slurm_change_requeue(const char *task, time_t begin, struct error *err);

/* Lets it start again, at begin at the earliest. A task that is still leaving its node by then
 * waits for two minutes: Slurm's own delay. One that has left its node in the same second is
 * refused there ("credential revoked") and has failed: begin is better the next second. */
enum slurm_answer slurm_change_release(const char *tasks, time_t begin, struct error *err);

/* At most n tasks of the array at once, 0 = no limit. When that is fewer, nothing is ended. */
enum slurm_answer slurm_change_throttle(const char *array, uint32_t n, struct error *err);

/* Changes what a task that waits to be run again asks for: the node is not used (NULL or "" = no
 * change), and it gets more memory where more_memory says so. task_id is its own job id, or that of
 * its array. A task that does not wait is left as it is. */
enum slurm_answer slurm_change_retry(uint32_t task_id, const char *task,
                                     const struct retry_rule *rule, const char *node,
                                     bool more_memory, struct error *err);

#endif
