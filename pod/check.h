/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One run of a probe or a hook: a program in the container, an HTTP request (by curl), a TCP
 * connection, or a pause. Nothing here blocks.
 */
#ifndef SKJOB_POD_CHECK_H
#define SKJOB_POD_CHECK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "container.h"
#include "plan.h"

struct check {
    const struct plan_action *action; /* NULL = none is running */
    pid_t pid;                        /* of the program, else -1 */
    int fd;                           /* of the connection, else -1: wait until it is writable */
    int64_t until_ms;                 /* CLOCK_NEVER = no limit */
    int64_t wake_ms;                  /* a pause is over */
    bool is_over;
    bool ok;
    char text[256]; /* why it has failed */
};

/* Begins it for a container that runs. It may be over at once. */
void check_begin(struct check *c, const struct plan_action *action, int64_t until_ms,
                 const struct container *container, const sigset_t *mask);

/* Its program has ended. */
void check_exited(struct check *c, int status);

/* Looks at connection and time. Lowers *due to when to look again. */
void check_look(struct check *c, int64_t now_ms, int64_t *due);

/* Ends it, and forgets it. */
void check_cancel(struct check *c);

#endif
