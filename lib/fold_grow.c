/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The arrays of a Job that has got more completions than it was submitted with.
 */
#include "fold_impl.h"

#include <stdlib.h>

int fold_growths_find(struct fold *f)
{
    size_t n = 0;
    const struct fold_table *t = &f->table;
    for (uint32_t i = 0; i < t->n_notes; i++)
        n += t->notes[i].event == JOURNAL_GROWN;
    f->n_growths = f->n_arrays = 0;
    free(f->growths);
    free(f->arrays);
    f->growths = calloc(n + 1, sizeof *f->growths);
    f->arrays = calloc(n + 1, sizeof *f->arrays);
    if (!f->growths || !f->arrays)
        return -1;
    for (uint32_t i = 0; i < t->n_notes; i++)
        if (t->notes[i].event == JOURNAL_GROWN)
            f->growths[f->n_growths++] = &t->notes[i];
    return 0;
}

const struct fold_note *fold_growth_over(const struct fold *f, const struct fold_attempt *a)
{
    for (size_t i = 0; i < f->n_growths; i++)
        if (f->growths[i]->restarts <= a->index && a->attempt < f->growths[i]->attempt)
            return f->growths[i];
    return NULL;
}

bool fold_is_void(const struct fold *f, const struct fold_attempt *a)
{
    return fold_growth_over(f, a) != NULL;
}

int64_t fold_after_array(const struct fold *f, const struct fold_attempt *a, int64_t time_us)
{
    int64_t at = fold_after_retry(f, time_us);
    for (size_t i = 0; i < f->n_growths; i++) {
        const struct fold_note *g = f->growths[i];
        if (g->restarts <= a->index && a->attempt >= g->attempt && at < g->time_us)
            at = g->time_us;
    }
    return at;
}

static uint32_t first_submission(const struct fold *f)
{
    const struct fold_table *t = &f->table;
    for (uint32_t i = 0; i < t->n_notes; i++) {
        if (t->notes[i].event != JOURNAL_SUBMITTED)
            continue;
        char *end;
        unsigned long id = strtoul(textpool_get(&t->pool, t->notes[i].text, NULL), &end, 10);
        return *end || id >= UINT32_MAX ? 0 : (uint32_t)id;
    }
    return 0;
}

static void name_arrays(struct fold *f)
{
    strbuf_reset(&f->slurm_job);
    for (size_t i = 0; i < f->n_arrays; i++)
        if (f->arrays[i].job)
            strbuf_addf(&f->slurm_job, "%s%u", f->slurm_job.len ? "," : "", f->arrays[i].job);
}

void fold_arrays_begin(struct fold *f)
{
    f->arrays[0] = (struct fold_array){.job = f->array ? f->array->index : first_submission(f),
                                       .base = fold_array_first(f)};
    f->n_arrays = 1;
    name_arrays(f);
}

/* Arrays of which it has all indexes are the Job's no more: they were over before it was made. */
void fold_arrays_add(struct fold *f, const struct fold_note *growth)
{
    if (f->array && growth->time_us < f->array->time_us)
        return;
    while (f->n_arrays > 1 && f->arrays[f->n_arrays - 1].first >= growth->restarts)
        f->n_arrays--;
    f->arrays[f->n_arrays++] = (struct fold_array){
        .job = growth->index, .first = growth->restarts, .base = growth->attempt};
    name_arrays(f);
}

const struct fold_array *fold_arrays(const struct fold *f, size_t *n)
{
    bool is_known = f->n_arrays > 1 || (f->n_arrays == 1 && f->arrays[0].job);
    *n = is_known ? f->n_arrays : 0;
    return f->arrays;
}

const struct fold_array *fold_array_of(const struct fold *f, uint32_t index)
{
    size_t n;
    const struct fold_array *v = fold_arrays(f, &n);
    while (n > 1 && v[n - 1].first > index)
        n--;
    return n ? &v[n - 1] : NULL;
}

uint32_t fold_base_of(const struct fold *f, uint32_t index)
{
    size_t n = f->n_arrays;
    while (n > 1 && f->arrays[n - 1].first > index)
        n--;
    return n ? f->arrays[n - 1].base : 0;
}

bool fold_is_past(const struct fold *f, const struct fold_attempt *a)
{
    return a->attempt < fold_base_of(f, a->index);
}
