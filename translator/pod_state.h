/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A pod as an observer sees it: phase and containers, and what kubectl's table says of them
 * (k8s.io/kubernetes/pkg/printers/internalversion, printPod).
 */
#ifndef SKJOB_POD_STATE_H
#define SKJOB_POD_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "fold.h"
#include "fold_outcome.h"

enum pod_phase { PHASE_PENDING, PHASE_RUNNING, PHASE_SUCCEEDED, PHASE_FAILED, PHASE_UNKNOWN };
enum pod_container_kind { CONTAINER_INIT, CONTAINER_SIDECAR, CONTAINER_MAIN };
enum pod_container_run { CONTAINER_WAITING, CONTAINER_RUNNING, CONTAINER_TERMINATED };

struct pod_container {
    const char *name; /* borrowed from the Job */
    enum pod_container_kind kind;
    enum pod_container_run run;
    bool ready;
    bool started;
    bool has_last; /* last_exit and last_reason are of the run before */
    int exit_code; /* TERMINATED */
    int last_exit;
    uint32_t restarts;
    char reason[64]; /* WAITING, TERMINATED; may be "" */
    char last_reason[64];
    int64_t started_us; /* FOLD_NO_TIME = not known */
    int64_t finished_us;
};

struct pod_state {
    enum pod_phase phase;
    char reason[64];    /* of the pod, "" = none */
    int64_t created_us; /* FOLD_NO_TIME = not known, as for the others */
    int64_t started_us;
    int64_t ended_us;
    int64_t deleted_us;      /* it was told to stop */
    struct pod_container *v; /* init containers and sidecars in their order, then the others */
    size_t n, n_init;        /* n_init: how many come first */
    char disruption[64];     /* the reason of DisruptionTarget, "" = none */
    bool disrupted;
};

/* Sets the containers up as spec (a PodSpec) has them, all waiting. The memory of a state that was
 * used before is used again. Returns 0, or -1 when out of memory. */
int pod_state_begin(struct pod_state *s, const json_t *spec);

/* The containers of a pod that is Pending, or runs: the first without an end of its own. */
void pod_state_wait(struct pod_state *s, const char *reason);
void pod_state_run(struct pod_state *s);

/* What the journal has of the end; a container that it does not name has ended as the phase says.
 */
void pod_state_end(struct pod_state *s, const struct fold_outcome_parts *parts);

/* The file "status" of the pod's folder (see pod/pod_status.h), len bytes. Lines that are none are
 * passed over. */
void pod_state_read(struct pod_state *s, const char *text, size_t len);

void pod_state_free(struct pod_state *s);

#define cleanup_pod_state __attribute__((cleanup(pod_state_free)))

const char *pod_state_phase(enum pod_phase phase);

/* The cells of the table: STATUS (also "Init:0/1", "Signal:9"), READY ("0/1") and RESTARTS. */
void pod_state_status(const struct pod_state *s, char out[128]);
void pod_state_ready(const struct pod_state *s, char out[32]);
uint32_t pod_state_restarts(const struct pod_state *s);

#endif
