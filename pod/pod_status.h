/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file "status" of a pod's folder: its containers as they are now, one JSON object a line, in
 * the order in which they start:
 *
 *   {"name":"copy","kind":"init","state":"terminated","exitCode":0,"reason":"Completed",
 *    "startedAt":"...","finishedAt":"...","restartCount":0,"started":false}       (one line)
 *
 * kind: init, sidecar, main. state: waiting (with reason), running (with startedAt), terminated
 * (with exitCode, reason, startedAt, finishedAt). lastExitCode and lastReason: of the run before,
 * where state is not terminated. It is written when it has changed, and not at all for a pod of
 * one container that neither waits nor is restarted: the journal says everything of that one.
 */
#ifndef SKJOB_POD_POD_STATUS_H
#define SKJOB_POD_POD_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan.h"
#include "pod_machine.h"
#include "strbuf.h"

struct pod_times {
    int64_t started_us; /* of the last run; 0 = none */
    int64_t ended_us;
};

/* Renders the file; times has one entry per container. */
void pod_status_render(struct strbuf *out, const struct plan *plan, const struct pod_machine *m,
                       const struct pod_times *times);

/* Whether there is anything in it that the journal will not tell. */
bool pod_status_matters(const struct plan *plan, const struct pod_machine *m);

#endif
