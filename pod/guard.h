/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Watches the deadline of one process from outside. A runner ends its containers by itself when the
 * time has come; it is only helped when it is stopped, and killed when it hangs. A program that
 * knows nothing of deadlines (the script of a plain array) is ended as Slurm would do it.
 */
#ifndef SKJOB_POD_GUARD_H
#define SKJOB_POD_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"

struct guard {
    pid_t pid;       /* no child of ours */
    bool obeys;      /* it keeps the deadline itself, and wants no SIGTERM */
    int64_t grace_s; /* from SIGTERM, or from what it does itself, to SIGKILL */

    /* The time of day when it has to end; CLOCK_NEVER = not at all. Asked again when that time has
     * come, since deadlines move, and at most once a second. */
    int64_t (*deadline)(void *arg);
    void *arg;
};

/* Returns 0 when the process has ended or was killed, -1 with err when it cannot be watched. */
int guard_run(const struct guard *g, struct error *err);

#endif
