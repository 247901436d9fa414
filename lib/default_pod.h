/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the API server fills in on a pod template (pkg/apis/core/v1/defaults.go and conversion.go,
 * Kubernetes 1.36). A template gets less than a pod: no requests from limits, no
 * enableServiceLinks.
 */
#ifndef SKJOB_DEFAULT_POD_H
#define SKJOB_DEFAULT_POD_H

#include <jansson.h>

#include "error.h"

/* In place, on a decoded template. Fields of features that 1.36 has switched off by default (stop
 * signals, trust bundle and pod certificate projections, scheduling groups) are dropped, as the API
 * server does. Idempotent. Returns 0, or -1 when out of memory. A NULL template is fine. */
int default_pod_template(json_t *template, struct error *err);

#endif
