/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Another array for a Job that has one: of the same script, with the options for sbatch that the
 * user gave the first time. skjob retry makes one, growth (job_grow.h), and a change of the
 * template (job_template.h), after whose record the arrays of before are cancelled.
 *
 * Order: the array is submitted held; then comes the record, which makes it the Job's; then it is
 * released. What Slurm refuses leaves the Job as it was. Who dies after the record leaves an array
 * that is held: reconcile releases it. Who dies before leaves a held array that no Job has, and the
 * folder ".resubmit" in the Job's: once that is old, whoever wants another array, or reconciles a
 * Job that goes on, cancels what is not the Job's; skjob delete does at once. Of two at once, the
 * one that makes the folder goes on.
 */
#ifndef SKJOB_JOB_RESUBMIT_H
#define SKJOB_JOB_RESUBMIT_H

#include <stdint.h>

#include "error.h"
#include "job_view.h"
#include "store.h"

/* The right to do so. what: "skjob retry", for the words. Returns 0, or -1 with err: somebody
 * else does. job_resubmit_unlock() gives it back. */
int job_resubmit_lock(const struct job_view *v, const char *what, struct error *err);
void job_resubmit_unlock(const struct job_view *v);

/* Whether the Job is still to be there; to be asked before the array is made and again behind its
 * record: whoever deletes the Job may not have seen that, and know the arrays of before alone. */
int job_resubmit_check_wanted(const struct job_view *v, struct error *err);

/* Cancels what somebody has left who died more than so many seconds ago; 0: whoever it was, dead or
 * not. Returns 0, or -1: the next one looks again. */
int job_resubmit_sweep(const struct job_view *v, long seconds, struct error *err);

/* The number for the first attempts of an array with the indexes from first on: higher than all of
 * theirs so far, and than those of all arrays. */
uint32_t job_resubmit_first_attempt(const struct fold *f, uint32_t first);

struct job_resubmission {
    const struct store *store;
    const struct job_view *view;
    const json_t *object; /* the Job as the script has it */
    const char *array;    /* as sbatch's --array */
    uint32_t first_attempt;
};

/* Submits it, held. Returns 0 and the array's id, or -1 with err. When sbatch's answer was lost and
 * Slurm cannot be asked, job_resubmit_unlock() leaves the mark, for the next one to look. */
int job_resubmit(const struct job_resubmission *r, uint32_t *job_id, struct error *err);

/* A time for the record: later than everything that the journal has, also where clocks differ. */
int64_t job_resubmit_time(const struct fold *f);

/* Lets the array begin; past: "retried" or "scaled". */
int job_resubmit_release(const struct job_view *v, uint32_t job_id, const char *past,
                         struct error *err);

/* Takes it back: an array without a record is nobody's. */
void job_resubmit_cancel(uint32_t job_id);

#endif
