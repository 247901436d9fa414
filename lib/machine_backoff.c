/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine_backoff.h"

int64_t backoff_delay(int64_t base_us, int64_t cap_us, uint64_t failures)
{
    if (failures == 0 || base_us <= 0 || cap_us <= 0)
        return 0;
    int64_t delay = base_us;
    for (uint64_t i = 1; i < failures && delay < cap_us; i++)
        if (__builtin_mul_overflow(delay, 2, &delay))
            return cap_us;
    return delay < cap_us ? delay : cap_us;
}

void backoff_batch_success(struct backoff_batch *b, int64_t finished_us)
{
    if (!b->any_success || finished_us > b->last_success_us)
        b->last_success_us = finished_us;
    b->any_success = true;
}

void backoff_batch_failure(struct backoff_batch *b, int64_t finished_us)
{
    if (b->any_success && finished_us <= b->last_success_us)
        return;
    if (b->failures++ == 0 || finished_us > b->last_failure_us)
        b->last_failure_us = finished_us;
}

void backoff_record_update(struct backoff_record *r, const struct backoff_batch *b)
{
    if (b->any_success)
        r->failures = 0;
    if (b->failures == 0)
        return;
    if (__builtin_add_overflow(r->failures, b->failures, &r->failures))
        r->failures = UINT32_MAX;
    r->last_us = b->last_failure_us;
}
