/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Runs a Job through the state machine with pods that end as told: no Slurm, no waiting. Two
 * schedules:
 * - lockstep: when nothing more is to be done (all wanted pods created, back-off delays elapsed),
 * the oldest active pod ends: the one that was first seen after the fewest ends, then the lowest
 *   index. One at a time, so that the result does not depend on durations.
 * - timed: each pod runs for pod_us (and once more for each restart in place, after the kubelet's
 *   delay); what ends at one time is seen at one time.
 * The run stops at a terminal condition, when no pod is left and none will come, or after limit
 * pods.
 */
#ifndef SKJOB_SIMULATE_H
#define SKJOB_SIMULATE_H

#include "machine.h"
#include "simulate_outcome.h"

#include <jansson.h>

#define SIMULATE_LIMIT 100000 /* ended pods, when nothing else is said */

enum simulate_event_type {
    SIMULATE_POD_STARTED,
    SIMULATE_POD_RESTARTED,
    SIMULATE_POD_ENDED,
    SIMULATE_POD_KILLED, /* deleted by the controller */
    SIMULATE_BACKOFF,    /* pods wait until until_us */
    SIMULATE_CHANGED,    /* the Job was changed: patch */
    SIMULATE_CONDITION,  /* a condition is new or has changed: condition */
};

struct simulate_event {
    enum simulate_event_type type;
    int64_t time_us;
    uint32_t pod;     /* number of the pod in the order of creation */
    uint32_t index;   /* pods of Indexed Jobs */
    uint32_t attempt; /* which pod of its index, from 0; of the Job when it is not Indexed */
    uint32_t restarts;
    bool ignored; /* ENDED: failed, but a rule says Ignore */
    const struct outcome *outcome;
    int64_t until_us;
    const json_t *patch;
    const struct machine_condition *condition;
    const struct machine *machine;
};

struct simulate_options {
    const json_t *job;     /* a Job object */
    const json_t *actions; /* [{"after": n, "patch": {...}}] or NULL */
    struct outcome_source source;
    uint64_t limit; /* 0 = SIMULATE_LIMIT */
    bool timed;
    bool placeholders;             /* name pods <pod:INDEX> and the namespace <ns> in messages */
    int64_t pod_us;                /* how long a pod runs */
    int64_t start_us;              /* time of the creation of the Job */
    struct machine_config backoff; /* base and cap */
    void (*observe)(void *arg, const struct simulate_event *event); /* or NULL */
    void *arg;
};

/* Returns the result: {status, conditions, podsCreated, podsPerIndex, finished, trace}. NULL with
 * err for a bad Job, bad outcomes, or out of memory. */
json_t *simulate(const struct simulate_options *options, struct error *err);

#endif
