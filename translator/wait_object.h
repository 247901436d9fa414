/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob wait for what is no Job: pods, CronJobs, ConfigMaps and the like.
 */
#ifndef SKJOB_WAIT_OBJECT_H
#define SKJOB_WAIT_OBJECT_H

#include <stdbool.h>

#include "error.h"
#include "options.h"
#include "wait_for.h"

/* Whether the first word of the command line says so: "pod/x", "pods", "cj/x". */
bool wait_object_is_meant(const struct options *o);

/* for_: as many as o->for_len. Waits for one object after the other, and tells of each. Returns the
 * number of failures, which are told, or -1 with err. */
int wait_object(const struct options *o, const struct wait_for *for_, struct error *err);

#endif
