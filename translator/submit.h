/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Submission through the site's own sbatch, so that wrappers, SBATCH_* variables, cli_filter and
 * site defaults keep working.
 *
 * sbatch is not given a time limit: it has its own (MessageTimeout; two minutes of new tries where
 * the queue is full), and a site's wrapper may ask the user something. SIGINT, SIGTERM and SIGHUP
 * are handed on to it, and what became of the submission is still found out.
 */
#ifndef SKJOB_SUBMIT_H
#define SKJOB_SUBMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum submit_outcome {
    SUBMIT_DONE,      /* *job_id is set */
    SUBMIT_REFUSED,   /* nothing was submitted: err */
    SUBMIT_UNCERTAIN, /* the answer was lost: err; ask Slurm before anything else */
};

struct submission;

/* Starts sbatch, which gets ready while the script is still being made. extra: the user's own
 * sbatch arguments (borrowed), n of them. test_only asks slurmctld whether it would accept the
 * script, and submits nothing. Returns 0, or -1 with err. */
int submission_start(struct submission **out, char *const *extra, size_t n, bool test_only,
                     struct error *err);

/* Hands over the script and waits for the answer; ends the submission. tick(arg, true) is called
 * when sbatch has the script, tick(arg, false) every half a minute; it may be NULL. What sbatch
 * prints beside the answer goes to standard error. */
enum submit_outcome submission_finish(struct submission *s, const char *script, size_t len,
                                      void (*tick)(void *arg, bool first), void *arg,
                                      uint32_t *job_id, struct error *err);

/* Ends a submission that is not wanted: sbatch has read nothing and so submits nothing. NULL is
 * fine. */
void submission_abandon(struct submission *s);

/* While signals are held, the signals that end a program arrive only while sbatch is being waited
 * for; a later one is kept. submission_release_signals() lets a signal that came do what it does.
 */
void submission_hold_signals(void);

/* From here on the next signal ends the program at once, when one has come already: what follows
 * may take as long as slurmctld is away. Returns whether one has. */
bool submission_signals_let_go(void);
void submission_release_signals(void);

/* How sbatch's words are read: 1 and *job_id when a whole line of out is the answer to --parsable
 * ("123" or "123;cluster"), else 0. */
int submit_parse_id(const char *out, uint32_t *job_id);

/* Whether an answer of sbatch leaves open what slurmctld did. */
bool submit_is_uncertain(const char *sbatch_errors);

#endif
