/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * successPolicy (k8s.io/kubernetes/pkg/controller/job/success_policy.go). Each rule keeps the
 * number of its indexes that have succeeded, so that a pass costs the number of rules.
 */
#include "machine_impl.h"

#include <stdio.h>
#include <stdlib.h>

void machine_rules_free(struct machine *m)
{
    for (size_t i = 0; i < m->n_rules; i++)
        indexset_free(&m->rules[i].set);
    free(m->rules);
    m->rules = NULL;
    m->n_rules = 0;
}

/* Reads the rules for the current completions and set of completed indexes. */
void machine_rules_load(struct machine *m)
{
    const struct job_spec *spec = m->spec;
    machine_rules_free(m);
    if (!spec->has_success_policy || !job_spec_indexed(spec) || spec->n_success_rules == 0)
        return;
    m->rules = calloc(spec->n_success_rules, sizeof *m->rules);
    if (!m->rules) {
        m->oom = true;
        return;
    }
    m->n_rules = spec->n_success_rules;
    for (size_t i = 0; i < m->n_rules; i++) {
        struct success_rule *r = &m->rules[i];
        if (!spec->success_rules[i].indexes)
            continue;
        m->oom |=
            indexset_parse(&r->set, spec->success_rules[i].indexes, job_spec_index_limit(spec)) < 0;
        r->hits = indexset_count_common(&r->set, &m->completed);
    }
}

void machine_complete_index(struct machine *m, uint32_t index)
{
    int rc = indexset_insert(&m->completed, index);
    m->oom |= rc < 0;
    for (size_t i = 0; rc == 1 && i < m->n_rules; i++)
        m->rules[i].hits += indexset_contains(&m->rules[i].set, index);
    if (rc == 1)
        machine_debt_count(m, index); /* its failures need no replacement any more */
}

static bool rule_matches(const struct machine *m, size_t i)
{
    const struct job_success_rule *rule = &m->spec->success_rules[i];
    bool counts = rule->count != JOB_UNSET;
    if (!rule->indexes)
        return counts && indexset_count(&m->completed) >= (uint64_t)rule->count;
    uint64_t wanted = indexset_count(&m->rules[i].set);
    uint64_t hits = m->rules[i].hits;
    return wanted > 0 && (hits == wanted || (counts && hits >= (uint64_t)rule->count));
}

bool machine_success_policy(struct machine *m, struct verdict *v)
{
    if (indexset_count(&m->completed) == 0)
        return false;
    for (size_t i = 0; i < m->n_rules; i++) {
        if (!rule_matches(m, i))
            continue;
        v->type = MACHINE_SUCCESS_CRITERIA_MET;
        v->reason = "SuccessPolicy";
        snprintf(m->success_message, sizeof m->success_message, "Matched rules at index %zu", i);
        v->message = m->success_message;
        return true;
    }
    return false;
}
