/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Runs a container to its end: copies its output, passes signals on, ends it gracefully, and leaves
 * no process behind.
 *
 *   SIGTERM, SIGINT            SIGTERM to the container's process group; SIGKILL to everything
 *                              after the grace period, or stop_max_s if that is shorter
 *   SIGHUP QUIT USR1 USR2 CONT passed on to the process group
 *
 * A signal that Slurm has sent to the container as well is not sent again (canary.h).
 */
#ifndef SKJOB_POD_SUPERVISE_H
#define SKJOB_POD_SUPERVISE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "canary.h"
#include "pump.h"

struct supervisor {
    sigset_t old_mask; /* the mask that the runner was started with: the container's */
    int signals;       /* signalfd */
    struct canary canary;
    bool signalled;     /* a SIGTERM or SIGINT came from outside */
    int64_t stop_max_s; /* no grace is longer after that, 0 = no limit: SIGKILL is on its way */
};

/* A limit on the container's life. */
struct supervise_alarm {
    int64_t at_us; /* time of day; CLOCK_NEVER = no limit */
    /* Called when it has come. Returns the time it has moved to, or 0: the container is ended as by
     * a SIGTERM. Must not block. */
    int64_t (*ring)(void *arg);
    void *arg;
};

/* Blocks the signals, becomes subreaper and starts the canary. Call it first in main(): from then
 * on no signal is lost. Returns 0, or -1 with errno. */
int supervise_init(struct supervisor *s);

/* Waits for the container pid, a child and leader of its process group, whose output arrives in
 * pump. alarm may be NULL. Returns its wait status. Afterwards every other child is gone as well,
 * and the pump is empty and closed. */
int supervise(struct supervisor *s, pid_t pid, int64_t grace_seconds, struct pump *pump,
              const struct supervise_alarm *alarm);

/* When no container was started: ends the canary. */
void supervise_abandon(struct supervisor *s);

#endif
