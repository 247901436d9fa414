/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Another array for a Job that exists: what running it again (job_retry.h) and changing its
 * template (job_template.h) have in common.
 *
 * Order: the array is submitted held; then comes a record in the journal, which makes it the Job's
 * array; then the one that the Job had is cancelled, where there is one, and the new one released,
 * where the Job is to run. What Slurm refuses leaves the Job as it was.
 *
 * One at a time: a command makes the folder ".retry" in the Job's folder, and removes it when it is
 * done. One that was killed leaves it; after CLAIM_SETTLE_SECONDS the next one takes it over, or
 * reconcile does, and cancels what is left: the array that has no record yet, or the one that is
 * the Job's no more.
 */
#ifndef SKJOB_JOB_RESUBMIT_H
#define SKJOB_JOB_RESUBMIT_H

#include <jansson.h>
#include <stdint.h>

#include "error.h"
#include "indexset.h"
#include "job_view.h"
#include "store.h"

struct job_resubmit {
    const struct store *store;
    const struct job_view *view;
    const json_t *object;         /* what the array is made of: the Job as it is to be */
    const struct indexset *tasks; /* the indexes that it has */
    uint32_t first_attempt;       /* job_resubmit_number() */
    uint32_t job_id;              /* of the new array, once it is submitted */
    bool is_open;                 /* whether there is one: the mark is to stay, unchanged */
};

/* Returns 0, or -1 with err: somebody else is at work on the Job. */
int job_resubmit_lock(const struct job_view *v, struct error *err);
void job_resubmit_unlock(const struct job_view *v);

/* The same for who could not do everything: reconcile may finish it at once. */
void job_resubmit_leave(const struct job_view *v);

/* The number of the new array's first attempts: higher than all so far. */
uint32_t job_resubmit_number(const struct fold *f);

/* When the record is to be dated: later than everything that the journal has, also where clocks
 * differ. */
int64_t job_resubmit_time(const struct fold *f);

/* Submits the array, held, with what the user gave to sbatch the first time (job_sbatch.h). The
 * throttle is that of the Job as it stands. Returns 0, or -1 with err: there is no array, or, with
 * is_open, Slurm's answer was lost. */
int job_resubmit_submit(struct job_resubmit *r, struct error *err);

/* For one that gets no record after all: it is nobody's. Returns -1. */
int job_resubmit_give_up(const struct job_resubmit *r);

/* Cancels what a command has left that was killed on its way. Returns 1 when there was such a
 * command, 0, or -1 with err. */
int job_resubmit_settle(const struct job_view *v, struct error *err);

/* The same at once, for a Job that is being removed: whoever is at work on it finds it gone.
 * Returns 0, or -1 with err. */
int job_resubmit_sweep(const struct job_view *v, struct error *err);

#endif
