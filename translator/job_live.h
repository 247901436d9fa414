/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What Slurm says about a Job's tasks at this moment, for the fold: which of them wait, which run,
 * which are gone without a word in the journal.
 *
 * Ask Slurm first and read the journal afterwards: what has happened in between is then in the
 * journal, and the journal has the last word.
 */
#ifndef SKJOB_JOB_LIVE_H
#define SKJOB_JOB_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "fold.h"
#include "slurm_task.h"

/* The tasks' partitions are texts that stay as long as the process. */
struct job_live {
    struct slurm_task *tasks; /* by index; owned */
    size_t len;
    size_t cap;
};

/* Asks slurmctld about a Job (f has been run), but not about the same one again within two seconds,
 * or what job_live_keep() said: the earlier answer serves as well. An array that Slurm does not
 * know has no tasks. Of a Job that is several arrays, each has the tasks of its own indexes; they
 * are all of one answer, to one question. The result is valid until the next call; NULL when
 * slurmctld does not answer: then it is left alone for a while. NULL as well for a Job that is not
 * known to be submitted. */
const struct job_live *job_live_ask(const struct fold *f);

/* Several Jobs of this user will be asked about: from now on all of them are with one question. */
void job_live_many(void);

/* They are another user's: from now on the arrays of one that is several are asked about one by
 * one. */
void job_live_others(void);

/* For how long an answer serves. */
void job_live_keep(int64_t ms);

/* Whether Slurm has anything to add: f has been run. */
bool job_live_matters(const struct fold *f);

/* Whether that answer is a new one: asked for by the last call of job_live_ask(). */
bool job_live_is_new(void);

/* Tells the fold, which has been run already, and runs it again. A Job that has not ended although
 * Slurm has no task of it any more has failed: nothing will happen to it. That is what the status
 * then says (reason Cancelled, or TasksGone). */
int job_live_apply(const struct job_live *live, struct fold *f, int64_t now_us, struct error *err);

/* The two parts of that: telling, and whether the Job, of which f is told, was lost. It is not
 * while Slurm has tasks that can be run again. */
int job_live_tell(const struct job_live *live, struct fold *f, int64_t now_us, struct error *err);
bool job_live_lost(const struct job_live *live, const struct fold *f, struct journal_end *end);

/* The task of that index, NULL when Slurm has none. */
const struct slurm_task *job_live_find(const struct job_live *live, uint32_t index);

/* Whether an attempt that has no end in the journal is over all the same: Slurm has no task for it.
 */
bool job_live_is_gone(const struct job_live *live, const struct fold_attempt *a);

/* Whether it is pending or running. */
bool job_live_is_active(const struct slurm_task *task);

/* Whether the attempt ended for good by a scancel, as its record says. */
bool job_live_was_cancelled(const struct fold *f, const struct fold_attempt *a);

#endif
