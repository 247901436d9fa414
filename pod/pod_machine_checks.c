/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_machine_impl.h"

static const struct plan_probe *probe_of(const struct pod_machine *m, size_t i,
                                         enum pod_check check)
{
    const struct plan_container *p = &m->plan->containers[i];
    return check == CHECK_STARTUP ? &p->startup : &p->liveness;
}

static void schedule_probe(struct pod_machine *m, size_t i, enum pod_check check, int64_t now)
{
    const struct plan_probe *probe = probe_of(m, i, check);
    if (probe->action.kind)
        m->members[i].checks[check].next_at = now + probe->delay_ms;
}

void pod_machine_begin_checks(struct pod_machine *m, size_t i, int64_t now)
{
    struct member *c = &m->members[i];
    for (size_t k = 0; k < CHECKS; k++)
        c->checks[k] =
            (struct check_state){.cancel = c->checks[k].cancel, .next_at = POD_MACHINE_NEVER};
    schedule_probe(m, i, CHECK_STARTUP, now);
    if (c->probed)
        schedule_probe(m, i, CHECK_LIVENESS, now);
    if (!c->hooked)
        c->checks[CHECK_POST_START].next_at = now;
}

void pod_machine_cancel_checks(struct pod_machine *m, size_t i)
{
    for (size_t k = 0; k < CHECKS; k++) {
        struct check_state *s = &m->members[i].checks[k];
        s->cancel |= s->asked;
        s->asked = false;
        s->next_at = POD_MACHINE_NEVER;
    }
}

static bool ask(struct pod_machine *m, size_t i, enum pod_check check, int64_t now,
                struct pod_action *out)
{
    struct check_state *s = &m->members[i].checks[check];
    const struct plan_probe *probe = probe_of(m, i, check);
    bool hook = check == CHECK_POST_START;
    *out = (struct pod_action){.type = POD_CHECK,
                               .i = i,
                               .check = check,
                               .until_ms = hook ? POD_MACHINE_NEVER : now + probe->timeout_ms};
    s->asked = true;
    s->next_at = hook ? POD_MACHINE_NEVER : now + probe->period_ms;
    return true;
}

bool pod_machine_next_check(struct pod_machine *m, size_t i, int64_t now, struct pod_action *out)
{
    struct member *c = &m->members[i];
    for (enum pod_check k = 0; k < CHECKS; k++) {
        struct check_state *s = &c->checks[k];
        if (s->cancel) {
            s->cancel = false;
            *out = (struct pod_action){.type = POD_CANCEL, .i = i, .check = k};
            return true;
        }
        if (c->state == POD_RUNNING && !c->ending && !s->asked && k != CHECK_PRE_STOP &&
            pod_machine_is_due(m, s->next_at, now))
            return ask(m, i, k, now, out);
    }
    return false;
}

static void fail(struct pod_machine *m, size_t i, const char *reason, int64_t grace_ms, int64_t now)
{
    m->members[i].killed_for = reason;
    pod_machine_end(m, i, grace_ms, now);
}

static void on_probe(struct pod_machine *m, const struct pod_event *ev, int64_t now)
{
    struct member *c = &m->members[ev->i];
    struct check_state *s = &c->checks[ev->check];
    const struct plan_probe *probe = probe_of(m, ev->i, ev->check);
    s->good = !ev->ok ? 0 : s->good < probe->success ? s->good + 1 : s->good;
    s->bad = ev->ok ? 0 : s->bad + 1;
    if (s->bad >= probe->failure) {
        int64_t grace = probe->grace_ms >= 0 ? probe->grace_ms : m->plan->grace_ms;
        fail(m, ev->i, "Error", grace, now);
    } else if (ev->check == CHECK_STARTUP && s->good >= probe->success) {
        s->next_at = POD_MACHINE_NEVER;
        c->probed = true;
        schedule_probe(m, ev->i, CHECK_LIVENESS, now);
    }
}

void pod_machine_on_checked(struct pod_machine *m, const struct pod_event *ev, int64_t now)
{
    struct member *c = &m->members[ev->i];
    struct check_state *s = &c->checks[ev->check];
    if (!s->asked || c->state != POD_RUNNING)
        return; /* it was cancelled */
    s->asked = false;
    switch (ev->check) {
    case CHECK_PRE_STOP:
        if (c->ending == END_PRE_STOP)
            c->ending = END_TURN;
        break;
    case CHECK_POST_START:
        c->hooked = ev->ok;
        if (!ev->ok)
            fail(m, ev->i, "PostStartHookError", m->plan->grace_ms, now);
        break;
    default:
        on_probe(m, ev, now);
    }
    c->up = c->hooked && c->probed && !c->ending;
}
