/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "supervise.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"
#include "reap.h"
#include "runner_signal.h"

#define ECHO_MS 1000 /* reports of the canary count together with a signal of ours this long */

/* What becomes of the signals that the runner gets. */
static const struct {
    int sig;
    int send; /* to the containers */
    bool stop;
} actions[SUPERVISE_SIGNALS] = {
    {SIGTERM, SIGTERM, true},  {SIGINT, SIGTERM, true},   {SIGHUP, SIGHUP, false},
    {SIGQUIT, SIGQUIT, false}, {SIGUSR1, SIGUSR1, false}, {SIGUSR2, SIGUSR2, false},
    {SIGCONT, SIGCONT, false},
};

int supervise_init(struct supervisor *s)
{
    sigset_t watched;
    sigset_t all;
    *s = (struct supervisor){.signals = -1, .canary = {-1, -1}};
    sigemptyset(&watched);
    for (size_t i = 0; i < SUPERVISE_SIGNALS; i++) {
        sigaddset(&watched, actions[i].sig);
        s->send_at[i] = CLOCK_NEVER;
    }
    all = watched;
    sigaddset(&all, SIGCHLD);
    sigaddset(&all, RUNNER_SIGNAL_LOOK);
    sigaddset(&all, SIGPIPE);
    signal(SIGCHLD, SIG_DFL); /* if we inherited SIG_IGN, the kernel would eat the wait status */
    if (sigprocmask(SIG_BLOCK, &all, &s->old_mask))
        return -1;
    reap_adopt();
    s->canary = canary_start(&watched);
    sigdelset(&all, SIGPIPE);
    s->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    return s->signals < 0 ? -1 : 0;
}

static int find_action(int sig)
{
    for (int i = 0; i < SUPERVISE_SIGNALS; i++)
        if (actions[i].sig == sig)
            return i;
    return -1;
}

static void take_signal(struct supervisor *s, int sig)
{
    int i = find_action(sig);
    s->must_look |= sig == RUNNER_SIGNAL_LOOK;
    if (i < 0)
        return;
    s->signalled |= actions[i].stop;
    if (s->send_at[i] == CLOCK_NEVER)
        s->send_at[i] = clock_monotonic_ms() + SUPERVISE_SETTLE_MS;
}

static void read_canary(struct supervisor *s)
{
    unsigned char sig;
    ssize_t n = -1;
    while (s->canary.fd >= 0 && (n = read(s->canary.fd, &sig, 1)) == 1) {
        int i = find_action(sig);
        int64_t now = clock_monotonic_ms();
        if (i >= 0 && (!s->sent[i] || now - s->sent[i] >= ECHO_MS))
            s->heard[i] = now;
    }
    if (n == 0) { /* somebody killed it */
        close(s->canary.fd);
        s->canary = (struct canary){-1, -1}; /* its pid may become another's */
    }
}

/* The canary first: what it has heard decides about what we have got. */
void supervise_read(struct supervisor *s)
{
    struct signalfd_siginfo info;
    read_canary(s);
    while (read(s->signals, &info, sizeof info) == (ssize_t)sizeof info)
        take_signal(s, (int)info.ssi_signo);
}

/* SIGINT is passed on as SIGTERM, so it does not matter who else got the SIGINT. */
static bool was_sent_to_all(const struct supervisor *s, int i, int64_t now)
{
    return actions[i].sig == actions[i].send && s->heard[i] && now - s->heard[i] < ECHO_MS;
}

bool supervise_next(struct supervisor *s, int *sig, bool *by_all, int64_t *due)
{
    int64_t now = clock_monotonic_ms();
    for (int i = 0; i < SUPERVISE_SIGNALS; i++) {
        if (s->send_at[i] <= now) {
            s->send_at[i] = CLOCK_NEVER;
            *sig = actions[i].send;
            *by_all = was_sent_to_all(s, i, now);
            return true;
        }
        if (s->send_at[i] < *due)
            *due = s->send_at[i];
    }
    return false;
}

bool supervise_is_settling(const struct supervisor *s)
{
    for (int i = 0; i < SUPERVISE_SIGNALS; i++)
        if (actions[i].stop && s->send_at[i] != CLOCK_NEVER)
            return true;
    return false;
}

void supervise_send(struct supervisor *s, pid_t group, int sig)
{
    int i = find_action(sig);
    if (i >= 0)
        s->sent[i] = clock_monotonic_ms();
    kill(-group, sig);
}

/* The wait is on the other clock: the time of day may be set, so it is looked at every minute. */
bool supervise_ring(struct supervise_alarm *alarm, int64_t *due)
{
    while (alarm->at_us != CLOCK_NEVER) {
        int64_t left = alarm->at_us - clock_now_us();
        if (left > 0) {
            int64_t at = clock_monotonic_ms() + (left < 60000000 ? left / 1000 + 1 : 60000);
            *due = at < *due ? at : *due;
            return false;
        }
        int64_t moved = alarm->ring(alarm->arg);
        alarm->at_us = moved ? moved : CLOCK_NEVER;
        if (!moved)
            return true;
    }
    return false;
}
