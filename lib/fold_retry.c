/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is left of a Job's earlier arrays after skjob retry.
 */
#include "fold_impl.h"

#include <stdio.h>

/* The last one counts. The decision that it came after does so no more, also while its file is
 * still there. */
void fold_retry_find(struct fold *f)
{
    for (uint32_t i = 0; i < f->table.n_notes; i++)
        if (f->table.notes[i].event == JOURNAL_RETRIED)
            f->retry = &f->table.notes[i];
    if (!f->retry)
        return;
    snprintf(f->retry_job, sizeof f->retry_job, "%u", f->retry->index);
    f->has_end = f->has_end && f->end.time_us > f->retry->time_us;
}

/* The indexes (of Jobs without completion indexes: the tasks) that have succeeded before. */
int fold_retry_succeeded(const struct fold *f, struct indexset *out)
{
    const struct fold_table *t = &f->table;
    for (uint32_t i = 0; i < t->n_attempts; i++) {
        const struct fold_attempt *a = &t->attempts[i];
        bool is_valid = !job_spec_indexed(f->spec) || a->index < job_spec_index_limit(f->spec);
        if (a->attempt < fold_first_attempt(f) && a->phase == JOURNAL_SUCCEEDED && is_valid &&
            indexset_insert(out, a->index) < 0)
            return -1;
    }
    return 0;
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
        if (indexset_insert(out, at) < 0)
            return -1;
    return 0;
}
