/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "supervise.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "reap.h"

#define SETTLE_MS 50    /* within this time one kill() of Slurm's reaches all processes of a step */
#define ECHO_MS   1000  /* reports of the canary count together with a signal of ours this long */
#define KILL_MS   5000  /* for the last processes to die */
#define STUCK_MS  30000 /* for a reader of our output that does not read, once all have ended */

#define NEVER CLOCK_NEVER

/* What becomes of the signals that the runner gets. */
static const struct {
    int sig;
    int send; /* to the container */
    bool stop;
} actions[] = {
    {SIGTERM, SIGTERM, true},  {SIGINT, SIGTERM, true},   {SIGHUP, SIGHUP, false},
    {SIGQUIT, SIGQUIT, false}, {SIGUSR1, SIGUSR1, false}, {SIGUSR2, SIGUSR2, false},
    {SIGCONT, SIGCONT, false},
};
#define ACTIONS (sizeof actions / sizeof *actions)

struct run {
    struct supervisor *s;
    struct pump *pump;
    pid_t pid;
    bool ended;
    int status;
    int64_t grace_ms;
    int64_t kill_at;
    struct supervise_alarm alarm;
    int64_t send_at[ACTIONS]; /* when the signal is passed on; NEVER = none is waiting */
    int64_t sent[ACTIONS];    /* last time we sent it; the canary hears that too */
    int64_t heard[ACTIONS];   /* last time the canary heard it from somebody else */
};

int supervise_init(struct supervisor *s)
{
    sigset_t watched;
    sigset_t all;
    *s = (struct supervisor){.signals = -1, .canary = {-1, -1}};
    sigemptyset(&watched);
    for (size_t i = 0; i < ACTIONS; i++)
        sigaddset(&watched, actions[i].sig);
    all = watched;
    sigaddset(&all, SIGCHLD);
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
    for (size_t i = 0; i < ACTIONS; i++)
        if (actions[i].sig == sig)
            return (int)i;
    return -1;
}

static void reap_children(struct run *r)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == r->pid) {
            r->ended = true;
            r->status = status;
        }
    }
    if (pid < 0 && errno == ECHILD)
        r->ended = true; /* cannot happen, but would be an endless wait */
}

/* The grace period runs from the first time on. */
static void give_notice(struct run *r, int64_t grace_ms)
{
    int64_t at;
    if (__builtin_add_overflow(clock_monotonic_ms(), grace_ms, &at))
        at = NEVER;
    if (at < r->kill_at)
        r->kill_at = at;
}

static void take_signal(struct run *r, int sig)
{
    int i = find_action(sig);
    if (i < 0)
        return;
    int64_t now = clock_monotonic_ms();
    if (actions[i].stop && !r->s->signalled) {
        int64_t max_ms = r->s->stop_max_s * 1000;
        r->s->signalled = true;
        give_notice(r, max_ms && max_ms < r->grace_ms ? max_ms : r->grace_ms);
    }
    if (r->send_at[i] == NEVER)
        r->send_at[i] = now + SETTLE_MS;
}

static void read_signals(struct run *r)
{
    struct signalfd_siginfo info;
    while (read(r->s->signals, &info, sizeof info) == (ssize_t)sizeof info)
        if ((int)info.ssi_signo != SIGCHLD)
            take_signal(r, (int)info.ssi_signo);
    reap_children(r);
}

static void read_canary(struct run *r)
{
    unsigned char sig;
    ssize_t n;
    while ((n = read(r->s->canary.fd, &sig, 1)) == 1) {
        int i = find_action(sig);
        int64_t now = clock_monotonic_ms();
        if (i < 0 || (r->sent[i] && now - r->sent[i] < ECHO_MS))
            continue;
        r->heard[i] = now;
    }
    if (n == 0) { /* somebody killed it */
        close(r->s->canary.fd);
        r->s->canary.fd = -1;
    }
}

/* SIGINT is passed on as SIGTERM, so it does not matter who else got the SIGINT. */
static bool was_sent_to_all(const struct run *r, size_t i, int64_t now)
{
    return actions[i].sig == actions[i].send && r->heard[i] && now - r->heard[i] < ECHO_MS;
}

static void send_term(struct run *r)
{
    r->sent[find_action(SIGTERM)] = clock_monotonic_ms();
    kill(-r->pid, SIGTERM);
    give_notice(r, r->grace_ms);
}

/* Returns when to look again, on the other clock: the time of day may be set. */
static int64_t look_at_alarm(struct run *r)
{
    if (r->alarm.at_us == CLOCK_NEVER)
        return NEVER;
    int64_t left = r->alarm.at_us - clock_now_us();
    if (left > 0)
        return clock_monotonic_ms() + left / 1000 + 1;
    int64_t moved = r->alarm.ring(r->alarm.arg);
    r->alarm.at_us = moved ? moved : CLOCK_NEVER;
    if (!moved)
        send_term(r);
    return moved ? clock_monotonic_ms() : NEVER;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Returns when the next thing is due. */
static int64_t do_what_is_due(struct run *r)
{
    int64_t alarm = look_at_alarm(r);
    int64_t now = clock_monotonic_ms();
    int64_t next = earlier(r->kill_at, alarm);
    for (size_t i = 0; i < ACTIONS; i++) {
        if (r->send_at[i] <= now) {
            r->send_at[i] = NEVER;
            if (was_sent_to_all(r, i, now))
                continue;
            int heard_as = find_action(actions[i].send);
            r->sent[heard_as] = now;
            kill(-r->pid, actions[i].send);
        } else if (r->send_at[i] < next) {
            next = r->send_at[i];
        }
    }
    if (r->kill_at <= now) {
        r->kill_at = NEVER;
        kill(-r->pid, SIGKILL);
        reap_kill();
    }
    return next;
}

static int timeout_until(int64_t due)
{
    if (due == NEVER)
        return -1;
    int64_t left = due - clock_monotonic_ms();
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void wait_for_end(struct run *r)
{
    struct pollfd fds[2 + PUMP_POLLS];
    reap_children(r);
    while (!r->ended) {
        int64_t due = do_what_is_due(r);
        fds[0] = (struct pollfd){.fd = r->s->signals, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = r->s->canary.fd, .events = POLLIN};
        pump_poll(r->pump, fds + 2);
        if (poll(fds, 2 + PUMP_POLLS, timeout_until(due)) < 0 && errno != EINTR)
            break;
        /* The canary first: what it has heard decides about what we have got. */
        if (fds[1].revents)
            read_canary(r);
        if (fds[0].revents)
            read_signals(r);
        pump_run(r->pump);
    }
}

/* Everything that the ended processes have written is in the pipe. Whoever could not be killed may
 * hold its other end open, so its end is not waited for. */
static void drain(struct pump *pump)
{
    struct pollfd fds[PUMP_POLLS];
    for (;;) {
        if (pump_run(pump))
            continue;
        if (!pump_pending(pump))
            break;
        pump_poll(pump, fds);
        if (poll(fds, PUMP_POLLS, STUCK_MS) == 0)
            break;
    }
    pump_close(pump);
}

/* A container that ends badly may have been signalled by Slurm a moment before we are. */
static void settle_signals(struct run *r)
{
    struct pollfd fd = {.fd = r->s->signals, .events = POLLIN};
    int64_t until = clock_monotonic_ms() + SETTLE_MS;
    int64_t left;
    while (r->status != 0 && !r->s->signalled && (left = until - clock_monotonic_ms()) > 0)
        if (poll(&fd, 1, (int)left) > 0)
            read_signals(r);
}

int supervise(struct supervisor *s, pid_t pid, int64_t grace_seconds, struct pump *pump,
              const struct supervise_alarm *alarm)
{
    static const struct supervise_alarm none = {.at_us = CLOCK_NEVER};
    struct run r = {.s = s,
                    .pump = pump,
                    .pid = pid,
                    .status = SIGKILL,
                    .kill_at = NEVER,
                    .alarm = alarm ? *alarm : none};
    if (__builtin_mul_overflow(grace_seconds, (int64_t)1000, &r.grace_ms))
        r.grace_ms = NEVER;
    for (size_t i = 0; i < ACTIONS; i++)
        r.send_at[i] = NEVER;
    canary_join(&s->canary, pid);
    wait_for_end(&r);
    settle_signals(&r);
    if (reap_everything(KILL_MS))
        fprintf(stderr, "skjob-pod: some processes of the container could not be killed\n");
    drain(pump);
    return r.status;
}

void supervise_abandon(struct supervisor *s)
{
    (void)s;
    reap_everything(KILL_MS);
}
