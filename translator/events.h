/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The events of a Job and its pods, as the Job controller, the scheduler and the kubelet would have
 * told them: all of them are read off the journal. An API server keeps events for an hour; here
 * those of the newest attempts are told.
 */
#ifndef SKJOB_EVENTS_H
#define SKJOB_EVENTS_H

#include <jansson.h>

#include "error.h"
#include "pods.h"

#define EVENTS_ATTEMPTS_MAX 250

/* A new list of v1 Events, the oldest first, or NULL with err. */
json_t *events_list(const struct pods *p, struct error *err);

/* Those of one object (kind "Job" or "Pod"), as a new list. */
json_t *events_of(const json_t *events, const char *kind, const char *name);

#endif
