/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state of a Job printed as Kubernetes' JobStatus (k8s.io/api/batch/v1): zero counts are left
 * out, ready and terminating always there, times in RFC 3339 UTC with seconds.
 */
#ifndef SKJOB_STATUS_H
#define SKJOB_STATUS_H

#include "machine.h"

#include <jansson.h>

/* A new object, or NULL when out of memory. */
json_t *status_json(const struct machine *m);

#endif
