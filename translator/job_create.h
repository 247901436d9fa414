/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Making one Job: its folder, its object, its array in Slurm; nothing half-made stays behind, and
 * nothing is submitted twice.
 */
#ifndef SKJOB_JOB_CREATE_H
#define SKJOB_JOB_CREATE_H

#include <jansson.h>
#include <stdbool.h>
#include <time.h>

#include "head.h"
#include "store.h"
#include "submit.h"
#include "translation.h"

struct job_create {
    const struct store *store;
    json_t *object; /* decoded, defaulted; gets its uid, labels, name … in place (borrowed) */
    struct translation *translation;
    const struct head *head;
    bool output;        /* the user's arguments name a file for the output */
    const char *ns;     /* for objects that name none */
    char *const *extra; /* the user's sbatch arguments */
    size_t extra_len;
    struct submission **ahead; /* started with these arguments; *ahead is taken and set to NULL */
    time_t now;
    bool test_only; /* ask slurmctld only */
};

enum job_created {
    JOB_CREATED,
    JOB_EXISTS, /* err: why it looks unfinished, or an empty text */
    JOB_FAILED, /* err; no trace is left, unless err says that Slurm's answer was lost */
};

enum job_created job_create(struct job_create *j, struct error *err);

#endif
