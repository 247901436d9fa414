/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The pod template of a suspended Job changes: labels, annotations, nodeSelector, tolerations,
 * nodeAffinity and the resources of its containers, as Kubernetes allows (lib/validate_update.h).
 * Slurm has the batch script since the submission, and the manifest travels in it. So another array
 * is submitted, made of the changed Job, with what has yet to succeed; a record (JOURNAL_RENEWED)
 * makes it the Job's, and the old one is cancelled. Unlike a retry, everything that was counted
 * before stays so.
 *
 * Left out are the indexes that have succeeded, or have failed for good (backoffLimitPerIndex, a
 * retry of others only), and tasks that the user has cancelled in Slurm, which is his last word.
 *
 * Order, and what happens to who dies on the way: as in job_resubmit.h. The new template is written
 * to its file (template_file.h) before the array is submitted.
 */
#ifndef SKJOB_JOB_TEMPLATE_H
#define SKJOB_JOB_TEMPLATE_H

#include <jansson.h>

#include "error.h"
#include "job_view.h"
#include "store.h"

/* now: the Job as it is to be; of it, the template counts, and labels and annotations, which may
 * ask for sbatch options. Waits for pods that are still ending. v is folded again: it has the new
 * array and template. Returns 0, or -1 with err: nothing was changed, or err says what was. */
int job_template_change(const struct store *s, struct job_view *v, const json_t *now,
                        struct error *err);

#endif
