/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The bookkeeper's side of retries: which of the attempts that have just failed should run again.
 */
#include "machine_impl.h"

static bool wants_retry(const struct machine *m, const struct tally *t)
{
    if (t->ok || m->spec->suspend || m->job_deleted || !machine_valid_index(m, t->index))
        return false;
    if (m->spec->completions == JOB_UNSET && machine_succeeded(m) > 0)
        return false; /* a work queue starts nothing after its first success */
    return !indexset_contains(&m->completed, t->index) &&
           !indexset_contains(&m->failed_indexes, t->index) &&
           !(job_spec_indexed(m->spec) && indexset_contains(&m->indexes[POD_ACTIVE], t->index));
}

static void retry(struct machine *m, const struct tally *t)
{
    int64_t at = machine_job_backoff_until(m);
    struct machine_action a = {
        .type = MACHINE_CREATE_POD, .index = t->index, .attempt = t->attempt + 1};
    if (job_spec_per_index(m->spec)) {
        const struct debt *debt = machine_debt_find(m, t->index);
        at = machine_index_backoff_until(m, t->index);
        a.failures = debt ? debt->failures : 0;
        a.ignored = debt ? debt->ignored : 0;
    }
    a.at_us = at > m->now ? at : m->now;
    machine_act(m, &a);
}

/* To be called after a pass has decided that the Job goes on, with the failures of this pass. */
void machine_retry_failures(struct machine *m, const struct tally *v, size_t n)
{
    for (size_t i = 0; m->actions && i < n; i++)
        if (wants_retry(m, &v[i]))
            retry(m, &v[i]);
}
