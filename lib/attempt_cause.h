/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Why an attempt ended as it did, for people: the container that tells most, its exit code, and a
 * reason.
 */
#ifndef SKJOB_ATTEMPT_CAUSE_H
#define SKJOB_ATTEMPT_CAUSE_H

#include <stdbool.h>

#include "fold.h"

struct attempt_cause {
    bool has_exit_code;
    int exit_code;
    char container[64]; /* "" = not known */
    char reason[64];    /* of the pod (DeadlineExceeded), of its condition (PreemptionByScheduler),
                         * or of the container (OOMKilled); "" = none */
};

/* Of an attempt that has ended. */
void attempt_cause_of(const struct fold *f, const struct fold_attempt *a,
                      struct attempt_cause *out);

#endif
