/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is to be done about a Job whose journal and whose tasks in Slurm do not agree, because
 * somebody died between one and the other: a runner, its node, slurmctld, a command of the user's.
 * Pure: what is known goes in, actions come out.
 *
 * Whoever is alive and does the same is not disturbed:
 * - A task that runs, or has not left its node yet, is its runner's business. One that has ended is
 *   left alone for the grace time.
 * - Records have the attempt's identity, and an attempt's own record prevails over one made here.
 * - The end is made once, with link(2).
 * - Slurm's requests change nothing when they come twice.
 */
#ifndef SKJOB_RECONCILE_PLAN_H
#define SKJOB_RECONCILE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "fold.h"
#include "job_live.h"
#include "journal.h"

enum reconcile_kind {
    RECONCILE_CLOSE,    /* record that the attempt has ended: index, attempt, ending */
    RECONCILE_DECIDE,   /* make the end, and cancel what is left: plan->end */
    RECONCILE_CANCEL,   /* the end is made already: cancel what is left */
    RECONCILE_REQUEUE,  /* nobody has asked for this retry: index, attempt (that failed) */
    RECONCILE_KILL,     /* its pod was deleted and still runs: index, attempt */
    RECONCILE_HOLD,     /* the Job is suspended: nothing may start, what runs is stopped */
    RECONCILE_SHRINK,   /* indexes from the completions on are to end: index, the first of them */
    RECONCILE_RELEASE,  /* it is not suspended any more, or the array is new: job */
    RECONCILE_THROTTLE, /* Slurm's throttle is not its share of the parallelism: job, throttle */
};

/* How an attempt ended, as far as Slurm knows. */
struct reconcile_ending {
    enum journal_phase phase;
    bool has_code;
    int exit_code;          /* of its container */
    const char *container;  /* reason of the container, NULL = Completed or Error */
    const char *reason;     /* of the pod, NULL = none */
    const char *disruption; /* reason of the condition DisruptionTarget, NULL = no condition */
};

struct reconcile_action {
    enum reconcile_kind kind;
    uint32_t index;
    uint32_t attempt;
    uint32_t run; /* of RECONCILE_CLOSE: Slurm's restart count in it */
    uint32_t throttle;
    uint32_t job; /* one of the Job's arrays */
    struct reconcile_ending ending;
};

struct reconcile_plan {
    struct reconcile_action *v;
    size_t len;
    struct journal_end end;
};

struct reconcile_input {
    const struct fold *fold; /* told of tasks: job_live_tell() */
    const struct job_live *live;
    int64_t now_us;
    int64_t grace_us;
};

#define RECONCILE_GRACE_US (5 * INT64_C(1000000))

/* Fills out, which is empty. When it has RECONCILE_CLOSE, there is nothing else in it: what follows
 * depends on those records. Returns 0, or -1 when out of memory. */
int reconcile_plan(const struct reconcile_input *in, struct reconcile_plan *out);
void reconcile_plan_free(struct reconcile_plan *p);

#define cleanup_reconcile_plan __attribute__((cleanup(reconcile_plan_free)))

/* How many of the Job's tasks Slurm may run at once, 0 = no limit. See job_shares.h, too. */
uint32_t reconcile_throttle(const json_t *created, const struct job_spec *spec);

/* How many tasks the Job has. */
uint32_t reconcile_tasks(const json_t *created, const struct job_spec *spec);

/* Whether nothing of the Job may run: it is suspended, or its parallelism is 0. */
bool reconcile_paused(const struct job_spec *spec);

/* What Slurm's view of a task that is over says about the attempt. */
struct reconcile_ending reconcile_ending_of(const struct slurm_task *task, uint32_t run);

#endif
