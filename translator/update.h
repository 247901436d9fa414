/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Replacing an object that exists by what the user wants it to be, as the API server handles a PUT:
 * decoded, defaulted, validated, and held against what it is now (lib/validate_update.h).
 *
 * What changed of a Job's spec goes into its journal, and Slurm is told (job_change.h); labels and
 * annotations go into object.json, which is written aside and renamed: of two commands that change
 * those at the same moment, the later one wins. A changed template makes another array
 * (job_template.h); it comes first, as Slurm may refuse it.
 */
#ifndef SKJOB_UPDATE_H
#define SKJOB_UPDATE_H

#include <jansson.h>
#include <stdbool.h>

#include "error.h"
#include "job_view.h"
#include "manifest.h"
#include "store.h"

struct update {
    const struct store *store;
    const char *ns;
    enum unknown_fields unknown;
    bool dry_run;              /* check only */
    const char *verb;          /* "patching" */
    const char *source;        /* what messages name beside it */
    struct strbuf *complaints; /* why it was refused goes here instead of standard error, or NULL */
};

enum update_outcome {
    UPDATE_NONE, /* it is so already */
    UPDATE_DONE,
    UPDATE_REFUSED, /* why was printed, or is in complaints */
    UPDATE_FAILED,  /* err */
};

/* wanted is an object as users write it (borrowed); its status is ignored, what the server fills in
 * may be missing. *now gets the new object, a new reference, with the outcomes NONE and DONE. */
enum update_outcome update_job(const struct update *u, struct job_view *v, const json_t *wanted,
                               json_t **now, struct error *err);
enum update_outcome update_stored(const struct update *u, enum object_kind kind, const json_t *old,
                                  const json_t *wanted, json_t **now, struct error *err);

/* A copy of an object without what skjob itself adds when it shows one: status, Slurm's job id.
 * NULL when out of memory. */
json_t *update_plain(const json_t *object);

#endif
