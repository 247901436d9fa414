/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A retry that asks Slurm for something else than the attempt that failed, where the Job's
 * annotations or the site's configuration say so (lib/retry_rule.h).
 */
#ifndef SKJOB_POD_RETRY_CHANGE_H
#define SKJOB_POD_RETRY_CHANGE_H

#include "acting.h"
#include "cause.h"
#include "fold.h"

/* The own task has been requeued after an attempt that ended by this cause, and of which the
 * journal has more. fold has been run. Costs nothing without a rule, and two requests where
 * one of them applies. Best effort: the retry is worth more than its improvement. */
void retry_change_apply(const struct acting *a, const struct fold *fold, enum cause cause);

#endif
