/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Changing a Job that exists: suspend, resume, another parallelism, a pod that is deleted.
 *
 * The change is written to the journal first, then Slurm is told. A runner that is ended by Slurm
 * has to find in the journal why. When somebody dies in between, the journal has the last word, and
 * reconcile_plan.h makes Slurm follow. Asking for what is the case already tells Slurm again: so a
 * change that was cut short can also be repeated by hand.
 *
 * What becomes of the pods is Kubernetes' (suspending a Job, scaling it to 0: its pods are deleted
 * and count as nothing), but for two things: fewer than before at once does not end the pods that
 * run, as Slurm's throttle does not; and a work queue has no more tasks than it was submitted with.
 */
#ifndef SKJOB_JOB_CHANGE_H
#define SKJOB_JOB_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "job_view.h"
#include "store.h"

/* All return 1 when the Job was changed, 0 when it was so already, -1 with err. v was loaded with
 * job_view_load() and is as old as before the call. */
int job_change_suspend(const struct job_view *v, bool suspend, struct error *err);
int job_change_parallelism(const struct job_view *v, int64_t parallelism, struct error *err);

/* Of an elastic Indexed Job: other completions, and as many pods at once. When they are fewer, the
 * indexes beyond end, and count no more; when they are more, see job_grow.h. v, where the Job has
 * grown, is as new as that. */
int job_change_completions(const struct store *s, struct job_view *v, int64_t completions,
                           struct error *err);

/* Whether completions may become n: an error for what is no Indexed Job. */
int job_change_may_scale(const struct job_view *v, int64_t n, struct error *err);

/* Other fields of spec, n of them, each with its new value; now: the whole spec after it. suspend
 * is none of them. Of a Job that has ended, ttlSecondsAfterFinished may change. Returns 0, or -1.
 */
int job_change_fields(const struct store *s, struct job_view *v,
                      const struct journal_change *changes, size_t n, const struct job_spec *now,
                      struct error *err);

/* Ends the pod of an attempt that runs; it is replaced as the Job's back-off and
 * podReplacementPolicy say. */
int job_change_delete_pod(const struct job_view *v, uint32_t index, uint32_t attempt,
                          struct error *err);

/* Writes down that the pod of an attempt that has ended was deleted; its folder is the caller's.
 * Returns 0, or -1. */
int job_change_drop_pod(const struct job_view *v, const struct fold_attempt *a, struct error *err);

#endif
