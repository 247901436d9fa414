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

struct submission;

/* Starts sbatch, which gets ready while the script is still being made. extra: the user's own sbatch
 * arguments (borrowed), n of them. test_only asks slurmctld whether it would accept the script, and
 * submits nothing. Returns 0, or -1 with err. */
int submission_start(struct submission **out, char *const *extra, size_t n, int test_only,
                     struct error *err);

/* Hands over the script and waits for the answer; ends the submission. What sbatch prints beside
 * the answer goes to standard error. */
enum submit_outcome submission_finish(struct submission *s, const char *script, size_t len,
                                      uint32_t *job_id, struct error *err);

/* Ends a submission that is not wanted: sbatch has read nothing and so submits nothing. NULL is
 * fine. */
void submission_abandon(struct submission *s);

/* Whether an answer of sbatch leaves open what slurmctld did. */
int submit_is_uncertain(const char *sbatch_errors);

#endif
