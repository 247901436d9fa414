/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Inside of the fold; only fold*.c may include this.
 */
#ifndef SKJOB_FOLD_IMPL_H
#define SKJOB_FOLD_IMPL_H

#include "fold.h"
#include "fold_outcome.h"
#include "journal_read.h"

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
    char array_job[16]; /* the id of that array */
    struct fold_hint *hints;
    size_t n_hints;
};

/* The lowest number of an attempt that counts: those of before the last retry do not. */
static inline uint32_t fold_counts_from(const struct fold *f)
{
    return f->retry ? f->retry->attempt : 0;
}

/* fold_retry.c: which retry and which array count, once the table is settled. The decision that the
 * retry came after counts no more, also while its file is still there. */
void fold_retry_find(struct fold *f);
void fold_retry_undo_end(struct fold *f);

/* Puts the template of now into the Job with its changes. */
void fold_put_template(struct fold *f);

/* What has succeeded before the retry; what has not, and does not run again (indexes: what does).
 * Both return 0, or -1 when out of memory. */
int fold_retry_succeeded(const struct fold *f, struct indexset *out);
int fold_retry_given_up(const struct fold *f, const char *indexes, const struct indexset *succeeded,
                        struct indexset *out);

#endif
