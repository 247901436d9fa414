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
    json_t *template_; /* of now, NULL = that of created */
    /* Once settled: the last retry, and what brought the array of now: that, or a change of the
     * template; NULL = none. */
    const struct fold_note *retry;
    const struct fold_note *array;
    const struct fold_note **growths; /* in the order of time, once settled */
    size_t n_growths;
    struct fold_array *arrays; /* those that the Job is now; room for n_growths + 1 */
    size_t n_arrays;
    struct strbuf slurm_job; /* their ids */
    struct fold_hint *hints;
    size_t n_hints;
};

/* The number of the first attempts of the array that was submitted last for all indexes: that of
 * the last retry or change of the template, or the first one. */
static inline uint32_t fold_array_first(const struct fold *f)
{
    return f->array ? f->array->attempt : 0;
}

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

/* When something of an attempt was: after the record of its array, whatever the clocks say. */
int64_t fold_after_array(const struct fold *f, const struct fold_attempt *a, int64_t time_us);

/* Before a run: the array that the Job was last submitted as. Then the one of each growth. */
void fold_arrays_begin(struct fold *f);
void fold_arrays_add(struct fold *f, const struct fold_note *growth);

/* fold_retry.c: which retry and which array count, once the table is settled. The decision that the
 * retry came after counts no more, also while its file is still there. */
void fold_retry_find(struct fold *f);
void fold_retry_undo_end(struct fold *f);

/* When something of an array since then was: after it, whatever the clocks say. */
int64_t fold_after_retry(const struct fold *f, int64_t time_us);

/* Puts the template of now into the Job with its changes. */
void fold_put_template(struct fold *f);

/* What has succeeded before the retry; what has not, and does not run again (indexes: what does).
 * Both return 0, or -1 when out of memory. */
int fold_retry_succeeded(const struct fold *f, struct indexset *out);
int fold_retry_given_up(const struct fold *f, const char *indexes, const struct indexset *succeeded,
                        struct indexset *out);

#endif
