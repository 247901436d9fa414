/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a Job's parallelism becomes the throttle of each of its arrays. Slurm knows a throttle for
 * one array only. A Job that is several arrays, since it has grown, and may run fewer pods at once
 * than it has completions, gives each of them a share. All shares together are the parallelism:
 *
 * - an array of which anything is left to do has one at least. A parallelism below the number of
 *   such arrays is refused (job_change.c), as a throttle of 0 is none.
 * - what runs keeps its place; what is still free goes to the lowest indexes.
 *
 * An array that has less left than its share gives the rest to the others: whoever looks at the Job
 * finds the shares anew (reconcile_plan.h). Meanwhile less runs at once, never more.
 *
 * Pure, but for the memory.
 */
#ifndef SKJOB_JOB_SHARES_H
#define SKJOB_JOB_SHARES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fold.h"
#include "job_live.h"

struct job_share {
    uint32_t job;      /* Slurm's id of the array */
    uint32_t tasks;    /* how many it has: a throttle for one makes no sense */
    uint32_t left;     /* of them, those that have not succeeded, or failed for good */
    uint32_t throttle; /* what it is to be, 0 = no limit */
    bool lowers;       /* it is less than what Slurm has now, as far as live tells */
};

/* spec: the Job's, as it is to be, with a parallelism above 0. f has been run. live may be NULL.
 * The caller frees the n shares, one for each array in the order of their indexes; a Job that is
 * not known to be submitted has one, of job 0. NULL when out of memory. */
struct job_share *job_shares_make(const struct fold *f, const struct job_spec *spec,
                                  const struct job_live *live, size_t *n);

/* How many pods a Job of these shares must be allowed to run at once, at least. */
uint32_t job_shares_least(const struct job_share *v, size_t n);

#endif
