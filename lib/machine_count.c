/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From finished pods to counters. A pass first observes what is new (back-off, completed and failed
 * indexes, debts), then decides, then counts: at most MACHINE_BATCH pods at a time as the
 * controller does, any number as a bookkeeper.
 */
#include "machine_impl.h"

#include <stdlib.h>
#include <string.h>

void machine_tally_add(struct machine *m, const struct tally *t)
{
    struct tally_list *l = &m->tallies;
    if (l->len == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 16;
        struct tally *v = realloc(l->v, cap * sizeof *v);
        if (!v) {
            m->oom = true;
            return;
        }
        l->v = v;
        l->cap = cap;
    }
    l->v[l->len++] = *t;
}

static bool counts_as_failure(const struct tally *t)
{
    return !t->ok && t->verdict != JOB_IGNORE;
}

static void observe_backoff(struct machine *m)
{
    struct backoff_batch batch = {0};
    const struct tally_list *l = &m->tallies;
    for (size_t i = l->seen; i < l->len; i++)
        if (l->v[i].ok && machine_valid_index(m, l->v[i].index))
            backoff_batch_success(&batch, l->v[i].finished_us);
    for (size_t i = l->seen; i < l->len; i++)
        if (!l->v[i].ok && machine_valid_index(m, l->v[i].index))
            backoff_batch_failure(&batch, l->v[i].finished_us);
    backoff_record_update(&m->backoff, &batch);
}

static void observe_successes(struct machine *m)
{
    const struct tally_list *l = &m->tallies;
    for (size_t i = l->seen; i < l->len; i++)
        if (l->v[i].ok && machine_valid_index(m, l->v[i].index) &&
            !indexset_contains(&m->failed_indexes, l->v[i].index))
            machine_complete_index(m, l->v[i].index);
}

static bool fails_index(const struct machine *m, const struct tally *t)
{
    return !t->ok && machine_valid_index(m, t->index) &&
           !indexset_contains(&m->completed, t->index) &&
           (t->verdict == JOB_FAIL_INDEX ||
            (t->verdict != JOB_IGNORE &&
             t->failures >= (uint32_t)m->spec->backoff_limit_per_index));
}

static void observe_failed_indexes(struct machine *m)
{
    const struct tally_list *l = &m->tallies;
    for (size_t i = l->seen; i < l->len; i++) {
        if (!fails_index(m, &l->v[i]))
            continue;
        m->oom |= indexset_insert(&m->failed_indexes, l->v[i].index) < 0;
        machine_debt_count(m, l->v[i].index);
    }
}

/* Whether this failed pod of an index is the one that its replacement will follow. */
static bool becomes_debt(struct machine *m, const struct tally *t)
{
    if (t->ok || m->job_deleted || !machine_valid_index(m, t->index) ||
        indexset_contains(&m->completed, t->index) ||
        indexset_contains(&m->failed_indexes, t->index) ||
        indexset_contains(&m->indexes[POD_ACTIVE], t->index))
        return false;
    const struct debt *old = machine_debt_find(m, t->index);
    return !old ||
           ((uint64_t)old->failures + old->ignored <= (uint64_t)t->failures + t->ignored + 1 &&
            t->finished_us >= old->finished_us);
}

static void make_debt(struct machine *m, const struct tally *t)
{
    bool counts = counts_as_failure(t);
    struct debt debt = {.index = t->index,
                        .failures = t->failures + counts,
                        .ignored = t->ignored + !counts,
                        .counts = counts,
                        .finished_us = t->finished_us};
    machine_debt_count(m, t->index);
    machine_debt_put(m, &debt);
}

/* Failures that become debts leave the queue, as do pods without a valid index. */
static void sort_out(struct machine *m)
{
    struct tally_list *l = &m->tallies;
    bool per_index = job_spec_per_index(m->spec);
    size_t kept = l->seen;
    for (size_t i = l->seen; i < l->len; i++) {
        const struct tally *t = &l->v[i];
        if (!machine_valid_index(m, t->index))
            continue;
        if (per_index && becomes_debt(m, t)) {
            make_debt(m, t);
            continue;
        }
        m->waiting_ok += t->ok;
        m->waiting_failed += counts_as_failure(t);
        l->v[kept++] = *t;
    }
    l->len = l->seen = kept;
}

void machine_tallies_observe(struct machine *m)
{
    if (m->tallies.seen == m->tallies.len)
        return;
    observe_backoff(m);
    if (job_spec_indexed(m->spec))
        observe_successes(m);
    if (job_spec_per_index(m->spec))
        observe_failed_indexes(m);
    sort_out(m);
}

static int by_index(const void *a, const void *b)
{
    const struct tally *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

bool machine_tallies_count(struct machine *m)
{
    struct tally_list *l = &m->tallies;
    size_t n = l->len;
    bool limited = !m->cfg.external && n >= MACHINE_BATCH;
    if (limited) {
        qsort(l->v, n, sizeof *l->v, by_index);
        n = MACHINE_BATCH;
    }
    for (size_t i = 0; i < n; i++) {
        bool failure = counts_as_failure(&l->v[i]);
        m->succeeded += l->v[i].ok;
        m->failed += failure;
        m->waiting_ok -= l->v[i].ok;
        m->waiting_failed -= failure;
    }
    if (n < l->len)
        memmove(l->v, l->v + n, (l->len - n) * sizeof *l->v);
    l->len = l->seen = l->len - n;
    return !limited;
}

uint64_t machine_succeeded(const struct machine *m)
{
    return job_spec_indexed(m->spec) ? indexset_count(&m->completed) : m->succeeded + m->waiting_ok;
}

uint64_t machine_failed(const struct machine *m)
{
    return m->failed + m->waiting_failed + m->debts.counting;
}
