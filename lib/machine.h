/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A Job as a pure state machine: (spec, state, event) -> (state', actions). No clock, no I/O: time
 * is in the events. The rules are those of Kubernetes' Job controller
 * (k8s.io/kubernetes/pkg/controller/job, 1.36): which attempts run, how failures and successes
 * count, when to retry, when and why the Job ends. Reasons and messages are its words.
 *
 * Two ways to run it:
 * - as the controller (external == false): the machine decides when each pod is created and
 * deleted. Its actions are commands; a pod that it creates or deletes is active or terminating at
 * once.
 * - as a bookkeeper (external == true): somebody else (Slurm) starts the attempts and the machine
 *   counts them. It still says what to retry, when, and when the Job ends. Attempts need not be
 *   announced: MACHINE_POD_ENDED for one that was never MACHINE_POD_STARTED counts it. But only
 *   announced ones show as active and are counted as killed when the Job fails or is suspended, and
 *   a work queue (completions unset) is complete only when no announced attempt is left: announce
 *   each of its tasks (as PENDING) when it is submitted.
 *   The Job's startTime is the earliest of MACHINE_START and the first attempt's start (or end).
 *   A deadline that passes between two events is handled at its own time.
 *
 * A pod is known by (index, attempt). Indexed Jobs: the completion index, and a number that grows
 * with each pod of that index. Other Jobs: any unique pair, with not too many pods of one index.
 *
 * An event costs O(1) amortised (a few memory accesses), whatever the number of indexes, except:
 * changes of spec, decisions and deletions are O(active pods).
 */
#ifndef SKJOB_MACHINE_H
#define SKJOB_MACHINE_H

#include "error.h"
#include "indexset.h"
#include "job_spec.h"

#define MACHINE_NO_TIME  INT64_MIN
#define MACHINE_NEVER    INT64_MAX
#define MACHINE_NO_INDEX UINT32_MAX /* a pod without a valid completion index */

struct machine;

struct machine_config {
    bool external;
    bool decided_elsewhere;  /* make no terminal decision: MACHINE_DECIDED brings it */
    int64_t backoff_base_us; /* delay after the first failure; 10 s in Kubernetes */
    int64_t backoff_cap_us;  /* 600 s in Kubernetes' code, 360 s in its documentation */
};

enum machine_event_type {
    MACHINE_SYNC,          /* time has passed */
    MACHINE_SPEC,          /* spec changed: spec (may be the same object, changed in place) */
    MACHINE_START,         /* external: the Job's clock starts now, if it has not yet */
    MACHINE_POD_STARTED,   /* a pod exists: phase (PENDING or RUNNING), ready, failures, ignored;
                            * also updates phase and ready of a pod that is known */
    MACHINE_POD_RESTARTED, /* its containers were restarted in place: restarts (sum so far) */
    MACHINE_POD_DELETED,   /* somebody deleted it (kubectl delete pod): it terminates; outcome */
    MACHINE_POD_ENDED,     /* phase (SUCCEEDED or FAILED), outcome, pod; finished_us */
    MACHINE_POD_GONE,      /* it vanished without an end: its creation failed, or it was a
                            * terminating pod. Counts as nothing that was not counted yet */
    MACHINE_JOB_DELETED,   /* the Job is being deleted: no pod is created or deleted any more */
    MACHINE_RETRIED, /* external: go on where a failure of the Job left off; nothing has happened
                      * before: succeeded, given_up */
    MACHINE_DECIDED, /* external: the terminal decision was made elsewhere: decision */
};

enum machine_phase {
    MACHINE_PENDING,
    MACHINE_UNKNOWN,
    MACHINE_RUNNING,
    MACHINE_SUCCEEDED,
    MACHINE_FAILED,
};

/* A container that has terminated; others are left out of the lists. 128+n after signal n. */
struct machine_container {
    const char *name;
    int32_t exit_code;
};

struct machine_pod_condition {
    const char *type;
    const char *status; /* "True", "False", "Unknown" */
};

/* What podFailurePolicy looks at. Lists are in the order of the pod's status. */
struct machine_outcome {
    const struct machine_container *containers;
    size_t n_containers;
    const struct machine_container *init; /* init containers and sidecars */
    size_t n_init;
    const struct machine_pod_condition *conditions;
    size_t n_conditions;
};

enum machine_condition_type {
    MACHINE_SUSPENDED,
    MACHINE_FAILURE_TARGET,
    MACHINE_SUCCESS_CRITERIA_MET,
    MACHINE_COMPLETE,
    MACHINE_FAILED_CONDITION,
};

struct machine_condition {
    enum machine_condition_type type;
    bool status;
    int64_t time_us; /* lastTransitionTime and lastProbeTime */
    const char *reason;
    const char *message;
};

/* Everything in an event is borrowed for the time of the call, except spec. */
struct machine_event {
    enum machine_event_type type;
    int64_t time_us; /* now */

    uint32_t index; /* pod events */
    uint32_t attempt;
    enum machine_phase phase;
    bool ready;
    uint32_t restarts;    /* RESTARTED; STARTED */
    uint32_t failures;    /* STARTED: earlier failures of its index, as in its annotation */
    uint32_t ignored;     /* STARTED: earlier ignored failures */
    int64_t created_us;   /* STARTED; 0 = time_us */
    int64_t finished_us;  /* ENDED; 0 = time_us */
    const char *pod_name; /* ENDED: for the message of FailJob; NULL = made of job and index */
    const struct machine_outcome *outcome;

    const struct job_spec *spec; /* SPEC; kept, must outlive the machine */

    const struct machine_condition *decision; /* DECIDED: type COMPLETE or FAILED_CONDITION, reason,
                                               * message; its interim condition is made as well */

    const struct indexset *succeeded; /* RETRIED: they have succeeded before */
    const struct indexset *given_up;  /* RETRIED: they have not, and do not run again */

    bool more;      /* events that happened together follow: no decision yet */
    bool unsettled; /* earlier actions have not taken effect: no creation, deletion, decision */
};

enum machine_action_type {
    MACHINE_CREATE_POD, /* index, attempt, failures, ignored, at_us. External: retry the index not
                         * before at_us (attempt is then one more than the one that failed) */
    MACHINE_DELETE_POD, /* index, attempt: stop it gracefully; report its end */
    MACHINE_STOP_ALL,   /* external: the Job has been decided (for good or bad): stop every attempt,
                         * and what waits to be started */
    MACHINE_DELETE_JOB, /* ttlSecondsAfterFinished has passed: delete the Job and its pods */
};

struct machine_action {
    enum machine_action_type type;
    uint32_t index;
    uint32_t attempt;
    uint32_t failures;
    uint32_t ignored;
    int64_t at_us;
};

/* Filled by machine_handle(), from empty. A zeroed struct may be used; reuse saves allocations. */
struct machine_actions {
    struct machine_action *v;
    size_t len;
    size_t cap;
    int64_t wake_us;   /* send MACHINE_SYNC at this time at the latest; MACHINE_NEVER */
    int64_t create_us; /* when a pod that waits for its back-off is due; MACHINE_NEVER */
};

void machine_actions_free(struct machine_actions *a);

#define cleanup_machine_actions __attribute__((cleanup(machine_actions_free)))

/* spec is borrowed and must outlive the machine. cfg NULL: the controller of Kubernetes, 10 s and
 * 360 s. NULL when out of memory. */
struct machine *machine_new(const struct job_spec *spec, const struct machine_config *cfg);
void machine_free(struct machine *m);

static inline void machine_freep(struct machine **p)
{
    machine_free(*p);
}

#define cleanup_machine __attribute__((cleanup(machine_freep)))

/* Handles one event. actions may be NULL (a fold of the past). Times may not decrease by much: an
 * event before the latest one is handled as if it came now. Returns 0, or -1 with err (out of
 * memory, an index out of range); the machine is then only good for machine_free(). */
int machine_handle(struct machine *m, const struct machine_event *ev,
                   struct machine_actions *actions, struct error *err);

/* A view of the state; valid until the next machine_handle(). */
struct machine_view {
    const struct job_spec *spec;
    int64_t start_us;      /* MACHINE_NO_TIME = none */
    int64_t completion_us; /* MACHINE_NO_TIME = none */
    uint32_t active;
    uint32_t ready;
    uint32_t terminating;
    uint64_t succeeded;
    uint64_t failed;
    const struct indexset *completed_indexes; /* NULL: not an Indexed Job */
    const struct indexset *failed_indexes;    /* NULL: no backoffLimitPerIndex */
    const struct indexset *given_up;          /* see MACHINE_RETRIED */
    const struct machine_condition *conditions;
    size_t n_conditions;
    uint32_t backoff_failures; /* failures since the last success: the job-wide back-off */
    int64_t backoff_until_us;  /* no pod is created before; MACHINE_NO_TIME = no back-off */
};

void machine_view(const struct machine *m, struct machine_view *view);

/* The condition of this type that is True, or NULL. */
const struct machine_condition *machine_condition(const struct machine *m,
                                                  enum machine_condition_type type);

/* True once FailureTarget or SuccessCriteriaMet is set (no attempt should start any more), and once
 * Failed or Complete is set. */
bool machine_decided(const struct machine *m);
bool machine_finished(const struct machine *m);

/* "Complete", "FailureTarget" ... */
const char *machine_condition_name(enum machine_condition_type type);

#endif
