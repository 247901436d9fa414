/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From a decoded Job to the containers of its pod, in the order in which they start: init
 * containers and sidecars as they stand, then the regular ones. Pure. Texts that are expanded when
 * a container starts (command, args, env) are not part of it: values.h makes them from the Job,
 * which the plan keeps for that.
 */
#ifndef SKJOB_POD_PLAN_H
#define SKJOB_POD_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* Durations are milliseconds; one that is too long for that is as good as this. */
#define PLAN_LONG_MS (INT64_MAX / 8)

enum plan_kind { PLAN_INIT, PLAN_SIDECAR, PLAN_MAIN };

enum plan_restart { PLAN_NEVER, PLAN_ON_FAILURE, PLAN_ALWAYS };

enum plan_act {
    PLAN_NONE,
    PLAN_EXEC,  /* argv, in the container */
    PLAN_HTTP,  /* argv, on the node: curl */
    PLAN_TCP,   /* host, port */
    PLAN_SLEEP, /* sleep_ms */
};

/* What a probe or a hook does. */
struct plan_action {
    enum plan_act kind;
    char **argv;
    char *host;
    int port;
    int64_t sleep_ms;
};

struct plan_probe {
    struct plan_action action;
    int64_t delay_ms; /* after the container's start */
    int64_t period_ms;
    int64_t timeout_ms;
    int success; /* in a row */
    int failure;
    int64_t grace_ms; /* of the container that fails it; -1 = the pod's */
};

/* One of restartPolicyRules. */
struct plan_rule {
    bool restart_all; /* the whole pod, not only this container */
    bool not_in;
    uint64_t codes[4]; /* a bit per exit code */
};

struct plan_container {
    char *name;
    enum plan_kind kind;
    enum plan_restart restart; /* its own, else the pod's */
    struct plan_rule *rules;
    size_t n_rules;
    struct plan_probe startup;
    struct plan_probe liveness;
    struct plan_action post_start;
    struct plan_action pre_stop;
    char *message_path;
    bool message_from_log; /* FallbackToLogsOnError */
    bool with_stdin;
};

struct plan {
    struct plan_container *containers;
    size_t n;
    size_t n_init;    /* the first ones, sidecars included */
    int64_t grace_ms; /* terminationGracePeriodSeconds; a negative one is 1 s */
    json_t *job;      /* owned; NULL while it rests */
    char *text;       /* the Job while it rests */
};

/* The pod's first regular container, NULL if there is none. Borrowed. */
const json_t *plan_container(const json_t *job);

/* spec.completionMode is Indexed. */
bool plan_indexed(const json_t *job);

/* Fails for a pod without a container and for what no node can do (grpc probes). */
int plan_make(struct plan *out, const json_t *job, struct error *err);
void plan_free(struct plan *plan);

/* Container i of the Job's tree, which is read again after a rest; NULL when out of memory.
 * Borrowed until the next rest. */
const json_t *plan_spec(struct plan *plan, size_t i);

/* Until the next plan_spec() the Job needs little memory, or none at all when there will not be
 * any: a runner waits for hours. */
void plan_rest(struct plan *plan, bool needed_again);

#endif
