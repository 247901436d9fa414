/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_spec.h"

#include "cleanup.h"
#include "goint.h"
#include "tree.h"

#include <string.h>

#define DEFAULT_BACKOFF_LIMIT 6
#define CONTROLLER_NAME       "kubernetes.io/job-controller"

/* The mutable numbers, and where they are kept while an update is not known to be good. */
struct numbers {
    int64_t parallelism;
    int64_t completions;
    int64_t backoff_limit;
    int64_t backoff_limit_per_index;
    int64_t max_failed_indexes;
    int64_t active_deadline_seconds;
    int64_t ttl_seconds;
};

static const struct {
    const char *name;
    int64_t max;
    size_t offset;
} number_fields[] = {
    {"parallelism", INT32_MAX, offsetof(struct numbers, parallelism)},
    {"completions", INT32_MAX, offsetof(struct numbers, completions)},
    {"backoffLimit", INT32_MAX, offsetof(struct numbers, backoff_limit)},
    {"backoffLimitPerIndex", INT32_MAX, offsetof(struct numbers, backoff_limit_per_index)},
    {"maxFailedIndexes", INT32_MAX, offsetof(struct numbers, max_failed_indexes)},
    {"activeDeadlineSeconds", INT64_MAX / 2000000,
     offsetof(struct numbers, active_deadline_seconds)},
    {"ttlSecondsAfterFinished", INT32_MAX, offsetof(struct numbers, ttl_seconds)},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A number in 0..max, or JOB_UNSET when the field is absent or null. A larger one than max but
 * still an integer (a deadline of 10^18 seconds) is as good as max. */
static int read_number(const json_t *obj, const char *name, int64_t max, int64_t *out,
                       struct error *err)
{
    const json_t *v = tree_get(obj, name);
    *out = JOB_UNSET;
    if (!v || json_is_null(v))
        return 0;
    if (!json_is_integer(v))
        return error_set(err, "%s: must be an integer", name);
    *out = json_integer_value(v);
    if (*out < 0)
        return error_set(err, "%s: must be greater than or equal to 0", name);
    if (*out > max && max <= INT32_MAX)
        return error_set(err, "%s: must be at most %lld", name, (long long)max);
    if (*out > max)
        *out = max;
    return 0;
}

static int read_numbers(const json_t *spec, struct numbers *n, struct error *err)
{
    for (size_t i = 0; i < COUNT(number_fields); i++) {
        int64_t *at = (int64_t *)(void *)((char *)n + number_fields[i].offset);
        if (read_number(spec, number_fields[i].name, number_fields[i].max, at, err))
            return error_prefix(err, "spec");
    }
    if (n->parallelism == JOB_UNSET && n->completions == JOB_UNSET)
        n->completions = 1;
    if (n->parallelism == JOB_UNSET)
        n->parallelism = 1;
    if (n->backoff_limit == JOB_UNSET)
        n->backoff_limit =
            n->backoff_limit_per_index == JOB_UNSET ? DEFAULT_BACKOFF_LIMIT : INT32_MAX;
    return 0;
}

static char *copy_string(const json_t *obj, const char *name)
{
    const char *s = json_string_value(tree_get(obj, name));
    return s ? strdup(s) : NULL;
}

static size_t list_len(const json_t *list)
{
    return json_is_array(list) ? json_array_size(list) : 0;
}

/* Room for a list; one element at least, so that NULL means out of memory. */
static void *list_new(const json_t *list, size_t size)
{
    return calloc(list_len(list) + 1, size);
}

static int read_containers(const json_t *list, struct job_container **out, size_t *n)
{
    *out = list_new(list, sizeof **out);
    if (!*out)
        return -1;
    for (size_t i = 0; i < list_len(list); i++) {
        const json_t *c = json_array_get(list, i);
        struct job_container *to = &(*out)[(*n)++];
        to->name = strdup(tree_str(c, "name"));
        to->sidecar = tree_is(c, "restartPolicy", "Always");
        if (!to->name)
            return -1;
    }
    return 0;
}

static const struct {
    const char *name;
    enum job_action action;
} actions[] = {
    {"Count", JOB_COUNT},
    {"Ignore", JOB_IGNORE},
    {"FailIndex", JOB_FAIL_INDEX},
    {"FailJob", JOB_FAIL_JOB},
};

static enum job_action parse_action(const char *s)
{
    for (size_t i = 0; i < COUNT(actions); i++)
        if (strcmp(actions[i].name, s) == 0)
            return actions[i].action;
    return JOB_ACTION_UNKNOWN;
}

static enum job_operator parse_operator(const char *s)
{
    if (strcmp(s, "In") == 0)
        return JOB_IN;
    return strcmp(s, "NotIn") == 0 ? JOB_NOT_IN : JOB_OPERATOR_UNKNOWN;
}

static int read_exit_codes(const json_t *on, struct job_failure_rule *rule, struct error *err)
{
    const json_t *values = tree_get(on, "values");
    rule->on_exit_codes = true;
    rule->op = parse_operator(tree_str(on, "operator"));
    rule->container = copy_string(on, "containerName");
    rule->values = list_new(values, sizeof *rule->values);
    if (!rule->values || (tree_has(on, "containerName") && !rule->container &&
                          json_is_string(tree_get(on, "containerName"))))
        return error_set(err, "out of memory");
    for (size_t i = 0; i < list_len(values); i++) {
        const json_t *v = json_array_get(values, i);
        json_int_t code = json_integer_value(v);
        if (!json_is_integer(v) || code < INT32_MIN || code > INT32_MAX)
            return error_set(err, "onExitCodes.values[%zu]: must be an integer of 32 bits", i);
        rule->values[rule->n_values++] = (int32_t)code;
    }
    return 0;
}

static int read_patterns(const json_t *list, struct job_failure_rule *rule, struct error *err)
{
    rule->patterns = list_new(list, sizeof *rule->patterns);
    if (!rule->patterns)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < list_len(list); i++) {
        const json_t *p = json_array_get(list, i);
        const char *status = tree_str(p, "status");
        struct job_pattern *to = &rule->patterns[rule->n_patterns++];
        to->type = strdup(tree_str(p, "type"));
        to->status = strdup(*status ? status : "True");
        if (!to->type || !to->status)
            return error_set(err, "out of memory");
    }
    return 0;
}

static int read_failure_policy(const json_t *policy, struct job_spec *spec, struct error *err)
{
    const json_t *rules = tree_get(policy, "rules");
    spec->has_failure_policy = json_is_object(policy);
    spec->failure_rules = list_new(rules, sizeof *spec->failure_rules);
    if (!spec->failure_rules)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < list_len(rules); i++) {
        const json_t *r = json_array_get(rules, i);
        const json_t *on = tree_get(r, "onExitCodes");
        struct job_failure_rule *to = &spec->failure_rules[spec->n_failure_rules++];
        to->action = parse_action(tree_str(r, "action"));
        if (json_is_object(on) ? read_exit_codes(on, to, err)
                               : read_patterns(tree_get(r, "onPodConditions"), to, err))
            return error_prefix(err, "spec.podFailurePolicy.rules[%zu]", i);
    }
    return 0;
}

static int read_success_policy(const json_t *policy, struct job_spec *spec, struct error *err)
{
    const json_t *rules = tree_get(policy, "rules");
    spec->has_success_policy = json_is_object(policy);
    spec->success_rules = list_new(rules, sizeof *spec->success_rules);
    if (!spec->success_rules)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < list_len(rules); i++) {
        const json_t *r = json_array_get(rules, i);
        struct job_success_rule *to = &spec->success_rules[spec->n_success_rules++];
        int64_t count;
        if (read_number(r, "succeededCount", INT32_MAX, &count, err))
            return error_prefix(err, "spec.successPolicy.rules[%zu]", i);
        to->count = (int32_t)count;
        to->indexes = copy_string(r, "succeededIndexes");
        if (!to->indexes && json_is_string(tree_get(r, "succeededIndexes")))
            return error_set(err, "out of memory");
    }
    return 0;
}

static enum job_mode parse_mode(const json_t *spec)
{
    const char *mode = tree_str(spec, "completionMode");
    if (strcmp(mode, "Indexed") == 0)
        return JOB_INDEXED;
    return !*mode || strcmp(mode, "NonIndexed") == 0 ? JOB_NON_INDEXED : JOB_MODE_UNKNOWN;
}

static int32_t read_array_limit(const json_t *job)
{
    const char *text = tree_str(tree_at(job, "metadata", "annotations", NULL), JOB_INDEX_LIMIT);
    int64_t limit;
    bool is_limit = goint_parse(text, strlen(text), &limit) == GOINT_OK;
    return is_limit && limit > 0 && limit <= INT32_MAX ? (int32_t)limit : 0;
}

/* What may change while the Job exists. */
int job_spec_update(struct job_spec *spec, const json_t *job, struct error *err)
{
    const json_t *from = tree_get(job, "spec");
    struct numbers n;
    if (read_numbers(from, &n, err))
        return -1;
    if (spec->mode == JOB_INDEXED && n.completions == JOB_UNSET)
        return error_set(err, "spec.completions: required when completionMode is Indexed");
    spec->parallelism = (int32_t)n.parallelism;
    if (spec->mode == JOB_INDEXED || !spec->loaded)
        spec->completions = (int32_t)n.completions;
    spec->array_limit = read_array_limit(job);
    spec->loaded = true;
    spec->backoff_limit = (int32_t)n.backoff_limit;
    spec->max_failed_indexes = (int32_t)n.max_failed_indexes;
    spec->active_deadline_seconds = n.active_deadline_seconds;
    spec->ttl_seconds = (int32_t)n.ttl_seconds;
    spec->suspend = tree_bool(from, "suspend");
    spec->replace_failed_only =
        spec->has_failure_policy || tree_is(from, "podReplacementPolicy", "Failed");
    return 0;
}

static int read_names(const json_t *job, struct job_spec *spec, struct error *err)
{
    const json_t *meta = tree_get(job, "metadata");
    const char *ns = tree_str(meta, "namespace");
    spec->name = strdup(tree_str(meta, "name"));
    spec->namespace_ = strdup(*ns ? ns : "default");
    return spec->name && spec->namespace_ ? 0 : error_set(err, "out of memory");
}

static int read_template(const json_t *job, struct job_spec *spec, struct error *err)
{
    const json_t *pod = tree_at(job, "spec", "template", "spec", NULL);
    spec->restart_on_failure = tree_is(pod, "restartPolicy", "OnFailure");
    if (read_containers(tree_get(pod, "containers"), &spec->containers, &spec->n_containers) ||
        read_containers(tree_get(pod, "initContainers"), &spec->init_containers,
                        &spec->n_init_containers))
        return error_set(err, "out of memory");
    return 0;
}

static int read_spec(const json_t *job, struct job_spec *spec, struct error *err)
{
    const json_t *from = tree_get(job, "spec");
    const char *manager = tree_str(from, "managedBy");
    int64_t per_index;
    spec->mode = parse_mode(from);
    spec->managed_elsewhere = *manager && strcmp(manager, CONTROLLER_NAME) != 0;
    if (read_number(from, "backoffLimitPerIndex", INT32_MAX, &per_index, err))
        return error_prefix(err, "spec");
    spec->backoff_limit_per_index = (int32_t)per_index;
    if (read_names(job, spec, err) || read_template(job, spec, err) ||
        read_failure_policy(tree_get(from, "podFailurePolicy"), spec, err) ||
        read_success_policy(tree_get(from, "successPolicy"), spec, err) ||
        job_spec_update(spec, job, err))
        return -1;
    return 0;
}

int job_spec_from_json(const json_t *job, struct job_spec **out, struct error *err)
{
    *out = NULL;
    if (!json_is_object(tree_get(job, "spec")))
        return error_set(err, "spec: must be an object");
    cleanup_job_spec struct job_spec *spec = calloc(1, sizeof *spec);
    if (!spec)
        return error_set(err, "out of memory");
    if (read_spec(job, spec, err))
        return -1;
    *out = steal_ptr(&spec);
    return 0;
}

static void free_containers(struct job_container *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(v[i].name);
    free(v);
}

static void free_failure_rule(struct job_failure_rule *r)
{
    for (size_t i = 0; i < r->n_patterns; i++) {
        free(r->patterns[i].type);
        free(r->patterns[i].status);
    }
    free(r->patterns);
    free(r->container);
    free(r->values);
}

void job_spec_free(struct job_spec *spec)
{
    if (!spec)
        return;
    for (size_t i = 0; i < spec->n_failure_rules; i++)
        free_failure_rule(&spec->failure_rules[i]);
    for (size_t i = 0; i < spec->n_success_rules; i++)
        free(spec->success_rules[i].indexes);
    free(spec->failure_rules);
    free(spec->success_rules);
    free_containers(spec->containers, spec->n_containers);
    free_containers(spec->init_containers, spec->n_init_containers);
    free(spec->name);
    free(spec->namespace_);
    free(spec);
}
