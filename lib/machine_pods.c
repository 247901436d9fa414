/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine_impl.h"

#include <stdlib.h>

static size_t hash(const struct pod_table *t, uint32_t index)
{
    return (size_t)((index * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (t->n_buckets - 1);
}

static void table_grow(struct machine *m)
{
    struct pod_table *t = &m->table;
    struct pod_table bigger = {.n_buckets = t->n_buckets ? t->n_buckets * 2 : 64, .n = t->n};
    bigger.bucket = calloc(bigger.n_buckets, sizeof(struct pod *));
    if (!bigger.bucket) {
        m->oom = true;
        return;
    }
    for (size_t i = 0; i < t->n_buckets; i++) {
        for (struct pod *p = t->bucket[i], *next; p; p = next) {
            struct pod **to = &bigger.bucket[hash(&bigger, p->index)];
            next = p->chain;
            p->chain = *to;
            *to = p;
        }
    }
    free(t->bucket);
    *t = bigger;
}

static void table_remove(struct pod_table *t, struct pod *pod)
{
    struct pod **at = &t->bucket[hash(t, pod->index)];
    while (*at != pod)
        at = &(*at)->chain;
    *at = pod->chain;
    t->n--;
}

struct pod *machine_pod_find(const struct machine *m, uint32_t index, uint32_t attempt)
{
    if (m->table.n == 0)
        return NULL;
    for (struct pod *p = m->table.bucket[hash(&m->table, index)]; p; p = p->chain)
        if (p->index == index && p->attempt == attempt)
            return p;
    return NULL;
}

/* Whether some pod in that place has the index. */
static bool index_present(const struct machine *m, uint32_t index, enum pod_place place)
{
    for (struct pod *p = m->table.bucket[hash(&m->table, index)]; p; p = p->chain)
        if (p->index == index && p->place == place)
            return true;
    return false;
}

static void index_enters(struct machine *m, const struct pod *pod)
{
    if (!job_spec_indexed(m->spec))
        return;
    if (!machine_valid_index(m, pod->index)) {
        m->irregular |= pod->place == POD_ACTIVE;
        if (pod->index > INDEXSET_MAX)
            return;
    }
    int rc = indexset_insert(&m->indexes[pod->place], pod->index);
    m->oom |= rc < 0;
    m->irregular |= rc == 0 && pod->place == POD_ACTIVE; /* a second pod of this index */
}

static void index_leaves(struct machine *m, uint32_t index, enum pod_place place)
{
    if (job_spec_indexed(m->spec) && index <= INDEXSET_MAX && !index_present(m, index, place))
        m->oom |= indexset_remove(&m->indexes[place], index) < 0;
}

static void list_add(struct pod_list *l, struct pod *pod)
{
    pod->next = NULL;
    pod->prev = l->tail;
    if (l->tail)
        l->tail->next = pod;
    else
        l->head = pod;
    l->tail = pod;
    l->len++;
}

static void list_remove(struct pod_list *l, struct pod *pod)
{
    if (pod->prev)
        pod->prev->next = pod->next;
    else
        l->head = pod->next;
    if (pod->next)
        pod->next->prev = pod->prev;
    else
        l->tail = pod->prev;
    l->len--;
}

struct pod *machine_pod_add(struct machine *m, uint32_t index, uint32_t attempt)
{
    if (m->table.n >= m->table.n_buckets)
        table_grow(m);
    struct pod *pod = m->oom ? NULL : calloc(1, sizeof *pod);
    if (!pod) {
        m->oom = true;
        return NULL;
    }
    pod->index = index;
    pod->attempt = attempt;
    pod->serial = m->serial++;
    pod->created_us = pod->ready_us = m->now;
    pod->place = POD_ACTIVE;
    struct pod **bucket = &m->table.bucket[hash(&m->table, index)];
    pod->chain = *bucket;
    *bucket = pod;
    m->table.n++;
    list_add(&m->place[POD_ACTIVE], pod);
    index_enters(m, pod);
    return pod;
}

void machine_pod_set_ready(struct machine *m, struct pod *pod, bool ready)
{
    if (pod->ready == ready)
        return;
    pod->ready = ready;
    pod->ready_us = m->now;
    if (pod->place != POD_ACTIVE)
        return;
    if (ready)
        m->ready++;
    else
        m->ready--;
}

void machine_pod_set_restarts(struct machine *m, struct pod *pod, uint32_t restarts)
{
    m->restarts += restarts;
    m->restarts -= pod->restarts;
    pod->restarts = restarts;
}

void machine_pod_move(struct machine *m, struct pod *pod, enum pod_place place)
{
    enum pod_place from = pod->place;
    if (from == place)
        return;
    bool unsettled = !pod->settled;
    if (pod->ready && from == POD_ACTIVE)
        m->ready--;
    list_remove(&m->place[from], pod);
    pod->place = place;
    list_add(&m->place[place], pod);
    index_leaves(m, pod->index, from);
    index_enters(m, pod);
    if (place == POD_TERMINATING && unsettled)
        m->unsettled_terminating++;
}

void machine_pod_settle(struct machine *m, struct pod *pod)
{
    if (pod->settled)
        return;
    pod->settled = true;
    if (pod->place == POD_TERMINATING)
        m->unsettled_terminating--;
}

void machine_pod_remove(struct machine *m, struct pod *pod)
{
    machine_pod_set_restarts(m, pod, 0);
    machine_pod_settle(m, pod);
    if (pod->ready && pod->place == POD_ACTIVE)
        m->ready--;
    list_remove(&m->place[pod->place], pod);
    table_remove(&m->table, pod);
    index_leaves(m, pod->index, pod->place);
    free(pod);
}

void machine_pods_free(struct machine *m)
{
    for (int place = 0; place < POD_PLACES; place++) {
        for (struct pod *p = m->place[place].head, *next; p; p = next) {
            next = p->next;
            free(p);
        }
        indexset_free(&m->indexes[place]);
    }
    free(m->table.bucket);
}
