/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * helper.h, between fork() and exec(): the child of a process with threads, so only what is safe in
 * a signal handler.
 */
#ifndef SKJOB_PLUGIN_HELPER_CHILD_H
#define SKJOB_PLUGIN_HELPER_CHILD_H

#include "helper.h"

enum helper_step {
    HELPER_FORK,
    HELPER_ROOT,
    HELPER_SESSION,
    HELPER_DESCRIPTORS,
    HELPER_FOLDER,
    HELPER_LIMITS,
    HELPER_GROUPS,
    HELPER_GID,
    HELPER_UID,
    HELPER_VERIFY,
    HELPER_EXEC,
    HELPER_STEPS
};

/* What the child writes to the pipe `report` when it cannot go on; exec() closes it. */
struct helper_failure {
    int step;
    int errno_;
};

/* out, error: -1 = /dev/null. All descriptors are the caller's; report is close-on-exec. */
void helper_child(const struct helper *h, int out, int error, int report) __attribute__((noreturn));

/* The same in a child of this process, and ends this one. */
void helper_child_detach(const struct helper *h, int report) __attribute__((noreturn));

#endif
