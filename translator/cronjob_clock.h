/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The clock of a CronJob: a Slurm job of one task, called cronjob/NAME, which waits in the queue
 * for the next time of the schedule (its begin time). When it runs it does what is due and puts
 * itself back into the queue (`skjob __clock`, the interpreter of its script); there is never more
 * than one, and none of a CronJob that is suspended. A CronJob whose run has to wait for a Job to
 * end (Forbid) has a second one for that, once, with a dependency on the Job.
 */
#ifndef SKJOB_CRONJOB_CLOCK_H
#define SKJOB_CRONJOB_CLOCK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cronjob_jobs.h"
#include "cronjob_plan.h"
#include "cronjob_state.h"
#include "error.h"
#include "strbuf.h"

/* Times further ahead are waited for in several steps: what is set too far ahead, Slurm refuses. */
#define CRONJOB_CLOCK_FAR (7 * 24 * 3600)

/* Seconds in which a clock that puts itself back into the queue has left its node. If it began in
 * the second in which it leaves, the node would refuse it ("Job credential revoked"), and it would
 * be gone; begun while it is still there, Slurm would add two minutes. */
#define CRONJOB_CLOCK_NEAR 8

/* ---- the script ---- */

/* The word behind the program in the script's first line. */
#define CRONJOB_CLOCK_VERB "__clock"

struct cronjob_clock_script {
    char uid[64], ns[64], name[256];
    char state[1024]; /* the state's root */
};

/* Appends the script: its interpreter is this program. Nothing of a manifest is in it. */
int cronjob_clock_print(const struct cronjob_clock_script *s, struct strbuf *out,
                        struct error *err);

int cronjob_clock_parse(const char *text, size_t len, struct cronjob_clock_script *s,
                        struct error *err);

/* ---- in Slurm; the state is locked, and is not written here ---- */

/* The begin time for a clock that is in the queue, or is being put back into it, and is to tick at
 * that time: neither too far ahead nor too near. */
int64_t cronjob_clock_begin(int64_t at);

/* Sets the clock to that time: submits it where there is none, cancels it for CRONJOB_NEVER. A
 * clock that runs at this moment is left alone: it sets itself. One that is held is released. */
int cronjob_clock_set(struct cronjob_state *state, const struct store *s, const json_t *cronjob,
                      int64_t at, struct error *err);

/* A new one, whatever the state says. */
int cronjob_clock_submit(struct cronjob_state *state, const struct store *s, const json_t *cronjob,
                         int64_t at, struct error *err);

/* The same for when all active Jobs have ended. Fails, too, when Slurm has none of them (yet). */
int cronjob_clock_wake(struct cronjob_state *state, const struct store *s, const json_t *cronjob,
                       const struct cronjob_jobs *jobs, const json_t *status, struct error *err);

/* Cancels both. */
int cronjob_clock_cancel(struct cronjob_state *state, struct error *err);

/* Whether Slurm has the state's clock, and lets it run: one that is held (a Prolog that fails does
 * that) is as good as none. Asks once for all CronJobs of a command. 1, 0, or -1 with err. */
int cronjob_clock_is_there(const struct cronjob_state *state, struct error *err);

/* The arguments of sbatch for a clock, a new list of texts; NULL with err. For tests. */
json_t *cronjob_clock_arguments(const struct cronjob_state *state, const json_t *cronjob,
                                struct error *err);

#endif
