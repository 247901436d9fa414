/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state of the Job as its folder tells it at this moment (lib/fold.h).
 */
#ifndef SKJOB_POD_JOB_STATE_H
#define SKJOB_POD_JOB_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "fold.h"

struct job_state {
    int dir; /* the Job's folder */
    struct fold *fold;
};

#define JOB_STATE_INIT                                                                             \
    {                                                                                              \
        -1, NULL                                                                                   \
    }

/* Reads object.json, the journal and the end. A work queue's tasks first to last that the journal
 * does not know are taken for waiting ones. fold_run() is the caller's. */
int job_state_read(struct job_state *s, const char *dir, uint32_t first, uint32_t last,
                   struct error *err);
void job_state_close(struct job_state *s);

#define cleanup_job_state __attribute__((cleanup(job_state_close)))

/* Base and cap of the back-off: SKJOB_BACKOFF_BASE and SKJOB_BACKOFF_MAX, in seconds, fractions
 * allowed, else those of skjob.conf; what is no number is as good as not set. And when the Job's
 * clock starts, by skjob.conf. */
void job_state_backoff(struct fold_config *config);

/* The same for restarts in place: 10 s and 300 s, or SKJOB_CRASHLOOP_BASE and SKJOB_CRASHLOOP_MAX.
 */
void job_state_crashloop(int64_t *base_us, int64_t *cap_us);

/* SKJOB_RETRY_MIN, likewise; 0 when it is not set. */
int64_t job_state_retry_min_us(void);

/* Whether the terminal decision has been made; false as well when that cannot be read. */
bool job_state_has_end(const char *dir);

/* Whether activeDeadlineSeconds was changed: what the script says of it does not hold. */
bool job_state_has_deadline(const char *dir);

/* Makes the decision of the fold (after fold_run) lasting. Returns 1 when it is ours, 0 when there
 * was none to make or somebody else was first, -1 with err. */
int job_state_decide(struct job_state *s, const char *host, struct error *err);

/* When the Job's activeDeadlineSeconds have passed, after fold_run; CLOCK_NEVER without a limit. A
 * Job whose clock does not run yet starts at start_us, MACHINE_NO_TIME = no limit for now. */
int64_t job_state_deadline(const struct fold *fold, int64_t start_us);

#endif
