/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which pods to create and to delete (manageJob of the Job controller).
 */
#include "machine_impl.h"

#include <stdlib.h>

void machine_delete_pod(struct machine *m, struct pod *pod)
{
    machine_act(m, &(struct machine_action){.type = MACHINE_DELETE_POD,
                                            .index = pod->index,
                                            .attempt = pod->attempt,
                                            .at_us = m->now});
    machine_pod_move(m, pod, POD_TERMINATING);
}

/* Removes it so that its end does not count: it is not wanted, it did not fail. */
static void remove_pod(struct machine *m, struct pod *pod)
{
    machine_pod_settle(m, pod);
    machine_delete_pod(m, pod);
}

static int by_flag(bool a, bool b)
{
    return (int)a - (int)b;
}

static int by_time(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* The API server's times have seconds. */
static int64_t seconds(int64_t us)
{
    return us / 1000000;
}

/* Which of two active pods goes first: not running, not ready, ready for a shorter time, more
 * restarts, newer; then the lower index. */
static int removal_order(const void *a, const void *b)
{
    const struct pod *x = *(struct pod *const *)a, *y = *(struct pod *const *)b;
    int r = (int)x->phase - (int)y->phase;
    if (r == 0)
        r = by_flag(x->ready, y->ready);
    if (r == 0 && x->ready)
        r = by_time(seconds(y->ready_us), seconds(x->ready_us));
    if (r == 0)
        r = by_time(y->restarts, x->restarts);
    if (r == 0)
        r = by_time(seconds(y->created_us), seconds(x->created_us));
    if (r == 0)
        r = by_time(x->index, y->index);
    return r ? r : by_time(x->serial, y->serial);
}

/* The active pods as an array that the caller frees; NULL when there are none. */
static struct pod **active_pods(struct machine *m, size_t *n)
{
    *n = m->place[POD_ACTIVE].len;
    struct pod **v = *n ? malloc(*n * sizeof(struct pod *)) : NULL;
    if (!v) {
        m->oom |= *n > 0;
        *n = 0;
        return NULL;
    }
    size_t i = 0;
    for (struct pod *p = m->place[POD_ACTIVE].head; p; p = p->next)
        v[i++] = p;
    return v;
}

static int by_index_then_removal(const void *a, const void *b)
{
    const struct pod *x = *(struct pod *const *)a, *y = *(struct pod *const *)b;
    int r = by_time(x->index, y->index);
    return r ? r : removal_order(a, b);
}

/* A bookkeeper's latest attempt is the one that runs; nothing may be heard of the others any more.
 */
static int by_index_then_attempt(const void *a, const void *b)
{
    const struct pod *x = *(struct pod *const *)a, *y = *(struct pod *const *)b;
    int r = by_time(x->index, y->index);
    return r ? r : by_time(x->attempt, y->attempt);
}

/* Moves pods with invalid indexes, and all but the best pod of each index, to the front of v.
 * Returns how many. */
static size_t irregular_first(const struct machine *m, struct pod **v, size_t n)
{
    size_t bad = 0;
    qsort(v, n, sizeof(struct pod *),
          m->cfg.external ? by_index_then_attempt : by_index_then_removal);
    for (size_t i = 0; i < n; i++) {
        bool last_of_index = i + 1 == n || v[i + 1]->index != v[i]->index;
        if (last_of_index && machine_valid_index(m, v[i]->index))
            continue;
        struct pod *p = v[i];
        v[i] = v[bad];
        v[bad++] = p;
    }
    return bad;
}

/* Removes pods that are too many, at most max. Returns whether it removed any. */
static bool remove_surplus(struct machine *m, size_t surplus, size_t max)
{
    if (surplus == 0 && !m->irregular)
        return false;
    size_t n, bad = 0;
    struct pod **v = active_pods(m, &n);
    if (m->irregular && n > 0)
        bad = irregular_first(m, v, n);
    m->irregular = bad > max;
    if (n > bad)
        qsort(v + bad, n - bad, sizeof(struct pod *), removal_order);
    size_t remove = surplus > bad ? surplus : bad;
    if (remove > max)
        remove = max;
    for (size_t i = 0; i < remove && i < n; i++)
        remove_pod(m, v[i]);
    free(v);
    return remove > 0;
}

static uint32_t wanted_active(const struct machine *m)
{
    const struct job_spec *spec = m->spec;
    uint32_t parallelism = (uint32_t)spec->parallelism;
    uint64_t succeeded = machine_succeeded(m);
    if (spec->completions == JOB_UNSET)
        return succeeded > 0 ? m->place[POD_ACTIVE].len : parallelism;
    uint64_t completions = (uint64_t)spec->completions;
    uint64_t left = completions > succeeded ? completions - succeeded : 0;
    return left < parallelism ? (uint32_t)left : parallelism;
}

int64_t machine_job_backoff_until(const struct machine *m)
{
    if (m->backoff.failures == 0 || job_spec_per_index(m->spec))
        return MACHINE_NO_TIME;
    return m->backoff.last_us +
           backoff_delay(m->cfg.backoff_base_us, m->cfg.backoff_cap_us, m->backoff.failures);
}

int64_t machine_index_backoff_until(const struct machine *m, uint32_t index)
{
    const struct debt *debt = machine_debt_find(m, index);
    if (!debt)
        return MACHINE_NO_TIME;
    return debt->finished_us + backoff_delay(m->cfg.backoff_base_us, m->cfg.backoff_cap_us,
                                             (uint64_t)debt->failures + debt->ignored);
}

static void create_pod(struct machine *m, uint32_t index)
{
    const struct debt *debt = machine_debt_find(m, index);
    struct pod *pod = machine_pod_add(m, index, job_spec_indexed(m->spec) ? m->serial : 0);
    if (!pod)
        return;
    if (debt) {
        pod->failures = debt->failures;
        pod->ignored = debt->ignored;
        machine_debt_replaced(m, index);
    }
    machine_act(m, &(struct machine_action){.type = MACHINE_CREATE_POD,
                                            .index = index,
                                            .attempt = pod->attempt,
                                            .failures = pod->failures,
                                            .ignored = pod->ignored,
                                            .at_us = m->now});
}

/* Indexed: the lowest free indexes, as many as there are slots. One that still backs off takes its
 * slot with it: no higher index is started in its place. */
static void create_indexes(struct machine *m, uint32_t slots)
{
    const struct indexset *taken[] = {
        &m->completed,
        &m->failed_indexes,
        &m->indexes[POD_ACTIVE],
        m->spec->replace_failed_only ? &m->indexes[POD_TERMINATING] : NULL,
    };
    uint32_t at = 0;
    for (; slots > 0 && !m->oom; slots--, at++) {
        at = indexset_next_free(taken, sizeof taken / sizeof *taken, at);
        if (at >= (uint32_t)m->spec->completions)
            return;
        int64_t until = machine_index_backoff_until(m, at);
        if (until <= m->now)
            create_pod(m, at);
        else if (until < m->create_us)
            m->create_us = until;
    }
}

static void create_pods(struct machine *m, uint32_t slots)
{
    int64_t until = machine_job_backoff_until(m);
    if (until > m->now) {
        m->create_us = until;
        return;
    }
    if (slots > MACHINE_BATCH)
        slots = MACHINE_BATCH;
    if (job_spec_indexed(m->spec)) {
        create_indexes(m, slots);
        return;
    }
    while (slots-- > 0 && !m->oom)
        create_pod(m, m->serial);
}

/* A bookkeeper's pods that wait are tasks that are held now: no pod of them is left to end. */
static void remove_all(struct machine *m)
{
    struct pod *p;
    while ((p = m->place[POD_ACTIVE].head)) {
        if (m->cfg.external && p->phase == MACHINE_PENDING)
            machine_pod_remove(m, p);
        else
            remove_pod(m, p);
    }
}

void machine_manage(struct machine *m)
{
    /* A bookkeeper's pods are as many as Slurm's throttle allows, which cannot be 0: then, too, the
     * Job is held. */
    if (m->spec->suspend || (m->cfg.external && m->spec->parallelism == 0)) {
        remove_all(m);
        return;
    }
    if (m->cfg.external) { /* Slurm's throttle is the parallelism; only indexes out of range go */
        if (m->irregular)
            remove_surplus(m, 0, SIZE_MAX);
        return;
    }
    uint32_t active = m->place[POD_ACTIVE].len;
    uint32_t wanted = wanted_active(m);
    if (remove_surplus(m, active > wanted ? active - wanted : 0, MACHINE_BATCH))
        return;
    uint64_t taken = active;
    if (m->spec->replace_failed_only)
        taken += m->place[POD_TERMINATING].len;
    if (wanted > taken)
        create_pods(m, (uint32_t)(wanted - taken));
}
