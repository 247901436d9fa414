/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The place of one container in a running pod: its processes, its output, its probes and hooks, and
 * its termination message. Every run of the container uses it anew.
 */
#ifndef SKJOB_POD_POD_SLOT_H
#define SKJOB_POD_POD_SLOT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "attempt.h"
#include "check.h"
#include "container.h"
#include "launch.h"
#include "log_clock.h"
#include "plan.h"
#include "pod_machine.h"
#include "pod_status.h"
#include "pod_storage.h"
#include "pump.h"
#include "supervise.h"
#include "values.h"

struct slot {
    const struct plan_container *plan;
    struct attempt *attempt;
    struct supervisor *outside;
    struct pod_times times;

    pid_t pid;         /* the leader while it runs, else 0 */
    bool is_open;      /* from its start until slot_finish() */
    bool is_told;      /* that it cannot start yet */
    bool wants_term;   /* as soon as the signals have settled */
    bool has_term;     /* has got SIGTERM, from us or from Slurm */
    uint32_t missed;   /* signals that Slurm sent to everybody before it ran: supervise_waiting() */
    int status;        /* of the ended leader */
    int64_t settle_at; /* until then a signal may come that explains the end */
    int64_t stuck_at;  /* until then a reader of our output may read */
    unsigned long long drain_to;

    struct pump *pump;
    int log; /* -1 = none */
    struct log_clock clock;
    off_t log_from; /* where this run begins in it */
    struct values values;
    struct storage_share share;
    struct container container;
    struct launch launch;
    const char *waiting; /* why it cannot start yet: a reason of the kubelet's */
    struct check checks[CHECKS];
    char *message; /* of the last run that had one */
};

void slot_init(struct slot *s, const struct plan_container *plan, struct attempt *attempt,
               struct supervisor *outside);
void slot_free(struct slot *s);

/* Starts the container. Returns 0; 1 when it lacks something (waiting), -1 when it cannot be
 * started: both are told. */
int slot_start(struct slot *s, const struct values_source *src, const json_t *spec);

/* A message to the user: on stderr and in the container's log. */
void slot_say(const struct slot *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* SIGKILL to the leader and its group, if it runs. */
void slot_kill(const struct slot *s);

/* The leader has ended: status. What it left in its process group must be killed by now. */
void slot_ended(struct slot *s, int status);

/* Fills PUMP_POLLS descriptors to wait for. */
void slot_poll(const struct slot *s, struct pollfd *fds);

/* Moves output. Returns true when the container is over: ended, its output written, and nothing
 * more to be heard of why; else *due is lowered to when that changes by itself. */
bool slot_look(struct slot *s, int64_t now, int64_t *due);

/* After that: takes the message, and closes what belongs to this run. folder: of the pod, -1 =
 * none. Returns the exit code. */
int slot_finish(struct slot *s, int folder);

void slot_check(struct slot *s, enum pod_check check, int64_t until_ms);

#endif
