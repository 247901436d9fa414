/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What closing an attempt needs of Slurm, as a table of functions, so that the rules can be tested
 * without it.
 */
#ifndef SKJOB_POD_SLURM_OPS_H
#define SKJOB_POD_SLURM_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "retry_rule.h"
#include "slurm_task.h"

struct slurm_ops {
    /* As the functions of slurm_task.h; amend is slurm_change_retry(). */
    enum slurm_answer (*read)(uint32_t job_id, struct slurm_task *out, struct error *err);
    enum slurm_answer (*requeue)(const char *task, bool only_running, struct error *err);
    enum slurm_answer (*begin)(const char *task, time_t begin, struct error *err);
    enum slurm_answer (*cancel)(const char *tasks, struct error *err);
    enum slurm_answer (*amend)(uint32_t job_id, const char *task, const struct retry_rule *rule,
                               const char *node, bool more_memory, struct error *err);

    int64_t (*now_us)(void); /* the time of day */
    void (*sleep_ms)(int ms);
};

/* slurmctld; each call in a process of its own, for two minutes at most. */
extern const struct slurm_ops slurm_ops_real;

/* From now on no call takes longer than until then (clock_monotonic_ms()): slurmctld is away. */
void slurm_ops_give_up_at(int64_t monotonic_ms);

#endif
