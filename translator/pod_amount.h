/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a pod needs of a resource at once, as Kubernetes adds it up: its own resources if it states
 * them; else the sum over its containers and sidecars, or what the init containers need, one after
 * the other and each beside the sidecars before it, if that is more.
 */
#ifndef SKJOB_TRANSLATOR_POD_AMOUNT_H
#define SKJOB_TRANSLATOR_POD_AMOUNT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether a resource of this name counts. */
typedef bool pod_amount_counts(const void *arg, const char *name);

/* In thousandths, over all resources that count: of requests, else of limits. pod is a PodSpec.
 * INT64_MAX when it is more than that. */
int64_t pod_amount(const json_t *pod, pod_amount_counts *counts, const void *arg);

/* Thousandths to multiples of unit, rounded up. */
int64_t pod_amount_units(int64_t milli, int64_t unit);

#endif
