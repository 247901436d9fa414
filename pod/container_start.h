/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Starts containers, and programs in them: the only place that knows how. On the node itself, as
 * the user, with mounts of its own where the container has any (sandbox.h), or by the pod's runtime
 * (launch.h).
 */
#ifndef SKJOB_POD_CONTAINER_START_H
#define SKJOB_POD_CONTAINER_START_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "container.h"
#include "error.h"

struct container_io {
    bool with_stdin; /* the runner's descriptor 0; else /dev/null */
    int output;      /* becomes descriptors 1 and 2 */
    sigset_t mask;   /* of the new process */
};

/* Starts the container. Returns the process id of its leader, a child of the caller and the leader
 * of a process group of its own, when its program runs; else -1 with err in the words of a
 * container runtime. */
pid_t container_start(const struct container *c, const struct container_io *io, struct error *err);

/* Starts a program in the container, which runs: for probes and hooks. As above. */
pid_t container_exec(const struct container *c, char *const argv[], const struct container_io *io,
                     struct error *err);

#endif
