/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Closes an attempt: says why it has ended, records it once, and does what the state machine says:
 * nothing; retry this task; or end the Job and stop its other tasks.
 *
 * Either one process does it all, as the last thing of the runner; or two share it, where the
 * plugin is: the runner records the end, and `skjob-attempt close` acts on a failure when all
 * processes of the attempt are gone. Who of them acts is a matter of the exit code alone (the hook
 * runs for every code but 0), so exactly one does; and whatever is done twice changes nothing.
 *
 * Cost: a success is one append to the journal, nothing else, unless the Job has a successPolicy. A
 * failure reads the journal and asks slurmctld at most three times; one more when the hook has to
 * bring back a task that Slurm has ended, or a pod past its deadline was killed from outside too;
 * and two for a retry that asks for something else (retry_change.h).
 */
#ifndef SKJOB_POD_CLOSING_H
#define SKJOB_POD_CLOSING_H

#include <stdbool.h>
#include <stdint.h>

#include "acting.h"
#include "cause.h"
#include "journal.h"
#include "pod_result.h"

struct closing {
    struct acting act;
    const char *dir;     /* the Job's folder */
    bool success_policy; /* the Job has one */

    const struct pod_result *pod;
    bool signalled;     /* a SIGTERM or SIGINT came from outside */
    bool past_deadline; /* of the pod: killed by ourselves */
    bool past_job;      /* the Job's deadline: likewise */
    bool orphaned;      /* slurmstepd has died: likewise */
    bool must_stop;     /* we have made the Job's end already, and stop its other tasks now */
    int64_t ended_us;   /* when the pod ended */

    bool leave;           /* the hook acts, if this is a failure with an exit code */
    bool unseen;          /* in the hook, and the runner may have recorded nothing */
    int64_t pod_limit_us; /* activeDeadlineSeconds of the pod, 0 = none; for the hook */

    int64_t record_us; /* how long to try to write the record, while the state cannot be */
};

#define CLOSING_RECORD_US (60 * INT64_C(1000000))

/* Returns 0, or -1 with err when the record could not be written, or Slurm could not be told. */
int closing_run(struct closing *c, struct error *err);

/* For the hook: acts on the end that the runner has recorded, or records it first when the runner
 * was killed. An attempt that a later one of its index has overtaken is left alone. As
 * closing_run(). */
int closing_finish(struct closing *c, struct error *err);

/* What the attempt counts as. */
enum journal_phase closing_phase(const struct closing *c, enum cause cause,
                                 bool replace_failed_only);

#endif
