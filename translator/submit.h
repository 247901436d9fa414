/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Submission through the site's own sbatch, so that its options, variables, cli_filter and wrappers
 * keep working. The script goes to its standard input.
 */
#ifndef SKJOB_SUBMIT_H
#define SKJOB_SUBMIT_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum submit_outcome {
    SUBMIT_DONE,      /* accepted: *job_id */
    SUBMIT_REFUSED,   /* certainly not accepted: err is what sbatch said */
    SUBMIT_UNCERTAIN, /* the answer was lost: err; ask Slurm before anything else */
};

/* extra: the user's own sbatch arguments (borrowed), n of them. test_only asks slurmctld whether it
 * would accept the script, and submits nothing. What sbatch prints beside the answer goes to
 * standard error. */
enum submit_outcome submit_script(const char *script, size_t len, char *const *extra, size_t n,
                                  int test_only, uint32_t *job_id, struct error *err);

/* Whether an answer of sbatch leaves open what slurmctld did. */
int submit_is_uncertain(const char *sbatch_errors);

#endif
