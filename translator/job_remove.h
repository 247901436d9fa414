/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Removing Jobs with the logs of their pods: because the user says so, or because they have ended
 * long enough ago (ttlSecondsAfterFinished).
 */
#ifndef SKJOB_JOB_REMOVE_H
#define SKJOB_JOB_REMOVE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "job_view.h"
#include "store.h"

struct job_removal {
    bool wait;     /* for the pods to end */
    long seconds;  /* how long at most */
    int64_t grace; /* seconds that the pods have to end; -1 = as their Job says */
};

/* Cancels what Slurm has of the Job, also an array that somebody makes at the same time
 * (job_resubmit.h), and removes it once its pods have ended. A Job whose pods are still ending is
 * marked by a file "deleted" in its folder, and is due from then on. v is as old as before. Returns
 * 0 or 1, or -1 with err. */
int job_remove(const struct store *s, struct job_view *v, const struct job_removal *how,
               struct error *err);

/* When its deletion was asked for, in seconds; -1 when it was not. */
int64_t job_remove_asked_for(const struct job_view *v);

/* Whether that is so, or the Job has ended and ttlSecondsAfterFinished have passed since. v has its
 * status. */
bool job_remove_is_due(const struct job_view *v, int64_t now_us);

/* Removes a Job that is due, once no task of it is left in Slurm. Returns 1 when it was removed, 0
 * when it stays for now (also when Slurm cannot be asked). */
int job_remove_due(const struct store *s, const struct job_view *v, int64_t now_us);

#endif
