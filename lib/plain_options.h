/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sbatch's options for the semantics of a Job without a manifest: one table for the plugin, which
 * registers them, and for skjob-attempt, which gets them as words. Values are Kubernetes' own, in
 * the compact forms of plain_policy.h and plain_time.h; the ranges and the rules between options
 * are those of a Job (pkg/apis/batch/validation). Errors are one line: option, place, what is
 * wrong, what is expected.
 *
 * Pure, without JSON, YAML or allocation: the plugin links it.
 */
#ifndef SKJOB_PLAIN_OPTIONS_H
#define SKJOB_PLAIN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "plain_policy.h"

enum plain_option_id {
    PLAIN_BACKOFF_LIMIT,
    PLAIN_BACKOFF_LIMIT_PER_INDEX,
    PLAIN_MAX_FAILED_INDEXES,
    PLAIN_POD_FAILURE_POLICY,
    PLAIN_SUCCESS_POLICY,
    PLAIN_ACTIVE_DEADLINE,
    PLAIN_COMPLETION_INDEX,
    PLAIN_OPTIONS
};

#define PLAIN_VALUE_MAX 4095 /* bytes of one value */

/* The annotation of a Job that is a plain array: its tasks, "5-9:2", or "3 of 1-9" for a list. */
#define PLAIN_TASKS "array.skjob/tasks"

struct plain_option {
    const char *name;  /* without the -- */
    const char *value; /* what its value is called, NULL: a flag */
    const char *usage; /* one line of sbatch --help */
    const char *field; /* where a manifest says the same, NULL: nowhere */
};

extern const struct plain_option plain_option_table[PLAIN_OPTIONS];

/* Numbers are PLAIN_UNSET when they are not given, policies have n = 0. */
struct plain_options {
    int64_t backoff_limit;
    int64_t backoff_limit_per_index;
    int64_t max_failed_indexes;
    int64_t active_deadline; /* seconds */
    bool completion_index;
    struct plain_failure_policy failure;
    struct plain_success_policy success;
};

void plain_options_init(struct plain_options *o);

/* Reads one value ("" or NULL for a flag); a later one takes the place of an earlier one. *o points
 * into value, which must live as long. */
int plain_options_set(struct plain_options *o, enum plain_option_id id, const char *value,
                      struct error *err);

/* "--name=value", or "--name" for a flag. Returns the option, with the value in *value (NULL for a
 * flag); -1 when the word is none of them. */
int plain_options_word(const char *word, const char **value);

/* The rules between options, once all are set. */
int plain_options_check(const struct plain_options *o, struct error *err);

#endif
