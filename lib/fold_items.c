/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the journal says, in the order in which the machine gets it.
 */
#include "fold_impl.h"

#include <stdlib.h>

/* Keys are unsigned; times before 1970 come first. */
static uint64_t key_of_time(int64_t time_us)
{
    return (uint64_t)time_us ^ (uint64_t)1 << 63;
}

int64_t fold_item_time(struct fold_item item)
{
    return (int64_t)(fold_item_key(item) ^ (uint64_t)1 << 63);
}

static void add_item(struct fold_items *items, int64_t time_us, uint32_t number,
                     enum fold_item_kind kind)
{
    items->v[items->n++] =
        fold_item(key_of_time(time_us), number << FOLD_KIND_BITS | (uint32_t)kind);
}

/* Notes come after the start and before the end of their attempt. */
static void add_pod_notes(struct fold_items *items, const struct fold *f, uint32_t first)
{
    const struct fold_table *t = &f->table;
    for (uint32_t i = 0; i < t->n_notes; i++) {
        const struct fold_note *note = &t->notes[i];
        if (!fold_note_is_of_pod(note) || note->event == JOURNAL_MARKED || note->attempt < first)
            continue;
        const struct fold_attempt *a = fold_table_find(t, note->index, note->attempt);
        if (!a)
            continue;
        int64_t at = fold_after_array(f, a, note->time_us);
        int64_t started = fold_after_array(f, a, a->started_us);
        if (at <= started)
            at = started + 1;
        if (!a->phase || at < fold_after_array(f, a, a->ended_us))
            add_item(items, at, i, FOLD_POD_NOTE);
    }
}

static bool has_ended(const struct fold_attempt *a)
{
    return a->phase != JOURNAL_PHASE_NONE;
}

/* The Job had lost and got back the index by then: the attempt was void. */
static bool is_too_late(const struct fold *f, const struct fold_attempt *a, int64_t time_us)
{
    const struct fold_note *growth = fold_growth_over(f, a);
    return growth && time_us >= growth->time_us;
}

static void add_end(struct fold_items *items, const struct fold *f, uint32_t i, uint32_t first)
{
    const struct fold_attempt *a = &f->table.attempts[i];
    if (has_ended(a) && a->attempt >= first && !is_too_late(f, a, a->ended_us))
        add_item(items, fold_after_array(f, a, a->ended_us), i, FOLD_ENDED);
}

/* In the order of their kinds, which the sort keeps. Attempts of earlier arrays are left out: what
 * is left of them comes with the retry. */
static void add_items(struct fold_items *items, const struct fold *f)
{
    const struct fold_table *t = &f->table;
    uint32_t first = fold_first_attempt(f);
    for (uint32_t i = 0; i < t->n_notes; i++)
        if (!fold_note_is_of_pod(&t->notes[i]))
            add_item(items, t->notes[i].time_us, i, FOLD_GLOBAL_NOTE);
    for (uint32_t i = 0; i < t->n_attempts; i++)
        add_end(items, f, i, first);
    add_pod_notes(items, f, first);
    if (f->has_end)
        add_item(items, f->end.time_us, 0, FOLD_DECIDED);
    for (uint32_t i = 0; i < t->n_attempts; i++) {
        const struct fold_attempt *a = &t->attempts[i];
        int64_t at = fold_after_array(f, a, a->started_us);
        bool is_over = has_ended(a) ? at >= fold_after_array(f, a, a->ended_us)
                                    : a->attempt < fold_array_first(f);
        if (a->started_us != FOLD_NO_TIME && !is_over && a->attempt >= first &&
            !is_too_late(f, a, a->started_us))
            add_item(items, at, i, FOLD_STARTED);
    }
}

int fold_items_make(const struct fold *f, struct fold_items *out)
{
    const struct fold_table *t = &f->table;
    *out = (struct fold_items){
        .v = malloc(((size_t)t->n_attempts * 2 + t->n_notes + 1) * sizeof *out->v)};
    if (!out->v)
        return -1;
    add_items(out, f);
    if (fold_sort(out->v, out->n) == 0)
        return 0;
    free(out->v);
    return -1;
}
