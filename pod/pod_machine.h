/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of a pod as a kubelet leads it, as a state machine: no processes, and time is an
 * argument. Whoever owns it says what has happened, and does what it asks for.
 *
 *   while (!pod_machine_over(m)) {
 *       while (pod_machine_next(m, now, &action)) do it, and report what came of it
 *       wait until something happens or pod_machine_due(m), and report it
 *   }
 *
 * Rules (of Kubernetes 1.36): init containers run one after the other; a sidecar (restartPolicy
 * Always) runs on from its place in that order; then all regular containers start, each after the
 * postStart hook of the one before it. The pod ends when all regular containers have ended for
 * good; then the sidecars are ended, the last one first. An exited container is restarted as its
 * restartPolicyRules say, else its restartPolicy, else the pod's: at once, then after 10 s, 20 s
 * ... 300 s, and from the start again when it has run for twice the longest time. Ending a
 * container: preStop, SIGTERM, SIGKILL when the grace period is over, but never less than 2 s after
 * SIGTERM.
 */
#ifndef SKJOB_POD_POD_MACHINE_H
#define SKJOB_POD_POD_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "plan.h"

#define POD_MACHINE_NEVER INT64_MAX
#define POD_MACHINE_AGAIN 5000 /* ms until a container that cannot start yet is tried again */

struct pod_machine_config {
    int64_t crash_base_ms; /* 10 s and 300 s in a kubelet */
    int64_t crash_cap_ms;
};

enum pod_check { CHECK_STARTUP, CHECK_LIVENESS, CHECK_POST_START, CHECK_PRE_STOP, CHECKS };

enum pod_state {
    POD_IDLE,     /* its turn has not come */
    POD_STARTING, /* POD_START was asked for */
    POD_RUNNING,
    POD_WAITING, /* to be started, or started again */
    POD_DONE,    /* has ended for good */
};

struct pod_event {
    enum {
        POD_STARTED, /* i runs */
        POD_NOT_YET, /* i lacks something: it is tried again; reason */
        POD_EXITED,  /* i has ended, or could not be started at all: exit_code, reason */
        POD_CHECKED, /* a check of i is over: check, ok */
        POD_STOP,    /* the pod is to end, in its grace period, or that of the event; within max_ms
                      * if that is shorter; 0 = no limit */
    } type;
    size_t i;
    int exit_code;
    const char *reason; /* lives as long as the machine */
    enum pod_check check;
    bool ok;
    int64_t max_ms;
    bool has_grace;
    int64_t grace_ms;
};

struct pod_action {
    enum {
        POD_START,  /* start i: answer with STARTED, NOT_YET or EXITED before the next action */
        POD_TERM,   /* send SIGTERM to i */
        POD_KILL,   /* send SIGKILL to i */
        POD_CHECK,  /* begin the check of i: answer with CHECKED when it is over */
        POD_CANCEL, /* end the check of i: it is not answered any more */
    } type;
    size_t i;
    bool is_restart; /* START: of a container that has been started before */
    enum pod_check check;
    int64_t until_ms; /* CHECK: when it has failed at the latest; NEVER = no limit */
};

/* A container as it is now. */
struct pod_view {
    enum pod_state state;
    const char *waiting; /* POD_WAITING, POD_IDLE: the reason */
    bool is_ending;      /* POD_RUNNING: it was told to end */
    bool is_up;          /* POD_RUNNING: startup probe and postStart hook are done */
    bool has_exited;     /* at least once; the last time: */
    int exit_code;
    const char *reason;
    uint32_t restarts;
};

struct pod_machine;

/* plan is borrowed, and must stay. */
int pod_machine_new(struct pod_machine **out, const struct plan *plan,
                    const struct pod_machine_config *config, struct error *err);
void pod_machine_free(struct pod_machine *m);

/* Times are milliseconds of a clock that nobody sets. */
void pod_machine_event(struct pod_machine *m, const struct pod_event *ev, int64_t now);

/* The next thing to do, false when there is none now. */
bool pod_machine_next(struct pod_machine *m, int64_t now, struct pod_action *out);

/* After pod_machine_next() has returned false: when to ask it again, if nothing happens. */
int64_t pod_machine_due(const struct pod_machine *m);

/* Nothing runs, and nothing will be started. */
bool pod_machine_over(const struct pod_machine *m);

/* Some container may still have to be started. */
bool pod_machine_may_start(const struct pod_machine *m);

struct pod_view pod_machine_view(const struct pod_machine *m, size_t i);

/* Of all containers together. */
uint32_t pod_machine_restarts(const struct pod_machine *m);

/* What a pod that is over ends with: 0 when it has succeeded, else the exit code of the first
 * failed container, init containers first; 143 when none has failed but not all have run. The exit
 * codes of sidecars never matter. */
int pod_machine_exit_code(const struct pod_machine *m);

#endif
