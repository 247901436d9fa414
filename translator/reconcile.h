/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Making a Job's journal and its tasks in Slurm agree again: does what reconcile_plan.h says.
 */
#ifndef SKJOB_RECONCILE_H
#define SKJOB_RECONCILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "error.h"
#include "job_live.h"
#include "job_view.h"

/* Whether the Job is ours to write to. */
bool reconcile_may(const struct job_view *v);

/* v is folded; live is newer than nothing in it. Does what is to be done and tells it on out, one
 * line for each action; NULL = quietly, and then what Slurm or the file system refuses is no error.
 * v->fold is then as old as what was done: fold it again. When the Job has got another array since
 * it was folded, nothing is done: live knows nothing of that. Returns how many actions there were,
 * or -1 with err. */
int reconcile_run(struct job_view *v, const struct job_live *live, int64_t now_us, FILE *out,
                  struct error *err);

/* The task's name in Slurm: "123_7", or "123" where there is no array. */
void reconcile_name_task(const struct slurm_task *task, char name[32]);

#endif
