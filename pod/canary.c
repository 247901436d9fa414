/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "canary.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

static void sing(int fd, const sigset_t *signals) __attribute__((noreturn));

static void sing(int fd, const sigset_t *signals)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "skjob-canary");
    for (int other = 0; other < fd; other++)
        close(other); /* nobody may wait for the end of a pipe because of us */
    for (;;) {
        int sig;
        if (sigwait(signals, &sig))
            _exit(1);
        unsigned char byte = (unsigned char)sig;
        if (write(fd, &byte, 1) != 1)
            _exit(1);
    }
}

struct canary canary_start(const sigset_t *signals)
{
    struct canary none = {-1, -1};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
        return none;
    pid_t pid = fork();
    if (pid == 0)
        sing(ends[1], signals);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return none;
    }
    return (struct canary){pid, ends[0]};
}

void canary_join(const struct canary *c, pid_t group)
{
    if (c->pid > 0)
        setpgid(c->pid, group ? group : getpgrp());
}
