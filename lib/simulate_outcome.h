/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What becomes of each pod of a simulated Job: read from an object of outcomes, or random.
 *
 * Outcomes are {"0": [o, ...], "*": [o, ...]} for an Indexed Job (a list per index, "*" for indexes
 * that are not named; element k for the k-th pod of the index), {"seq": [o, ...]} for others
 * (element k for the k-th pod that finishes). The last element of a list repeats; without a list
 * pods succeed. An outcome o is {exit, containers: {name: code}, init: {name: code}, disruption:
 * reason, conditions: [{type, status}], restarts}, all optional.
 */
#ifndef SKJOB_SIMULATE_OUTCOME_H
#define SKJOB_SIMULATE_OUTCOME_H

#include "machine.h"

#include <jansson.h>

struct outcome_source {
    const json_t *outcomes; /* borrowed; NULL: random, or success */
    bool random;
    uint64_t seed;
    uint32_t failures_per_million; /* of random pods */
};

#define OUTCOME_LIST_MAX 64

/* One pod's outcome. Texts are borrowed from the spec and from the source. */
struct outcome {
    bool ok;
    uint32_t restarts;
    int32_t exit_code;      /* of the first container, to be shown */
    const char *disruption; /* or NULL */
    struct machine_outcome seen;
    struct machine_container containers[OUTCOME_LIST_MAX];
    struct machine_container init[OUTCOME_LIST_MAX];
    struct machine_pod_condition conditions[OUTCOME_LIST_MAX];
};

/* Checks the shape of all outcomes, so that outcome_get() cannot fail. */
int outcome_check(const json_t *outcomes, struct error *err);

/* The outcome of the nth pod (from 0) of an index; nth of the Job when it is not Indexed. */
void outcome_get(const struct outcome_source *source, const struct job_spec *spec, uint32_t index,
                 uint32_t nth, struct outcome *out);

/* The outcome of a pod that is killed: 143 in all containers. */
void outcome_killed(const struct job_spec *spec, struct outcome *out);

#endif
