/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * More completions for an elastic Indexed Job. A Slurm array does not grow: the indexes that the
 * Job has go on untouched in theirs, and another array of the same script has those that it gets.
 * One record (JOURNAL_GROWN) says both, the new spec and the new array; from then on the Job is
 * these arrays together (fold_arrays() in lib/fold.h, job_arrays.h, job_shares.h).
 *
 * Kubernetes forgets what became of an index that is beyond the completions. So an index that the
 * Job had before, and lost, runs again when it comes back, whether it had succeeded or failed
 * (lib/fold.h, fold_is_void()). Its pods of before are waited for: no index runs twice at once.
 *
 * The order is that of job_resubmit.h. A Job may end while it grows, or be changed by somebody
 * else: then the record comes too late and changes nothing, as whoever folds sees. The array is
 * cancelled, and a record of a change back follows, for the case that the Job is retried later.
 */
#ifndef SKJOB_JOB_GROW_H
#define SKJOB_JOB_GROW_H

#include <stdint.h>

#include "error.h"
#include "job_view.h"
#include "store.h"

/* Whether the Job can get so many completions, which are more than it has. */
int job_grow_may(const struct job_view *v, int64_t completions, struct error *err);

/* changes: completions and what else of spec changes with them, n of them. Returns 0 and the new
 * array, which is held; v is then as new as that. Or -1 with err. */
int job_grow(const struct store *s, struct job_view *v, uint32_t completions,
             const struct journal_change *changes, size_t n, uint32_t *job_id, struct error *err);

#endif
