/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_run.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "job_state.h"
#include "pod_end.h"
#include "pod_machine.h"
#include "pod_net.h"
#include "pod_self.h"
#include "pod_slot.h"
#include "pod_status.h"
#include "pod_storage.h"
#include "reap.h"
#include "small_file.h"

struct run {
    struct plan *plan;
    struct attempt *attempt;
    struct supervisor *outside;
    struct values_source *src;
    struct supervise_alarm alarm;
    struct pod_machine *machine;
    struct slot *slots;
    struct pollfd *fds;
    int folder;        /* of the pod in the state, -1 = not opened */
    uint32_t recorded; /* restarts in the journal */
    bool is_stopped;   /* the machine has been told */
    bool is_signalled; /* and why */
    bool has_started;  /* something, since the last look */
    struct pod_storage storage;
    struct pod_net net;
    char *evicted; /* why the pod was evicted, NULL = it was not */
    char *status;  /* as the file was written last */
};

/* ---- events ---- */

static void report(struct run *r, struct pod_event ev)
{
    pod_machine_event(r->machine, &ev, clock_monotonic_ms());
}

static void stop(struct run *r)
{
    if (!r->is_stopped)
        report(r, (struct pod_event){.type = POD_STOP});
    r->is_stopped = true;
}

/* Slurm has sent a signal, and may not wait as long as the pod's grace period. */
static void stop_by_signal(struct run *r)
{
    struct pod_event ev = {.type = POD_STOP, .max_ms = attempt_stop_max_s(r->attempt) * 1000};
    ev.has_grace = attempt_deletion_grace(r->attempt, &ev.grace_ms);
    if (!r->is_signalled)
        report(r, ev);
    r->is_signalled = r->is_stopped = true;
}

static bool any_other_runs(const struct run *r, const struct slot *but)
{
    for (size_t i = 0; i < r->plan->n; i++)
        if (r->slots[i].pid && &r->slots[i] != but)
            return true;
    return false;
}

/* The canary belongs to a group that is alive, and must not be killed with one. */
static void move_canary(const struct run *r)
{
    pid_t group = 0;
    for (size_t i = 0; i < r->plan->n; i++)
        if (r->slots[i].pid)
            group = r->slots[i].pid;
    canary_join(&r->outside->canary, group);
}

/* A container's end takes its process group along; what has left the group cannot be told apart
 * from the other containers' processes, and goes with the last of them. */
static void end_leader(struct run *r, struct slot *s, int status)
{
    canary_join(&r->outside->canary, 0);
    kill(-s->pid, SIGKILL);
    launch_clean(&s->launch); /* before the runtime's own monitor of the container is killed */
    if (!any_other_runs(r, s))
        reap_kill(r->outside->canary.pid);
    slot_ended(s, status);
    move_canary(r);
}

static struct slot *slot_of(const struct run *r, pid_t pid)
{
    for (size_t i = 0; i < r->plan->n; i++)
        if (r->slots[i].pid == pid)
            return &r->slots[i];
    return NULL;
}

static struct check *check_of(const struct run *r, pid_t pid)
{
    for (size_t i = 0; i < r->plan->n; i++)
        for (size_t k = 0; k < CHECKS; k++)
            if (r->slots[i].checks[k].pid == pid)
                return &r->slots[i].checks[k];
    return NULL;
}

/* Who has ended is looked at before it is reaped: until then its id, which is its group's, cannot
 * be another's. */
static void reap_children(struct run *r)
{
    siginfo_t info = {0};
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid) {
        int status = info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
        struct slot *s = slot_of(r, info.si_pid);
        struct check *c = s ? NULL : check_of(r, info.si_pid);
        if (s)
            end_leader(r, s, status);
        if (c) {
            kill(-info.si_pid, SIGKILL);
            check_exited(c, status);
        }
        waitpid(info.si_pid, NULL, 0);
        info.si_pid = 0;
    }
}

/* ---- actions ---- */

static void open_folder(struct run *r)
{
    if (r->folder < 0)
        r->folder = attempt_folder(r->attempt);
}

/* Returns true when the Job has failed by this restart. */
static bool record_restart(struct run *r)
{
    uint32_t restarts = pod_machine_restarts(r->machine) + 1;
    if (restarts <= r->recorded)
        return false;
    r->recorded = restarts;
    return attempt_restarted(r->attempt, restarts) > 0;
}

/* What the pod knows of itself is put together anew: the Job's tree has rested since. */
static int start_slot(struct run *r, size_t i)
{
    struct error err;
    cleanup_pod_self struct pod_self self = {0};
    const json_t *spec = plan_spec(r->plan, i);
    r->src->job = r->plan->job;
    if (attempt_self(r->attempt, r->plan->job, r->src->environ_, &self, &err) ||
        pod_net_start(&r->net, &r->storage, &self.facts, &err)) {
        slot_say(&r->slots[i], "%s", err.text);
        return -1;
    }
    r->src->facts = &self.facts;
    int rc = slot_start(&r->slots[i], r->src, spec);
    r->src->facts = NULL;
    return rc;
}

static void start(struct run *r, const struct pod_action *a)
{
    if (a->is_restart && record_restart(r)) {
        stop(r);
        return;
    }
    r->has_started = true;
    int rc = start_slot(r, a->i);
    if (rc == 0)
        report(r, (struct pod_event){.type = POD_STARTED, .i = a->i});
    else if (rc > 0)
        report(r, (struct pod_event){
                      .type = POD_NOT_YET, .i = a->i, .reason = r->slots[a->i].waiting});
    else
        report(r, (struct pod_event){.type = POD_EXITED,
                                     .i = a->i,
                                     .exit_code = POD_END_START,
                                     .reason = "StartError"});
}

/* While signals settle it is not known yet whether Slurm has sent it to everybody. */
static void term(struct run *r, struct slot *s)
{
    if (s->has_term)
        return;
    s->wants_term = true;
    if (supervise_is_settling(r->outside))
        return;
    s->has_term = true;
    if (s->pid)
        supervise_send(r->outside, s->pid, SIGTERM);
}

static void kill_slot(const struct slot *s)
{
    if (!s->pid)
        return;
    kill(-s->pid, SIGKILL);
    kill(s->pid, SIGKILL); /* should it have left its group */
}

static void perform(struct run *r, const struct pod_action *a)
{
    struct slot *s = &r->slots[a->i];
    switch (a->type) {
    case POD_START:
        start(r, a);
        break;
    case POD_TERM:
        term(r, s);
        break;
    case POD_KILL:
        kill_slot(s);
        break;
    case POD_CHECK:
        slot_check(s, a->check, a->until_ms);
        break;
    case POD_CANCEL:
        check_cancel(&s->checks[a->check]);
        break;
    }
}

/* ---- the loop ---- */

/* A signal that has settled. */
static void pass_on(struct run *r, int sig, bool by_all)
{
    for (size_t i = 0; i < r->plan->n; i++) {
        struct slot *s = &r->slots[i];
        bool due = sig != SIGTERM || s->wants_term || s->has_term;
        if (!s->pid)
            continue;
        if (due && !by_all)
            supervise_send(r->outside, s->pid, sig);
        s->has_term |= sig == SIGTERM && (due || by_all);
    }
}

/* As the kubelet does: at once, whatever the grace period. */
static void evict(struct run *r, const char *why)
{
    fprintf(stderr, "skjob-pod: %s\n", why);
    r->evicted = strdup(why);
    stop(r);
    for (size_t i = 0; i < r->plan->n; i++)
        kill_slot(&r->slots[i]);
}

static void look_at_storage(struct run *r, int64_t *due)
{
    struct error why;
    if (!r->is_stopped && pod_storage_look(&r->storage, clock_monotonic_ms(), due, &why))
        evict(r, why.text);
}

static void look_outside(struct run *r, int64_t *due)
{
    int sig;
    bool by_all;
    if (r->outside->signalled)
        stop_by_signal(r);
    if (attempt_is_orphaned(r->attempt))
        stop(r);
    while (supervise_next(r->outside, &sig, &by_all, due))
        pass_on(r, sig, by_all);
    if (r->outside->must_look && !r->is_stopped)
        r->alarm.at_us = 0; /* it rings, and may say another time */
    r->outside->must_look = false;
    if (supervise_ring(&r->alarm, due))
        stop(r);
}

static void end_check(struct run *r, size_t i, enum pod_check check)
{
    static const char *const names[CHECKS] = {[CHECK_STARTUP] = "startup probe",
                                              [CHECK_LIVENESS] = "liveness probe",
                                              [CHECK_POST_START] = "postStart hook",
                                              [CHECK_PRE_STOP] = "preStop hook"};
    struct slot *s = &r->slots[i];
    struct check c = s->checks[check];
    check_cancel(&s->checks[check]);
    bool was_ending = pod_machine_view(r->machine, i).is_ending;
    report(r, (struct pod_event){.type = POD_CHECKED, .i = i, .check = check, .ok = c.ok});
    bool matters =
        check == CHECK_PRE_STOP || (!was_ending && pod_machine_view(r->machine, i).is_ending);
    if (!c.ok && matters)
        slot_say(s, "container %s failed its %s: %s", s->plan->name, names[check], c.text);
}

static void look_at_slot(struct run *r, size_t i, int64_t *due)
{
    struct slot *s = &r->slots[i];
    int64_t now = clock_monotonic_ms();
    for (enum pod_check k = 0; k < CHECKS; k++) {
        check_look(&s->checks[k], now, due);
        if (s->checks[k].action && s->checks[k].is_over)
            end_check(r, i, k);
    }
    if (!slot_look(s, now, due))
        return;
    if (s->share.message_file || *s->plan->message_path || s->plan->message_from_log)
        open_folder(r);
    int code = slot_finish(s, r->folder);
    bool is_oom = code == 128 + SIGKILL && attempt_is_oom(r->attempt);
    report(r, (struct pod_event){.type = POD_EXITED,
                                 .i = i,
                                 .exit_code = code,
                                 .reason = is_oom ? "OOMKilled"
                                           : code ? "Error"
                                                  : "Completed"});
}

/* Returns true when it has done something. */
static bool step(struct run *r, int64_t *due)
{
    struct pod_action action;
    bool acted = false;
    *due = CLOCK_NEVER;
    look_outside(r, due);
    look_at_storage(r, due);
    pod_net_look(&r->net, clock_monotonic_ms(), due);
    for (size_t i = 0; i < r->plan->n; i++)
        look_at_slot(r, i, due);
    while (pod_machine_next(r->machine, clock_monotonic_ms(), &action)) {
        perform(r, &action);
        acted = true;
    }
    if (pod_machine_due(r->machine) < *due)
        *due = pod_machine_due(r->machine);
    return acted;
}

/* Once it is there it must stay true. */
static void write_status(struct run *r)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (!r->status && !pod_status_matters(r->plan, r->machine))
        return;
    cleanup_free struct pod_times *times = calloc(r->plan->n, sizeof *times);
    for (size_t i = 0; times && i < r->plan->n; i++)
        times[i] = r->slots[i].times;
    if (times)
        pod_status_render(&text, r->plan, r->machine, times);
    if (text.failed || !text.len || (r->status && strcmp(r->status, text.data) == 0))
        return;
    open_folder(r);
    if (r->folder >= 0)
        small_file_replace(r->folder, "status", text.data, text.len);
    free(r->status);
    r->status = strbuf_steal(&text);
}

/* From here on we only wait: give the manifest's memory back. */
static void rest(struct run *r)
{
    if (!r->has_started)
        return;
    r->has_started = false;
    plan_rest(r->plan, pod_machine_may_start(r->machine));
    malloc_trim(0);
}

static int timeout_until(int64_t due)
{
    if (due == CLOCK_NEVER)
        return -1;
    int64_t left = due - clock_monotonic_ms();
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

/* Of the next places those that have a descriptor: poll() takes no more places than files may be
 * open. Returns how many there are by now. */
static nfds_t keep_open(struct pollfd *fds, nfds_t n, nfds_t added)
{
    nfds_t kept = n;
    for (nfds_t i = n; i < n + added; i++)
        if (fds[i].fd >= 0)
            fds[kept++] = fds[i];
    return kept;
}

static nfds_t fill_polls(const struct run *r)
{
    nfds_t n = 0;
    r->fds[n++] = (struct pollfd){.fd = r->outside->signals, .events = POLLIN};
    r->fds[n++] = (struct pollfd){.fd = r->outside->canary.fd, .events = POLLIN};
    /* Once it has told, it would do so for ever. */
    r->fds[n++] =
        (struct pollfd){.fd = r->attempt->orphaned ? -1 : r->attempt->parent_fd, .events = POLLIN};
    for (size_t i = 0; i < r->plan->n; i++) {
        slot_poll(&r->slots[i], r->fds + n);
        for (size_t k = 0; k < CHECKS; k++)
            r->fds[n + PUMP_POLLS + k] =
                (struct pollfd){.fd = r->slots[i].checks[k].fd, .events = POLLOUT};
        n = keep_open(r->fds, n, PUMP_POLLS + CHECKS);
    }
    return n;
}

static void loop(struct run *r)
{
    int64_t due;
    reap_children(r);
    for (;;) {
        while (step(r, &due))
            ;
        write_status(r);
        if (pod_machine_over(r->machine))
            return;
        rest(r);
        nfds_t n = fill_polls(r);
        if (poll(r->fds, n, timeout_until(due)) < 0 && errno != EINTR) {
            fprintf(stderr, "skjob-pod: poll: %s: the pod is ended\n", strerror(errno));
            return;
        }
        if (r->fds[0].revents || r->fds[1].revents) {
            supervise_read(r->outside);
            reap_children(r);
        }
    }
}

/* ---- from beginning to end ---- */

static int set_up(struct run *r, struct error *err)
{
    int64_t base_us, cap_us;
    size_t n = r->plan->n;
    job_state_crashloop(&base_us, &cap_us);
    const struct pod_machine_config config = {.crash_base_ms = base_us / 1000 + 1,
                                              .crash_cap_ms = cap_us / 1000 + 1};
    r->slots = calloc(n, sizeof *r->slots);
    r->fds = calloc(3 + n * (PUMP_POLLS + CHECKS), sizeof *r->fds);
    if (!r->slots || !r->fds)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < n; i++)
        slot_init(&r->slots[i], &r->plan->containers[i], r->attempt, r->outside);
    return pod_net_open(&r->net, r->attempt, r->plan->job, err) ||
                   pod_machine_new(&r->machine, r->plan, &config, err)
               ? -1
               : 0;
}

static void tear_down(struct run *r)
{
    for (size_t i = 0; r->slots && i < r->plan->n; i++)
        slot_free(&r->slots[i]);
    if (r->folder >= 0)
        close(r->folder);
    free(r->slots);
    free(r->fds);
    free(r->status);
    free(r->evicted);
    pod_machine_free(r->machine);
    pod_net_close(&r->net);
}

int pod_run(struct plan *plan, struct attempt *attempt, struct supervisor *outside,
            struct values_source *src)
{
    struct error err;
    struct run r = {.plan = plan,
                    .attempt = attempt,
                    .outside = outside,
                    .src = src,
                    .alarm = attempt_alarm(attempt),
                    .net = POD_NET_INIT,
                    .folder = -1};
    int code;
    src->storage = &r.storage;
    src->net = &r.net;
    pod_storage_open(&r.storage, attempt->slurm, src->environ_);
    if (set_up(&r, &err)) {
        code = pod_end_refuse(attempt, plan->containers[plan->n_init].name, err.text);
    } else {
        loop(&r);
        if (reap_everything())
            fprintf(stderr, "skjob-pod: some processes of the pod could not be killed\n");
        if (pod_storage_close(&r.storage, &err))
            fprintf(stderr, "skjob-pod: %s\n", err.text);
        const struct pod_end end = {plan, r.machine, r.slots, r.evicted};
        code = pod_end_close(&end, attempt, outside->signalled);
    }
    tear_down(&r);
    return code;
}
