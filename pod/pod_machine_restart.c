/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_machine_impl.h"

static bool rule_matches(const struct plan_rule *rule, int code)
{
    bool in = code >= 0 && code <= 255 && (rule->codes[code / 64] >> (code % 64) & 1);
    return in != rule->not_in;
}

enum verdict pod_machine_verdict(const struct plan_container *p, const struct member *c)
{
    /* The rules are for real exits, not for those that a probe or hook has made. */
    for (size_t i = 0; i < p->n_rules && !c->killed_for; i++)
        if (rule_matches(&p->rules[i], c->exit_code))
            return p->rules[i].restart_all ? VERDICT_RESTART_ALL : VERDICT_RESTART;
    if (p->restart == PLAN_ALWAYS || (p->restart == PLAN_ON_FAILURE && c->exit_code))
        return VERDICT_RESTART;
    return VERDICT_DONE;
}

/* The first restart is at once. The wait counts from the exit; who has run long enough since the
 * last decision begins at the start again. */
int64_t pod_machine_backoff(struct pod_machine *m, size_t i, int64_t now)
{
    struct member *c = &m->members[i];
    const struct pod_machine_config *conf = &m->config;
    if (c->backoff_ms && now - c->decided_at > 2 * conf->crash_cap_ms)
        c->backoff_ms = 0;
    int64_t wait = c->backoff_ms;
    c->backoff_ms = wait ? wait * 2 : conf->crash_base_ms;
    if (c->backoff_ms > conf->crash_cap_ms)
        c->backoff_ms = conf->crash_cap_ms;
    c->decided_at = now + wait;
    return c->decided_at;
}
