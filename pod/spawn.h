/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Starts the container's process: its own process group, default signals, the descriptors 0 to 2
 * and no other. No shell: a text file without an interpreter line does not run, as in a container.
 */
#ifndef SKJOB_POD_SPAWN_H
#define SKJOB_POD_SPAWN_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "error.h"
#include "sandbox.h"

struct spawn {
    char *const *argv; /* argv[0] without a slash is looked up in PATH of envp */
    char *const *envp;
    const char *cwd;               /* NULL = the caller's */
    bool with_stdin;               /* the caller's descriptor 0; else /dev/null */
    int output;                    /* becomes descriptors 1 and 2 */
    sigset_t mask;                 /* of the new process */
    const struct sandbox *sandbox; /* NULL = the node as it is */
};

/* Returns the process id when the program runs (after a successful execve), else -1 with err in the
 * words of a container runtime. */
pid_t spawn_container(const struct spawn *s, struct error *err);

#endif
