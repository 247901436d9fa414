/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Did Slurm signal the runner alone, or every process of the step? scancel and the time limit
 * signal all of them, scancel --batch the runner only, and the runner must pass on the second kind
 * but not the first: a program that gets SIGTERM twice often takes the second one for impatience.
 * No call tells the two apart. So a small process stands among the container's processes, and
 * reports every signal that reaches it.
 */
#ifndef SKJOB_POD_CANARY_H
#define SKJOB_POD_CANARY_H

#include <signal.h>
#include <sys/types.h>

struct canary {
    pid_t pid; /* -1 when it could not be started: then nothing is ever reported */
    int fd;    /* one byte, the signal's number, per signal; owned; -1 without a canary */
};

/* Forks it. All of the signals must be blocked already. Call it early: it keeps the memory that the
 * process has at this moment. */
struct canary canary_start(const sigset_t *signals);

/* Puts it into a container's process group, so that it is reached by what reaches the container; 0
 * = back into the caller's, before the group is killed. */
void canary_join(const struct canary *c, pid_t group);

#endif
