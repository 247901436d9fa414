/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Back-off between attempts: the formula, and the record a Job without backoffLimitPerIndex keeps
 * (k8s.io/kubernetes/pkg/controller/job/backoff_utils.go).
 */
#ifndef SKJOB_MACHINE_BACKOFF_H
#define SKJOB_MACHINE_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

/* base * 2^(failures-1), at most cap; 0 without failures. */
int64_t backoff_delay(int64_t base_us, int64_t cap_us, uint64_t failures);

struct backoff_record {
    uint32_t failures; /* since the last success */
    int64_t last_us;   /* when the last of them finished */
};

/* The attempts that one pass of the controller sees finished at once. */
struct backoff_batch {
    bool any_success;
    int64_t last_success_us;
    uint32_t failures; /* after the last success of the batch, or all when there is none */
    int64_t last_failure_us;
};

/* Successes first, then failures: a failure counts only when it finished after the last success. */
void backoff_batch_success(struct backoff_batch *b, int64_t finished_us);
void backoff_batch_failure(struct backoff_batch *b, int64_t finished_us);

void backoff_record_update(struct backoff_record *r, const struct backoff_batch *b);

#endif
