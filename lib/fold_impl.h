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
    const struct fold_note *retry; /* the last one, once settled; NULL = the Job has one array */
    char retry_job[16];            /* the id of its array */
    struct fold_hint *hints;
    size_t n_hints;
};

/* fold_retry.c: which retry counts, once the table is settled; what has succeeded before it; what
 * has not, and does not run again (indexes: what does). Both return 0, or -1 when out of memory. */
void fold_retry_find(struct fold *f);
int fold_retry_succeeded(const struct fold *f, struct indexset *out);
int fold_retry_given_up(const struct fold *f, const char *indexes, const struct indexset *succeeded,
                        struct indexset *out);

#endif
