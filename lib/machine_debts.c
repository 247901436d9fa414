/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine_impl.h"

#include <stdlib.h>

/* Linear probing; deletion moves later entries of the run up. */

static size_t slot_of(const struct debt_table *t, uint32_t index)
{
    return (size_t)((index * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (t->cap - 1);
}

struct debt *machine_debt_find(const struct machine *m, uint32_t index)
{
    const struct debt_table *t = &m->debts;
    if (t->n == 0)
        return NULL;
    for (size_t i = slot_of(t, index); t->v[i].index != MACHINE_NO_INDEX;
         i = (i + 1) & (t->cap - 1))
        if (t->v[i].index == index)
            return &t->v[i];
    return NULL;
}

static void place(struct debt_table *t, const struct debt *debt)
{
    size_t i = slot_of(t, debt->index);
    while (t->v[i].index != MACHINE_NO_INDEX)
        i = (i + 1) & (t->cap - 1);
    t->v[i] = *debt;
}

static int grow(struct debt_table *t)
{
    struct debt_table bigger = *t;
    bigger.cap = t->cap ? t->cap * 2 : 64;
    bigger.v = malloc(bigger.cap * sizeof *bigger.v);
    if (!bigger.v)
        return -1;
    for (size_t i = 0; i < bigger.cap; i++)
        bigger.v[i].index = MACHINE_NO_INDEX;
    for (size_t i = 0; i < t->cap; i++)
        if (t->v[i].index != MACHINE_NO_INDEX)
            place(&bigger, &t->v[i]);
    free(t->v);
    *t = bigger;
    return 0;
}

void machine_debt_put(struct machine *m, const struct debt *debt)
{
    struct debt_table *t = &m->debts;
    if (t->n >= t->cap / 2 && grow(t)) {
        m->oom = true;
        return;
    }
    place(t, debt);
    t->n++;
    t->counting += debt->counts;
}

/* Empties slot i: moves up whatever would not be found any more. */
static void empty_slot(struct debt_table *t, size_t i)
{
    for (size_t k = (i + 1) & (t->cap - 1); t->v[k].index != MACHINE_NO_INDEX;
         k = (k + 1) & (t->cap - 1)) {
        size_t home = slot_of(t, t->v[k].index);
        if (((k - home) & (t->cap - 1)) >= ((k - i) & (t->cap - 1))) {
            t->v[i] = t->v[k];
            i = k;
        }
    }
    t->v[i].index = MACHINE_NO_INDEX;
}

static void forget(struct machine *m, struct debt *debt)
{
    m->debts.n--;
    m->debts.counting -= debt->counts;
    empty_slot(&m->debts, (size_t)(debt - m->debts.v));
}

void machine_debt_count(struct machine *m, uint32_t index)
{
    struct debt *debt = machine_debt_find(m, index);
    if (!debt)
        return;
    m->failed += debt->counts;
    forget(m, debt);
}

void machine_debts_count_all(struct machine *m)
{
    struct debt_table *t = &m->debts;
    m->failed += t->counting;
    if (t->n > 0)
        for (size_t i = 0; i < t->cap; i++)
            t->v[i].index = MACHINE_NO_INDEX;
    t->n = 0;
    t->counting = 0;
    m->replaced.len = 0;
}

void machine_debts_drop_from(struct machine *m, uint32_t limit)
{
    struct debt_table *t = &m->debts;
    for (size_t i = 0; i < t->cap;) {
        if (t->v[i].index != MACHINE_NO_INDEX && t->v[i].index >= limit)
            forget(m, &t->v[i]); /* may move another entry into slot i */
        else
            i++;
    }
}

void machine_debt_replaced(struct machine *m, uint32_t index)
{
    struct index_list *l = &m->replaced;
    if (l->len == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 16;
        uint32_t *v = realloc(l->v, cap * sizeof *v);
        if (!v) {
            m->oom = true;
            return;
        }
        l->v = v;
        l->cap = cap;
    }
    l->v[l->len++] = index;
}

void machine_debts_count_replaced(struct machine *m)
{
    for (size_t i = 0; i < m->replaced.len; i++)
        if (indexset_contains(&m->indexes[POD_ACTIVE], m->replaced.v[i]))
            machine_debt_count(m, m->replaced.v[i]);
    m->replaced.len = 0;
}
