/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_machine.h"

#include <stdlib.h>

#include "pod_machine_impl.h"

#define EXIT_TERM 143

int pod_machine_new(struct pod_machine **out, const struct plan *plan,
                    const struct pod_machine_config *config, struct error *err)
{
    struct pod_machine *m = calloc(1, sizeof *m + plan->n * sizeof *m->members);
    *out = m;
    if (!m)
        return error_set(err, "out of memory");
    m->plan = plan;
    m->config = *config;
    m->due = POD_MACHINE_NEVER;
    return 0;
}

void pod_machine_free(struct pod_machine *m)
{
    free(m);
}

/* ---- starting ---- */

/* The containers after it may start. */
static bool is_passed(const struct pod_machine *m, size_t i)
{
    const struct member *c = &m->members[i];
    if (m->plan->containers[i].kind == PLAN_SIDECAR)
        return c->state == POD_RUNNING && c->up;
    return c->state == POD_DONE && c->exit_code == 0;
}

static void note_initialized(struct pod_machine *m)
{
    if (m->initialized)
        return;
    for (size_t i = 0; i < m->plan->n_init; i++)
        if (!is_passed(m, i))
            return;
    m->initialized = true;
}

/* A regular container waits for the postStart hooks of those before it, and for nothing else. */
static bool in_hook(const struct pod_machine *m, size_t i)
{
    const struct member *c = &m->members[i];
    return c->state == POD_IDLE || c->state == POD_STARTING ||
           (c->state == POD_RUNNING && !c->hooked && !c->ending);
}

static bool may_begin(const struct pod_machine *m, size_t i)
{
    if (i >= m->plan->n_init) {
        for (size_t j = m->plan->n_init; j < i; j++)
            if (in_hook(m, j))
                return false;
        return m->initialized;
    }
    for (size_t j = 0; j < i; j++)
        if (!is_passed(m, j))
            return false;
    return true;
}

static bool next_start(struct pod_machine *m, size_t i, int64_t now, struct pod_action *out)
{
    struct member *c = &m->members[i];
    if (m->stopping || m->restarting || (c->state != POD_IDLE && c->state != POD_WAITING))
        return false;
    if (c->state == POD_IDLE && !may_begin(m, i))
        return false;
    if (!pod_machine_is_due(m, c->state == POD_IDLE ? m->hold_until : c->start_at, now))
        return false;
    c->state = POD_STARTING;
    *out = (struct pod_action){.type = POD_START, .i = i, .is_restart = c->created};
    return true;
}

/* ---- the pod as a whole ---- */

bool pod_machine_runs(const struct pod_machine *m, size_t i)
{
    return m->members[i].state == POD_RUNNING || m->members[i].state == POD_STARTING;
}

static bool any_runs(const struct pod_machine *m)
{
    for (size_t i = 0; i < m->plan->n; i++)
        if (pod_machine_runs(m, i))
            return true;
    return false;
}

/* All regular containers have ended for good, or an init container has failed for good. */
static bool is_finished(const struct pod_machine *m)
{
    bool all = true;
    for (size_t i = 0; i < m->plan->n; i++) {
        const struct member *c = &m->members[i];
        enum plan_kind kind = m->plan->containers[i].kind;
        if (kind == PLAN_INIT && c->state == POD_DONE && c->exit_code)
            return true;
        if (kind == PLAN_MAIN && c->state != POD_DONE)
            all = false;
    }
    return all;
}

/* Also when it is stopping already: a shorter limit counts. */
static void stop(struct pod_machine *m, const struct pod_event *ev, int64_t now)
{
    int64_t grace = ev->has_grace ? ev->grace_ms : m->plan->grace_ms;
    if (ev->max_ms && ev->max_ms < grace)
        grace = ev->max_ms;
    m->grace_ms = grace;
    m->stopping = true;
    for (size_t i = 0; i < m->plan->n; i++) {
        if (m->members[i].state == POD_STARTING)
            m->members[i].state = POD_WAITING;
        pod_machine_end(m, i, grace, now);
    }
}

/* Everything has ended: the pod begins anew, with its counts. */
static void begin_anew(struct pod_machine *m)
{
    m->restarting = false;
    m->initialized = false;
    for (size_t i = 0; i < m->plan->n; i++)
        m->members[i].state = POD_IDLE;
}

static void restart_all(struct pod_machine *m, size_t i, int64_t now)
{
    m->restarting = true;
    m->hold_until = pod_machine_backoff(m, i, now);
    for (size_t j = 0; j < m->plan->n; j++)
        pod_machine_end_now(m, j, now);
}

static void settle(struct pod_machine *m, int64_t now)
{
    static const struct pod_event own_end = {.type = POD_STOP};
    if (m->restarting && !any_runs(m) && !m->stopping)
        begin_anew(m);
    if (!m->stopping && !m->restarting && is_finished(m))
        stop(m, &own_end, now);
    note_initialized(m);
}

bool pod_machine_next(struct pod_machine *m, int64_t now, struct pod_action *out)
{
    m->due = POD_MACHINE_NEVER;
    settle(m, now);
    for (size_t i = 0; i < m->plan->n; i++)
        if (pod_machine_next_end(m, i, now, out) || pod_machine_next_check(m, i, now, out) ||
            next_start(m, i, now, out))
            return true;
    return false;
}

int64_t pod_machine_due(const struct pod_machine *m)
{
    return m->due;
}

bool pod_machine_is_due(struct pod_machine *m, int64_t at, int64_t now)
{
    if (at > now && at < m->due)
        m->due = at;
    return at <= now;
}

/* ---- events ---- */

static void on_started(struct pod_machine *m, size_t i, int64_t now)
{
    struct member *c = &m->members[i];
    const struct plan_container *p = &m->plan->containers[i];
    c->restarts += c->created;
    c->created = true;
    c->waiting = NULL;
    c->state = POD_RUNNING;
    c->ending = END_NONE;
    c->killed_for = NULL;
    c->hooked = p->post_start.kind == PLAN_NONE;
    c->probed = p->startup.action.kind == PLAN_NONE;
    c->up = c->hooked && c->probed;
    pod_machine_begin_checks(m, i, now);
    if (m->stopping)
        pod_machine_end(m, i, m->grace_ms, now);
}

static void on_not_yet(struct member *c, const char *reason, int64_t now)
{
    c->state = POD_WAITING;
    c->waiting = reason;
    c->start_at = now + POD_MACHINE_AGAIN;
}

static void on_exited(struct pod_machine *m, const struct pod_event *ev, int64_t now)
{
    struct member *c = &m->members[ev->i];
    if (c->state == POD_STARTING) { /* it was made, but its program could not be started */
        c->restarts += c->created;
        c->created = true;
    }
    c->has_exited = true;
    c->exit_code = ev->exit_code;
    c->reason = c->killed_for && ev->exit_code ? c->killed_for : ev->reason;
    c->exited_at = now;
    c->up = false;
    c->ending = END_NONE;
    c->state = POD_DONE;
    pod_machine_cancel_checks(m, ev->i);
    if (m->stopping || m->restarting)
        return;
    switch (pod_machine_verdict(&m->plan->containers[ev->i], c)) {
    case VERDICT_RESTART_ALL:
        restart_all(m, ev->i, now);
        break;
    case VERDICT_RESTART:
        c->state = POD_WAITING;
        c->start_at = pod_machine_backoff(m, ev->i, now);
        c->waiting = "CrashLoopBackOff";
        break;
    default:
        break;
    }
}

void pod_machine_event(struct pod_machine *m, const struct pod_event *ev, int64_t now)
{
    switch (ev->type) {
    case POD_STARTED:
        on_started(m, ev->i, now);
        break;
    case POD_NOT_YET:
        on_not_yet(&m->members[ev->i], ev->reason, now);
        break;
    case POD_EXITED:
        on_exited(m, ev, now);
        break;
    case POD_CHECKED:
        pod_machine_on_checked(m, ev, now);
        break;
    case POD_STOP:
        stop(m, ev, now);
        break;
    }
    settle(m, now);
}

/* ---- questions ---- */

bool pod_machine_over(const struct pod_machine *m)
{
    return m->stopping && !any_runs(m);
}

bool pod_machine_may_start(const struct pod_machine *m)
{
    for (size_t i = 0; i < m->plan->n && !m->stopping; i++) {
        const struct plan_container *p = &m->plan->containers[i];
        enum pod_state state = m->members[i].state;
        if (state != POD_DONE && (state != POD_RUNNING || p->restart != PLAN_NEVER || p->n_rules))
            return true;
    }
    return m->restarting && !m->stopping;
}

static const char *waiting_of(const struct pod_machine *m, size_t i)
{
    if (m->members[i].state == POD_WAITING)
        return m->members[i].waiting;
    return m->plan->n_init && !m->initialized ? "PodInitializing" : "ContainerCreating";
}

struct pod_view pod_machine_view(const struct pod_machine *m, size_t i)
{
    const struct member *c = &m->members[i];
    return (struct pod_view){
        .state = c->state,
        .waiting = waiting_of(m, i),
        .is_ending = c->ending != END_NONE,
        .is_up = c->up,
        .has_exited = c->has_exited,
        .exit_code = c->exit_code,
        .reason = c->reason,
        .restarts = c->restarts,
    };
}

uint32_t pod_machine_restarts(const struct pod_machine *m)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < m->plan->n; i++)
        if (__builtin_add_overflow(sum, m->members[i].restarts, &sum))
            return UINT32_MAX;
    return sum;
}

int pod_machine_exit_code(const struct pod_machine *m)
{
    bool all = true;
    for (size_t i = 0; i < m->plan->n; i++) {
        const struct member *c = &m->members[i];
        enum plan_kind kind = m->plan->containers[i].kind;
        if (kind != PLAN_SIDECAR && c->has_exited && c->exit_code)
            return c->exit_code;
        if (kind == PLAN_MAIN && !c->has_exited)
            all = false;
    }
    return all ? 0 : EXIT_TERM;
}
