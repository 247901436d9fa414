/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Opens an attempt: may it run at all? Earlier attempts of its index that were lost (their node
 * died, or they were killed) are closed here, as disrupted: by then Slurm has forgotten why it has
 * requeued the task (it clears the times of preemption and failure before the task runs again).
 *
 * Cost: the first attempt of a Job without activeDeadlineSeconds looks for the file "end" and
 * appends one record; no fold, no RPC.
 */
#ifndef SKJOB_POD_OPENING_H
#define SKJOB_POD_OPENING_H

#include <stdbool.h>
#include <stdint.h>

#include "acting.h"

struct opening {
    struct acting act;
    const char *dir;
    const char *pod;     /* its name */
    const char *address; /* of the pod, for those who look for it by name; NULL = nobody does */
    bool has_deadline;   /* the Job has activeDeadlineSeconds */
};

/* Returns 1 when the attempt is opened and recorded: it may run. 0: nothing of it may run, the Job
 * has ended or does not need it. -1 with err: the state cannot be used; the attempt runs. *deadline
 * becomes the Job's, as far as the state had to be read for this; CLOCK_NEVER is no answer: the
 * clock may start with this very attempt. */
int opening_run(const struct opening *o, int64_t *deadline, struct error *err);

/* The Job's deadline as of now, CLOCK_NEVER if there is none. While the state cannot be read: in a
 * few seconds, to ask again. won not NULL: when the deadline has passed, the Job is ended by this
 * call if nobody has done it before, and *won says whether it was us. */
int64_t opening_deadline(const struct opening *o, bool *won);

#endif
