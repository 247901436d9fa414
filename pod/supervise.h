/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What reaches the runner from outside: signals and limits.
 *
 *   SIGTERM, SIGINT            the pod is to end; SIGTERM for its containers
 *   SIGHUP QUIT USR1 USR2 CONT passed on to the process groups of the containers
 *   RUNNER_SIGNAL_LOOK         the Job's deadline has changed
 *
 * A signal that Slurm has sent to the containers as well is not sent again (canary.h). Which it is
 * shows a moment later, so every signal settles for some milliseconds before it is passed on.
 */
#ifndef SKJOB_POD_SUPERVISE_H
#define SKJOB_POD_SUPERVISE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "canary.h"

#define SUPERVISE_SIGNALS   7
#define SUPERVISE_SETTLE_MS 50 /* by then a kill() of Slurm's has reached all of a step */

struct supervisor {
    sigset_t old_mask; /* the mask that the runner was started with: the containers' */
    int signals;       /* signalfd */
    struct canary canary;
    bool signalled;                     /* a SIGTERM or SIGINT came from outside */
    bool must_look;                     /* a RUNNER_SIGNAL_LOOK came */
    int64_t send_at[SUPERVISE_SIGNALS]; /* when it is passed on; CLOCK_NEVER = none is waiting */
    int64_t sent[SUPERVISE_SIGNALS];    /* last time we sent it; the canary hears that too */
    int64_t heard[SUPERVISE_SIGNALS];   /* last time the canary heard it from somebody else */
};

/* A limit on the pod's life. */
struct supervise_alarm {
    int64_t at_us; /* time of day; CLOCK_NEVER = no limit */
    /* Called when it has come. Returns the time it has moved to, or 0: the pod is ended as by a
     * SIGTERM. Must not block. */
    int64_t (*ring)(void *arg);
    void *arg;
};

/* Blocks the signals, becomes subreaper and starts the canary. Call it first in main(): from then
 * on no signal is lost. Returns 0, or -1 with errno. */
int supervise_init(struct supervisor *s);

/* Reads what has come: signals and what the canary says. Children are the caller's. */
void supervise_read(struct supervisor *s);

/* Takes one signal that has settled: *sig is what the containers are to get, *by_all that they have
 * got it already. Returns false when there is none; then *due is lowered to when there may be. */
bool supervise_next(struct supervisor *s, int *sig, bool *by_all, int64_t *due);

/* Some SIGTERM or SIGINT has not settled yet. */
bool supervise_is_settling(const struct supervisor *s);

/* Sends sig to the process group. */
void supervise_send(struct supervisor *s, pid_t group, int sig);

/* Returns true when the limit has come and has not moved: it is none any more. Else *due is lowered
 * to when to look again. */
bool supervise_ring(struct supervise_alarm *alarm, int64_t *due);

#endif
