/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reap.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"

#define LIMIT_MS 5000

void reap_adopt(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void reap_kill(pid_t spare)
{
    char path[64];
    int pid;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    cleanup_file FILE *f = fopen(path, "re");
    while (f && fscanf(f, "%d", &pid) == 1)
        if (pid != spare)
            kill(pid, SIGKILL);
}

/* Reaps who has ended. Returns whether children are left. */
static bool reap_ended(void)
{
    pid_t pid;
    do {
        pid = waitpid(-1, NULL, WNOHANG);
    } while (pid > 0);
    return pid == 0 || errno != ECHILD;
}

int reap_everything(void)
{
    for (int waited = 0;; waited++) {
        reap_kill(-1);
        if (!reap_ended())
            return 0;
        if (waited >= LIMIT_MS)
            return -1;
        poll(NULL, 0, 1);
    }
}
