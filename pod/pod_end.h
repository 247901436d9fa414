/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is said of a pod that is over: the ends of its containers and one message, from which its
 * attempt is closed (attempt.h).
 */
#ifndef SKJOB_POD_POD_END_H
#define SKJOB_POD_POD_END_H

#include "attempt.h"
#include "plan.h"
#include "pod_machine.h"
#include "pod_slot.h"

#define POD_END_START 128 /* what Kubernetes shows for a container that could not be started */

/* All borrowed. */
struct pod_end {
    const struct plan *plan;
    const struct pod_machine *machine;
    const struct slot *slots; /* one for each container of the plan */
    const char *evicted;      /* why the pod was evicted, NULL = it was not */
};

/* Closes the attempt; signalled: Slurm has told the runner to stop. Cuts long messages of the
 * slots. Returns the task's exit code. */
int pod_end_close(const struct pod_end *end, struct attempt *attempt, bool signalled);

/* A pod that cannot be run at all: tells why, closes the attempt with StartError for the container,
 * and returns the task's exit code. */
int pod_end_refuse(struct attempt *attempt, const char *container, const char *why);

#endif
