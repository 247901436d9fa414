/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine_policy.h"

#include <string.h>

static bool code_matches(const struct job_failure_rule *rule, int32_t code)
{
    bool listed = false;
    for (size_t i = 0; i < rule->n_values && !listed; i++)
        listed = rule->values[i] == code;
    return rule->op == JOB_IN ? listed : rule->op == JOB_NOT_IN && !listed;
}

static const struct machine_container *match_container(const struct job_failure_rule *rule,
                                                       const struct machine_container *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].exit_code != 0 && (!rule->container || strcmp(rule->container, v[i].name) == 0) &&
            code_matches(rule, v[i].exit_code))
            return &v[i];
    return NULL;
}

static const char *match_condition(const struct job_failure_rule *rule,
                                   const struct machine_outcome *o)
{
    for (size_t i = 0; i < o->n_conditions; i++)
        for (size_t k = 0; k < rule->n_patterns; k++)
            if (strcmp(rule->patterns[k].type, o->conditions[i].type) == 0 &&
                strcmp(rule->patterns[k].status, o->conditions[i].status) == 0)
                return o->conditions[i].type;
    return NULL;
}

static bool match_rule(const struct job_failure_rule *rule, const struct machine_outcome *o,
                       struct policy_match *m)
{
    m->container = NULL;
    m->condition = NULL;
    if (rule->action == JOB_ACTION_UNKNOWN)
        return false;
    if (!rule->on_exit_codes)
        return (m->condition = match_condition(rule, o)) != NULL;
    m->container = match_container(rule, o->containers, o->n_containers);
    if (!m->container)
        m->container = match_container(rule, o->init, o->n_init);
    return m->container != NULL;
}

struct policy_match policy_match(const struct job_spec *spec, const struct machine_outcome *outcome)
{
    struct policy_match m = {.action = JOB_COUNT};
    for (size_t i = 0; outcome && i < spec->n_failure_rules; i++) {
        if (match_rule(&spec->failure_rules[i], outcome, &m)) {
            m.action = spec->failure_rules[i].action;
            m.rule = i;
            return m;
        }
    }
    return (struct policy_match){.action = JOB_COUNT};
}

char *policy_message(const struct policy_match *match, const char *namespace_, const char *pod)
{
    struct strbuf b = STRBUF_INIT;
    if (match->container)
        strbuf_addf(&b,
                    "Container %s for pod %s/%s failed with exit code %d matching FailJob rule at "
                    "index %zu",
                    match->container->name, namespace_, pod, match->container->exit_code,
                    match->rule);
    else
        strbuf_addf(&b, "Pod %s/%s has condition %s matching FailJob rule at index %zu", namespace_,
                    pod, match->condition, match->rule);
    return strbuf_steal(&b);
}
