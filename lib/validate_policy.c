/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_job.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "interval.h"
#include "names.h"
#include "tree.h"
#include "validate_meta.h"

#define MAX_RULES             20
#define MAX_EXIT_CODES        255
#define MAX_CONDITIONS        20
#define MAX_SUCCEEDED_INDEXES 65536

static bool one_of(const char *s, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(s, *list) == 0)
            return true;
    return false;
}

static void too_many(const json_t *list, size_t max, const struct path *path,
                     struct field_errors *errs)
{
    size_t n = json_array_size(list);
    if (n > max)
        field_error_int(errs, path, FIELD_TOO_MANY, (long long)n, "must have at most %zu items",
                        max);
}

/* An enumerated string that must be present. valid: how Go prints the list with %q. */
static void required_enum(const json_t *obj, const char *name, const char *const *supported,
                          const char *valid, const struct path *path, struct field_errors *errs)
{
    const struct path *p = PATH_FIELD(path, name);
    const char *v = tree_str(obj, name);
    if (!*v)
        field_error(errs, p, FIELD_REQUIRED, NULL, "valid values: %s", valid);
    else if (!one_of(v, supported))
        field_unsupported(errs, p, tree_get(obj, name), supported);
}

static bool has_container(const json_t *spec, const char *name)
{
    const json_t *pod = tree_at(spec, "template", "spec", NULL);
    return tree_named(tree_get(pod, "containers"), name) ||
           tree_named(tree_get(pod, "initContainers"), name);
}

/* One exit code; seen holds the ones before it. */
static void exit_code(json_int_t code, bool in, json_t *seen, const struct path *path,
                      struct field_errors *errs)
{
    char key[32];
    snprintf(key, sizeof key, "%lld", (long long)code);
    if (in && code == 0)
        field_error_int(errs, path, FIELD_INVALID, code, "must not be 0 for the In operator");
    if (json_object_get(seen, key))
        field_error_int(errs, path, FIELD_DUPLICATE, code, NULL);
    if (json_object_set_new(seen, key, json_true()) < 0)
        errs->failed = true;
}

static void exit_code_values(const json_t *req, const struct path *path, struct field_errors *errs)
{
    const json_t *values = tree_get(req, "values");
    cleanup_json json_t *seen = json_object();
    const json_t *v;
    size_t i;
    bool ordered = true;
    if (json_array_size(values) == 0)
        field_error(errs, path, FIELD_INVALID, values, "at least one value is required");
    else
        too_many(values, MAX_EXIT_CODES, path, errs);
    json_array_foreach (values, i, v) {
        json_int_t code = json_integer_value(v);
        exit_code(code, tree_is(req, "operator", "In"), seen, PATH_INDEX(path, i), errs);
        if (i > 0 && json_integer_value(json_array_get(values, i - 1)) > code)
            ordered = false;
    }
    if (!ordered)
        field_error(errs, path, FIELD_INVALID, values, "must be ordered");
}

static void on_exit_codes(const json_t *spec, const json_t *req, const struct path *path,
                          struct field_errors *errs)
{
    static const char *const operators[] = {"In", "NotIn", NULL};
    required_enum(req, "operator", operators, "[\"In\" \"NotIn\"]", path, errs);
    const json_t *name = tree_get(req, "containerName");
    if (name && !has_container(spec, json_string_value(name)))
        field_error(errs, PATH_FIELD(path, "containerName"), FIELD_INVALID, name,
                    "must be one of the container or initContainer names in the pod template");
    exit_code_values(req, PATH_FIELD(path, "values"), errs);
}

static void on_pod_conditions(const json_t *list, const struct path *path,
                              struct field_errors *errs)
{
    static const char *const statuses[] = {"False", "True", "Unknown", NULL};
    const json_t *pattern;
    size_t i;
    too_many(list, MAX_CONDITIONS, path, errs);
    json_array_foreach (list, i, pattern) {
        const struct path *p = PATH_INDEX(path, i);
        names_validate(names_qualified_name, tree_str(pattern, "type"), errs,
                       PATH_FIELD(p, "type"));
        required_enum(pattern, "status", statuses, "[\"False\" \"True\" \"Unknown\"]", p, errs);
    }
}

static void failure_rule(const json_t *spec, const json_t *rule, const struct path *path,
                         struct field_errors *errs)
{
    static const char *const actions[] = {"Count", "FailIndex", "FailJob", "Ignore", NULL};
    const json_t *codes = tree_get(rule, "onExitCodes");
    const json_t *conditions = tree_get(rule, "onPodConditions");
    if (tree_is(rule, "action", "FailIndex") && !tree_has(spec, "backoffLimitPerIndex"))
        field_error_str(errs, PATH_FIELD(path, "action"), FIELD_INVALID, "FailIndex",
                        "requires the backoffLimitPerIndex to be set");
    else
        required_enum(rule, "action", actions, "[\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]",
                      path, errs);
    if (codes)
        on_exit_codes(spec, codes, PATH_FIELD(path, "onExitCodes"), errs);
    on_pod_conditions(conditions, PATH_FIELD(path, "onPodConditions"), errs);
    if (codes && json_array_size(conditions))
        field_error(errs, path, FIELD_INVALID, FIELD_NO_VALUE,
                    "specifying both OnExitCodes and OnPodConditions is not supported");
    if (!codes && !json_array_size(conditions))
        field_error(errs, path, FIELD_INVALID, FIELD_NO_VALUE,
                    "specifying one of OnExitCodes and OnPodConditions is required");
}

void validate_pod_failure_policy(const json_t *spec, const struct path *path,
                                 struct field_errors *errs)
{
    const json_t *rules = tree_at(spec, "podFailurePolicy", "rules", NULL);
    const struct path *p = PATH_FIELD(path, "rules");
    const json_t *rule;
    size_t i;
    too_many(rules, MAX_RULES, p, errs);
    json_array_foreach (rules, i, rule)
        failure_rule(spec, rule, PATH_INDEX(p, i), errs);
}

/* Returns the number of indexes that the rule lists, 0 when its text is bad. */
static long long succeeded_indexes(const json_t *v, int32_t completions, const struct path *path,
                                   struct field_errors *errs)
{
    struct error why;
    int64_t count = 0;
    if (json_string_length(v) > MAX_SUCCEEDED_INDEXES)
        field_error(errs, path, FIELD_TOO_LONG, NULL, "may not be more than %d bytes",
                    MAX_SUCCEEDED_INDEXES);
    if (interval_parse(json_string_value(v), completions, &count, &why) < 0)
        field_error(errs, path, FIELD_INVALID, v, "error parsing succeededIndexes: %s", why.text);
    return count;
}

static void success_rule(const json_t *rule, int32_t completions, const struct path *path,
                         struct field_errors *errs)
{
    const json_t *indexes = tree_get(rule, "succeededIndexes");
    const json_t *count = tree_get(rule, "succeededCount");
    const struct path *p = PATH_FIELD(path, "succeededCount");
    long long listed = 0;
    if (!indexes && !count)
        field_error(errs, path, FIELD_REQUIRED, NULL,
                    "at least one of succeededCount or succeededIndexes must be specified");
    if (indexes)
        listed =
            succeeded_indexes(indexes, completions, PATH_FIELD(path, "succeededIndexes"), errs);
    if (!count)
        return;
    json_int_t n = json_integer_value(count);
    validate_nonnegative(rule, "succeededCount", path, errs);
    if (n > completions)
        field_error_int(errs, p, FIELD_INVALID, n,
                        "must be less than or equal to %d (the number of specified completions)",
                        completions);
    if (indexes && n > listed)
        field_error_int(errs, p, FIELD_INVALID, n,
                        "must be less than or equal to %lld (the number of indexes in the "
                        "specified succeededIndexes field)",
                        listed);
}

void validate_success_policy(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const json_t *rules = tree_at(spec, "successPolicy", "rules", NULL);
    const json_t *completions = tree_get(spec, "completions");
    const struct path *p = PATH_FIELD(path, "rules");
    const json_t *rule;
    size_t i;
    if (json_array_size(rules) == 0)
        field_error(errs, p, FIELD_REQUIRED, NULL,
                    "at least one rules must be specified when the successPolicy is specified");
    too_many(rules, MAX_RULES, p, errs);
    /* The API server itself fails on a missing count; its absence is reported already. */
    if (!completions)
        return;
    json_array_foreach (rules, i, rule)
        success_rule(rule, (int32_t)json_integer_value(completions), PATH_INDEX(p, i), errs);
}
