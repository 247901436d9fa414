/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "plan_action.h"
#include "tree.h"

#define GRACE_DEFAULT 30
#define CODE_MAX      255

static const json_t *pod_spec(const json_t *job)
{
    return tree_at(job, "spec", "template", "spec", NULL);
}

const json_t *plan_container(const json_t *job)
{
    return json_array_get(tree_get(pod_spec(job), "containers"), 0);
}

bool plan_indexed(const json_t *job)
{
    return tree_is(tree_get(job, "spec"), "completionMode", "Indexed");
}

static enum plan_restart restart_of(const json_t *obj, enum plan_restart otherwise)
{
    if (!tree_has(obj, "restartPolicy"))
        return otherwise;
    return tree_is(obj, "restartPolicy", "Always")      ? PLAN_ALWAYS
           : tree_is(obj, "restartPolicy", "OnFailure") ? PLAN_ON_FAILURE
                                                        : PLAN_NEVER;
}

static void read_rule(struct plan_rule *rule, const json_t *entry)
{
    size_t i;
    json_t *value;
    const json_t *codes = tree_get(entry, "exitCodes");
    rule->restart_all = tree_is(entry, "action", "RestartAllContainers");
    rule->not_in = tree_is(codes, "operator", "NotIn");
    json_array_foreach (tree_get(codes, "values"), i, value) {
        json_int_t code = json_integer_value(value);
        if (code >= 0 && code <= CODE_MAX)
            rule->codes[code / 64] |= UINT64_C(1) << (code % 64);
    }
}

static int read_rules(struct plan_container *c, const json_t *spec, struct error *err)
{
    size_t i;
    json_t *entry;
    const json_t *rules = tree_get(spec, "restartPolicyRules");
    if (json_array_size(rules) == 0 || !tree_has(spec, "restartPolicy"))
        return 0;
    c->rules = calloc(json_array_size(rules), sizeof *c->rules);
    if (!c->rules)
        return error_set(err, "out of memory");
    c->n_rules = json_array_size(rules);
    json_array_foreach (rules, i, entry)
        read_rule(&c->rules[i], entry);
    return 0;
}

static int read_texts(struct plan_container *c, const json_t *spec, struct error *err)
{
    const char *path = tree_str(spec, "terminationMessagePath");
    c->name = strdup(tree_str(spec, "name"));
    c->message_path = strdup(path);
    if (!c->name || !c->message_path)
        return error_set(err, "out of memory");
    c->message_from_log = tree_is(spec, "terminationMessagePolicy", "FallbackToLogsOnError");
    c->with_stdin = tree_bool(spec, "stdin");
    return 0;
}

static int read_container(struct plan_container *c, const json_t *spec, struct error *err)
{
    if (read_texts(c, spec, err))
        return -1;
    if (read_rules(c, spec, err) || plan_probe_read(&c->startup, spec, "startupProbe", err) ||
        plan_probe_read(&c->liveness, spec, "livenessProbe", err) ||
        plan_hook_read(&c->post_start, spec, "postStart", err) ||
        plan_hook_read(&c->pre_stop, spec, "preStop", err))
        return error_prefix(err, "container %.100s", c->name);
    return 0;
}

static int read_list(struct plan *plan, const json_t *list, bool init, enum plan_restart pod,
                     struct error *err)
{
    size_t i;
    json_t *spec;
    json_array_foreach (list, i, spec) {
        struct plan_container *c = &plan->containers[plan->n++];
        c->restart = restart_of(spec, pod);
        c->kind = !init ? PLAN_MAIN : c->restart == PLAN_ALWAYS ? PLAN_SIDECAR : PLAN_INIT;
        if (read_container(c, spec, err))
            return -1;
    }
    return 0;
}

static int64_t grace_of(const json_t *pod)
{
    if (!tree_has(pod, "terminationGracePeriodSeconds"))
        return plan_ms(GRACE_DEFAULT);
    long long grace = tree_int(pod, "terminationGracePeriodSeconds");
    return plan_ms(grace < 0 ? 1 : grace);
}

static int make(struct plan *plan, const json_t *job, struct error *err)
{
    const json_t *pod = pod_spec(job);
    const json_t *init = tree_get(pod, "initContainers");
    const json_t *mains = tree_get(pod, "containers");
    if (json_array_size(mains) == 0)
        return error_set(err, "the Job has no container");
    plan->containers =
        calloc(json_array_size(init) + json_array_size(mains), sizeof *plan->containers);
    if (!plan->containers)
        return error_set(err, "out of memory");
    plan->n_init = json_array_size(init);
    plan->grace_ms = grace_of(pod);
    enum plan_restart restart = restart_of(pod, PLAN_NEVER);
    if (read_list(plan, init, true, restart, err) || read_list(plan, mains, false, restart, err))
        return -1;
    plan->job = json_incref((json_t *)job);
    return 0;
}

int plan_make(struct plan *out, const json_t *job, struct error *err)
{
    *out = (struct plan){0};
    int rc = make(out, job, err);
    if (rc)
        plan_free(out);
    return rc;
}

static void free_container(struct plan_container *c)
{
    free(c->name);
    free(c->message_path);
    free(c->rules);
    plan_action_free(&c->startup.action);
    plan_action_free(&c->liveness.action);
    plan_action_free(&c->post_start);
    plan_action_free(&c->pre_stop);
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->n; i++)
        free_container(&plan->containers[i]);
    free(plan->containers);
    json_decref(plan->job);
    free(plan->text);
    *plan = (struct plan){0};
}

const json_t *plan_spec(struct plan *plan, size_t i)
{
    if (!plan->job && plan->text)
        plan->job = json_loads(plan->text, JSON_DECODE_ANY, NULL);
    const json_t *pod = pod_spec(plan->job);
    return i < plan->n_init ? json_array_get(tree_get(pod, "initContainers"), i)
                            : json_array_get(tree_get(pod, "containers"), i - plan->n_init);
}

void plan_rest(struct plan *plan, bool needed_again)
{
    if (!needed_again) {
        free(plan->text);
        plan->text = NULL;
    } else if (!plan->text) {
        plan->text = json_dumps(plan->job, JSON_COMPACT);
        if (!plan->text)
            return; /* out of memory: it stays awake */
    }
    json_decref(plan->job);
    plan->job = NULL;
}
