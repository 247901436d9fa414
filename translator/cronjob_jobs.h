/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The Jobs of a CronJob as they are at this moment; making one, removing one.
 */
#ifndef SKJOB_CRONJOB_JOBS_H
#define SKJOB_CRONJOB_JOBS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cronjob_plan.h"
#include "error.h"
#include "job_create.h"
#include "job_remove.h"
#include "store.h"

struct cronjob_jobs {
    struct cronjob_job *v; /* owned with their texts; in the order of their names */
    char **slurm;          /* Slurm's ids of each, as "10" or "10:12", "" = not known; owned */
    size_t len;
};

/* All Jobs of the namespace that are controlled by it, but for those that are being deleted. */
int cronjob_jobs_list(struct cronjob_jobs *jobs, const struct store *s, const json_t *cronjob,
                      struct error *err);
void cronjob_jobs_free(struct cronjob_jobs *jobs);

#define cleanup_cronjob_jobs __attribute__((cleanup(cronjob_jobs_free)))

/* The status of a CronJob as it is now: without those of status.active that have ended or gone. A
 * new object. status may be NULL. */
json_t *cronjob_jobs_status(const struct store *s, const json_t *status);

/* Calls each with the name of every Job that is controlled by it, also of those that are being
 * deleted. One that fails does not keep the others: returns 0, or -1 with the last failure. */
int cronjob_jobs_each(const struct store *s, const json_t *cronjob,
                      int (*each)(void *arg, const char *name, struct error *err), void *arg,
                      struct error *err);

/* Cancels and removes the Job. Returns 0, also when there is none, or -1. */
int cronjob_jobs_remove(const struct store *s, const char *ns, const char *name,
                        const struct job_removal *how, struct error *err);

/* Defaults, checks, translates and submits a Job of the CronJob, with the sbatch options that its
 * file and its user gave. uid gets the uid of the Job, also of one that is there already and is the
 * CronJob's; "" when it is another's. JOB_EXISTS with a text in err: its create has not been
 * finished, and may never be. */
enum job_created cronjob_jobs_create(const struct store *s, const json_t *cronjob,
                                     const json_t *job, bool test_only, char uid[64],
                                     struct error *err);

/* ---- the sbatch options of the Jobs ---- */

/* Keeps the "#SBATCH" lines of the CronJob's file and the arguments behind "--" with the object, as
 * annotations. */
int cronjob_jobs_keep_options(json_t *cronjob, const struct head *head, char *const *extra,
                              size_t n, struct error *err);

/* Appends the words that sbatch gets for a Job to list: those lines' words, then the arguments. */
int cronjob_jobs_options(const json_t *cronjob, json_t *list, struct error *err);

#endif
