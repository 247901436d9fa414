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
    struct fold_hint *hints;
    size_t n_hints;
};

#endif
