/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guard.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"

#define OWN_MS   1000  /* for the process to begin by itself */
#define EXTRA_MS 2000  /* over the grace period */
#define LOOK_MS  60000 /* the time of day may be set: no single wait is longer */

/* A pidfd stays with its process: a number that is used again does no harm. */
static int open_process(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Whether the process ends within ms. */
static bool ends_within(int process, int64_t ms)
{
    int64_t until = clock_monotonic_ms() + ms;
    for (;;) {
        struct pollfd p = {.fd = process, .events = POLLIN};
        int64_t left = until - clock_monotonic_ms();
        int rc = poll(&p, 1, left < 0 ? 0 : left > LOOK_MS ? LOOK_MS : (int)left);
        if (rc > 0)
            return true;
        if (rc == 0 && clock_monotonic_ms() >= until)
            return false;
        if (rc < 0 && errno != EINTR)
            return false;
    }
}

/* Returns false when the process has ended before its deadline. */
static bool wait_for_deadline(const struct guard *g, int process)
{
    int64_t at = g->deadline(g->arg);
    for (;;) {
        int64_t left = at == CLOCK_NEVER ? LOOK_MS : (at - clock_now_us()) / 1000 + 1;
        if (left > 0 && ends_within(process, left < LOOK_MS ? left : LOOK_MS))
            return false;
        if (clock_now_us() < at && at != CLOCK_NEVER)
            continue;
        at = g->deadline(g->arg);
        if (at <= clock_now_us())
            return true;
        if (ends_within(process, 1000))
            return false;
    }
}

/* A batch script leads a process group of its own. */
static void send(const struct guard *g, int process, int sig)
{
    if (!g->obeys && getpgid(g->pid) == g->pid)
        kill(-g->pid, sig);
    else
        syscall(SYS_pidfd_send_signal, process, sig, NULL, 0);
}

static void end(const struct guard *g, int process)
{
    int64_t grace = g->grace_s < 0 || g->grace_s > INT32_MAX ? INT32_MAX : g->grace_s;
    if (g->obeys && ends_within(process, OWN_MS))
        return;
    if (!g->obeys)
        send(g, process, SIGTERM);
    send(g, process, SIGCONT);
    if (!ends_within(process, grace * 1000 + EXTRA_MS))
        send(g, process, SIGKILL);
}

int guard_run(const struct guard *g, struct error *err)
{
    cleanup_close int process = open_process(g->pid);
    if (process < 0 && errno == ESRCH)
        return 0;
    if (process < 0)
        return error_set(err, "cannot watch process %d: %s", (int)g->pid, strerror(errno));
    if (wait_for_deadline(g, process))
        end(g, process);
    return 0;
}
