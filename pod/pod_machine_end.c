/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_machine_impl.h"

#define KILL_MIN_MS 2000 /* between SIGTERM and SIGKILL, whatever is left of the grace period */

static int64_t later(int64_t at, int64_t ms)
{
    return ms >= POD_MACHINE_NEVER - at ? POD_MACHINE_NEVER : at + ms;
}

/* It ends already: a shorter grace period counts, and a longer one does not. */
static void shorten(struct member *c, int64_t end_by, int64_t now)
{
    int64_t kill_at = later(now, KILL_MIN_MS);
    if (end_by < c->end_by)
        c->end_by = end_by;
    if (end_by > kill_at)
        kill_at = end_by;
    if (c->ending == END_TERM && kill_at < c->kill_at)
        c->kill_at = kill_at;
}

void pod_machine_end(struct pod_machine *m, size_t i, int64_t grace_ms, int64_t now)
{
    struct member *c = &m->members[i];
    if (c->state != POD_RUNNING)
        return;
    c->of_pod = m->stopping;
    int64_t end_by = later(now, grace_ms);
    if (c->ending) {
        shorten(c, end_by, now);
        return;
    }
    pod_machine_cancel_checks(m, i);
    c->end_by = end_by;
    c->ending = m->plan->containers[i].pre_stop.kind && grace_ms > 0 ? END_PRE_STOP : END_TURN;
}

void pod_machine_end_now(struct pod_machine *m, size_t i, int64_t now)
{
    struct member *c = &m->members[i];
    if (c->state != POD_RUNNING || c->ending == END_KILL)
        return;
    pod_machine_cancel_checks(m, i);
    c->ending = END_TERM;
    c->kill_at = now;
}

/* With the pod, a sidecar ends after the regular containers and after the sidecars behind it. */
static bool is_needed(const struct pod_machine *m, size_t i)
{
    if (m->plan->containers[i].kind != PLAN_SIDECAR || !m->members[i].of_pod)
        return false;
    for (size_t j = i + 1; j < m->plan->n; j++)
        if (m->plan->containers[j].kind != PLAN_INIT && pod_machine_runs(m, j))
            return true;
    return false;
}

static bool run_pre_stop(struct pod_machine *m, size_t i, int64_t now, struct pod_action *out)
{
    struct member *c = &m->members[i];
    struct check_state *hook = &c->checks[CHECK_PRE_STOP];
    if (!hook->asked) {
        hook->asked = true;
        *out = (struct pod_action){
            .type = POD_CHECK, .i = i, .check = CHECK_PRE_STOP, .until_ms = c->end_by};
        return true;
    }
    if (!pod_machine_is_due(m, c->end_by, now))
        return false;
    hook->asked = false;
    c->ending = END_TURN;
    *out = (struct pod_action){.type = POD_CANCEL, .i = i, .check = CHECK_PRE_STOP};
    return true;
}

bool pod_machine_next_end(struct pod_machine *m, size_t i, int64_t now, struct pod_action *out)
{
    struct member *c = &m->members[i];
    *out = (struct pod_action){.type = POD_TERM, .i = i};
    switch (c->state == POD_RUNNING ? c->ending : END_NONE) {
    case END_PRE_STOP:
        return run_pre_stop(m, i, now, out);
    case END_TURN:
        if (is_needed(m, i) && !pod_machine_is_due(m, c->end_by, now))
            return false;
        c->ending = END_TERM;
        c->kill_at = later(now, KILL_MIN_MS);
        if (c->end_by > c->kill_at)
            c->kill_at = c->end_by;
        return true;
    case END_TERM:
        if (!pod_machine_is_due(m, c->kill_at, now))
            return false;
        c->ending = END_KILL;
        out->type = POD_KILL;
        return true;
    default:
        return false;
    }
}
