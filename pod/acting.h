/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an attempt does to the Job's tasks in Slurm: retry its own, stop the others. Patient with a
 * slurmctld that is away, as nobody else will do it.
 */
#ifndef SKJOB_POD_ACTING_H
#define SKJOB_POD_ACTING_H

#include <stdbool.h>
#include <stdint.h>

#include "cause.h"
#include "fold.h"
#include "slurm_env.h"
#include "slurm_ops.h"

struct acting {
    const struct slurm_env *slurm;
    const struct slurm_ops *ops;
    int64_t patience_us;  /* how long slurmctld is waited for, with each request */
    int64_t give_up_us;   /* and with all of them until then; 0 = no such limit */
    int64_t retry_min_us; /* no retry begins earlier than this from now; less than 1 s is 1 s */
};

#define ACTING_PATIENCE_US (600 * INT64_C(1000000))

/* Asks slurmctld about the own task. */
enum slurm_answer acting_read_own(const struct acting *a, struct slurm_task *out,
                                  struct error *err);

/* Puts the own task back into the queue, to begin at_us at the earliest. queued: Slurm has done
 * so already. Returns 0, or -1 with err; a task that was cancelled meanwhile stays so, which is no
 * error. */
int acting_retry(const struct acting *a, enum cause_retry how, bool queued, int64_t at_us,
                 struct error *err);

/* When a retry that is due at_us may begin: whole seconds, and never so early that the running
 * attempt might not have left Slurm by then: Slurm would take its own delay of two minutes. Where
 * the epilog is slow the site says how long that takes (min_us). */
time_t acting_begin_time(int64_t at_us, int64_t now_us, int64_t min_us);

/* Cancels the Job's tasks that are not over yet, with or without the own one: one RPC for each of
 * its arrays. */
int acting_stop(const struct acting *a, const struct fold *fold, bool with_own, struct error *err);
int acting_cancel_own(const struct acting *a, struct error *err);

#endif
