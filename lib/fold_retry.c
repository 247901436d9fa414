/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is left of a Job's earlier arrays after skjob retry, or a change of the template.
 */
#include "fold_impl.h"
#include "tree.h"

/* The last one counts. */
void fold_retry_find(struct fold *f)
{
    f->retry = f->array = NULL;
    for (uint32_t i = 0; i < f->table.n_notes; i++) {
        const struct fold_note *note = &f->table.notes[i];
        if (note->event == JOURNAL_RETRIED)
            f->retry = f->array = note;
        if (note->event == JOURNAL_RENEWED)
            f->array = note;
    }
}

void fold_put_template(struct fold *f)
{
    json_t *v = f->template_ ? f->template_ : tree_at(f->created, "spec", "template", NULL);
    if (f->job && v)
        json_object_set(tree_get(f->job, "spec"), "template", v);
}

void fold_set_template(struct fold *f, json_t *template_)
{
    json_decref(f->template_);
    f->template_ = json_incref(template_);
    fold_put_template(f);
}

uint32_t fold_template_of(const struct fold *f, uint32_t attempt)
{
    uint32_t number = 0;
    for (uint32_t i = 0; i < f->table.n_notes; i++) {
        const struct fold_note *note = &f->table.notes[i];
        if (note->event == JOURNAL_RENEWED && note->attempt <= attempt)
            number = note->attempt;
    }
    return number;
}

int64_t fold_after_retry(const struct fold *f, int64_t time_us)
{
    return f->retry && time_us < f->retry->time_us ? f->retry->time_us : time_us;
}

void fold_retry_undo_end(struct fold *f)
{
    if (f->retry && f->end.time_us <= f->retry->time_us)
        f->has_end = false;
}

/* The Job had lost the index before the retry, and got it back. */
static bool was_void(const struct fold *f, const struct fold_attempt *a)
{
    const struct fold_note *growth = fold_growth_over(f, a);
    return growth && growth->time_us < f->retry->time_us;
}

/* The indexes (of Jobs without completion indexes: the tasks) that have succeeded before. */
int fold_retry_succeeded(const struct fold *f, struct indexset *out)
{
    const struct fold_table *t = &f->table;
    for (uint32_t i = 0; i < t->n_attempts; i++) {
        const struct fold_attempt *a = &t->attempts[i];
        bool is_valid = !job_spec_indexed(f->spec) || a->index < job_spec_index_limit(f->spec);
        if (a->attempt < fold_first_attempt(f) && a->phase == JOURNAL_SUCCEEDED && is_valid &&
            !was_void(f, a) && indexset_insert(out, a->index) < 0)
            return -1;
    }
    return 0;
}

/* It was not asked for, and ran all the same: a task that somebody submitted by hand. */
static bool succeeds_later(const struct fold *f, uint32_t index)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts_of(f, index, &n);
    while (n-- > 0 && v[n].attempt >= fold_first_attempt(f))
        if (v[n].phase == JOURNAL_SUCCEEDED)
            return true;
    return false;
}

/* Those that have not succeeded and do not run again. indexes: those that do. */
int fold_retry_given_up(const struct fold *f, const char *indexes, const struct indexset *succeeded,
                        struct indexset *out)
{
    cleanup_indexset struct indexset again = INDEXSET_INIT;
    const struct indexset *others[] = {succeeded, &again, out};
    uint32_t limit = job_spec_index_limit(f->spec);
    if (indexset_parse(&again, indexes, limit) < 0)
        return -1;
    for (uint32_t at = 0; (at = indexset_next_free(others, 3, at)) < limit;)
        if (succeeds_later(f, at) ? indexset_insert(&again, at) < 0 : indexset_insert(out, at) < 0)
            return -1;
    return 0;
}
