/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Runs a pod to its end: does what the machine says (pod_machine.h), copies the output of every
 * container to its log and to the standard output, answers signals and limits (supervise.h), and
 * leaves no process behind. One loop that waits for all of it.
 */
#ifndef SKJOB_POD_POD_RUN_H
#define SKJOB_POD_POD_RUN_H

#include "attempt.h"
#include "plan.h"
#include "supervise.h"
#include "values.h"

/* src->job is filled in by this call. Closes the attempt; returns the task's exit code. */
int pod_run(struct plan *plan, struct attempt *attempt, struct supervisor *outside,
            struct values_source *src);

#endif
