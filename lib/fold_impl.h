/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Inside of the fold; only fold*.c may include this.
 */
#ifndef SKJOB_FOLD_IMPL_H
#define SKJOB_FOLD_IMPL_H

#include "fold.h"
#include "fold_outcome.h"
#include "fold_sort.h"
#include "journal_read.h"
#include "strbuf.h"

struct fold_hint {
    uint32_t index;
    uint32_t attempt;
    enum fold_liveness liveness;
};

struct fold {
    struct fold_config config;
    json_t *created; /* the Job as it was created */
    json_t *job;     /* with the changes applied so far */
    struct job_spec *spec;
    struct machine *machine;
    struct fold_table table;
    struct journal_places places; /* of a fold that goes on */
    struct fold_outcome outcome;
    struct journal_end end;
    bool has_end;
    bool settled;
    const struct fold_note *retry;    /* the last one, once settled; NULL = it was never retried */
    const struct fold_note **growths; /* in the order of time, once settled */
    size_t n_growths;
    struct fold_array *arrays; /* those that the Job is now; room for n_growths + 1 */
    size_t n_arrays;
    struct strbuf slurm_job; /* their ids */
    struct fold_hint *hints;
    size_t n_hints;
};

/* fold_items.c: what is handed to the machine, in this order when times are the same: a decision
 * comes after the end or deletion that led to it, and bears its time. An item's reference is the
 * number of its attempt or note, and the kind in the lowest bits. */
enum fold_item_kind { FOLD_GLOBAL_NOTE, FOLD_ENDED, FOLD_POD_NOTE, FOLD_DECIDED, FOLD_STARTED };
#define FOLD_KIND_BITS 3

struct fold_items {
    struct fold_item *v;
    size_t n;
};

/* Of a settled table; the caller frees out->v. Returns 0, or -1 when out of memory. */
int fold_items_make(const struct fold *f, struct fold_items *out);
int64_t fold_item_time(struct fold_item item);

/* fold_grow.c: which growths there are, once the table is settled and the retry is found. */
int fold_growths_find(struct fold *f);

/* The growth since which an attempt is void, NULL = it counts. */
const struct fold_note *fold_growth_over(const struct fold *f, const struct fold_attempt *a);

/* Before a run: the array that the Job was submitted or retried as. Then the one of each growth. */
void fold_arrays_begin(struct fold *f);
void fold_arrays_add(struct fold *f, const struct fold_note *growth);

/* fold_retry.c: which retry counts, once the table is settled. The decision that it came after
 * counts no more, also while its file is still there. */
void fold_retry_find(struct fold *f);
void fold_retry_undo_end(struct fold *f);

/* What has succeeded before it; what has not, and does not run again (indexes: what does). Both
 * return 0, or -1 when out of memory. */
int fold_retry_succeeded(const struct fold *f, struct indexset *out);
int fold_retry_given_up(const struct fold *f, const char *indexes, const struct indexset *succeeded,
                        struct indexset *out);

#endif
