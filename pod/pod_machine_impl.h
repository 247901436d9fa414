/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of pod_machine.c share: pod_machine_end.c ends containers, pod_machine_checks.c
 * has probes and hooks, pod_machine_restart.c the rules of restarting.
 */
#ifndef SKJOB_POD_POD_MACHINE_IMPL_H
#define SKJOB_POD_POD_MACHINE_IMPL_H

#include "pod_machine.h"

/* How far the ending of a container is. */
enum ending {
    END_NONE,
    END_PRE_STOP, /* the hook is to be run, or runs */
    END_TURN,     /* a sidecar waits for those that need it */
    END_TERM,     /* SIGTERM is sent, SIGKILL follows at kill_at */
    END_KILL,     /* SIGKILL is sent */
};

struct check_state {
    bool asked;      /* under way */
    bool cancel;     /* its end is to be asked for */
    int64_t next_at; /* NEVER = not now */
    int good, bad;   /* results in a row */
};

struct member {
    enum pod_state state;
    const char *waiting;
    int64_t start_at;
    bool created; /* has been started at least once */
    bool hooked;  /* its postStart hook is done */
    bool probed;  /* its startup probe has succeeded */
    bool up;      /* both */

    bool has_exited;
    int exit_code;
    const char *reason;
    int64_t exited_at;
    uint32_t restarts;
    int64_t backoff_ms; /* the next wait; 0 = none so far */
    int64_t decided_at; /* the last time it was to be started again */

    enum ending ending;
    bool of_pod; /* it ends with the pod */
    int64_t end_by;
    int64_t kill_at;
    const char *killed_for; /* a probe or hook failed: the reason */

    struct check_state checks[CHECKS];
};

struct pod_machine {
    const struct plan *plan;
    struct pod_machine_config config;
    bool initialized; /* all regular containers may start */
    bool stopping;    /* nothing is started any more */
    bool restarting;  /* all containers end, to begin anew */
    int64_t grace_ms; /* of the stop */
    int64_t hold_until;
    int64_t due;
    struct member members[];
};

enum verdict { VERDICT_DONE, VERDICT_RESTART, VERDICT_RESTART_ALL };

/* It runs, or is being started. */
bool pod_machine_runs(const struct pod_machine *m, size_t i);

/* Whether at has come; if not, it is remembered as due. */
bool pod_machine_is_due(struct pod_machine *m, int64_t at, int64_t now);

/* What becomes of a container that has ended while the pod goes on. */
enum verdict pod_machine_verdict(const struct plan_container *p, const struct member *c);
/* When the next start of the container may be, now that it has ended. */
int64_t pod_machine_backoff(struct pod_machine *m, size_t i, int64_t now);

/* Ends the container within the grace period, if it runs; or at once. */
void pod_machine_end(struct pod_machine *m, size_t i, int64_t grace_ms, int64_t now);
void pod_machine_end_now(struct pod_machine *m, size_t i, int64_t now);
bool pod_machine_next_end(struct pod_machine *m, size_t i, int64_t now, struct pod_action *out);

void pod_machine_begin_checks(struct pod_machine *m, size_t i, int64_t now);
void pod_machine_cancel_checks(struct pod_machine *m, size_t i);
bool pod_machine_next_check(struct pod_machine *m, size_t i, int64_t now, struct pod_action *out);
void pod_machine_on_checked(struct pod_machine *m, const struct pod_event *ev, int64_t now);

#endif
