/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "default_batch.h"

#include <stdint.h>

#include "default_pod.h"
#include "tree.h"

/* Steals value, also on failure. */
static int set_missing(json_t *obj, const char *name, json_t *value)
{
    if (tree_has(obj, name)) {
        json_decref(value);
        return 0;
    }
    return json_object_set_new(obj, name, value);
}

/* The child object, made when it is missing. Borrowed; NULL when out of memory. */
static json_t *object_in(json_t *obj, const char *name)
{
    json_t *child = json_object_get(obj, name);
    if (child)
        return child;
    return json_object_set_new(obj, name, json_object()) < 0 ? NULL : json_object_get(obj, name);
}

static int default_pod_failure_policy(json_t *spec)
{
    json_t *rules = tree_at(spec, "podFailurePolicy", "rules", NULL);
    json_t *rule, *pattern;
    size_t i, j;
    json_array_foreach (rules, i, rule)
        json_array_foreach (tree_get(rule, "onPodConditions"), j, pattern)
            if (!*tree_str(pattern, "status") &&
                json_object_set_new(pattern, "status", json_string("True")) < 0)
                return -1;
    return 0;
}

/* What Jobs and the job templates of CronJobs share. */
static int default_common(json_t *spec, struct error *err)
{
    if (default_pod_failure_policy(spec) < 0)
        return error_set(err, "out of memory");
    return default_pod_template(tree_get(spec, "template"), err);
}

static int default_job_spec(json_t *spec)
{
    if (!tree_has(spec, "completions") && !tree_has(spec, "parallelism") &&
        json_object_set_new(spec, "completions", json_integer(1)) < 0)
        return -1;
    bool per_index = tree_has(spec, "backoffLimitPerIndex");
    bool policy = tree_has(spec, "podFailurePolicy");
    if (set_missing(spec, "parallelism", json_integer(1)) < 0 ||
        set_missing(spec, "backoffLimit", json_integer(per_index ? INT32_MAX : 6)) < 0 ||
        set_missing(spec, "completionMode", json_string("NonIndexed")) < 0 ||
        set_missing(spec, "suspend", json_false()) < 0 ||
        set_missing(spec, "podReplacementPolicy",
                    json_string(policy ? "Failed" : "TerminatingOrFailed")) < 0 ||
        set_missing(spec, "manualSelector", json_false()) < 0)
        return -1;
    return 0;
}

int default_job_labels(json_t *job, struct error *err)
{
    json_t *labels = tree_at(job, "spec", "template", "metadata", "labels", NULL);
    json_t *meta = tree_get(job, "metadata");
    if (json_object_size(labels) && !json_object_size(tree_get(meta, "labels")) &&
        json_object_set_new(meta, "labels", json_copy(labels)) < 0)
        return error_set(err, "out of memory");
    return 0;
}

int default_job(json_t *job, struct error *err)
{
    json_t *spec = tree_get(job, "spec");
    if (default_job_spec(spec) < 0)
        return error_set(err, "out of memory");
    return default_job_labels(job, err) < 0 ? -1 : default_common(spec, err);
}

int default_cron_job(json_t *cron_job, struct error *err)
{
    json_t *spec = tree_get(cron_job, "spec");
    if (set_missing(spec, "concurrencyPolicy", json_string("Allow")) < 0 ||
        set_missing(spec, "suspend", json_false()) < 0 ||
        set_missing(spec, "successfulJobsHistoryLimit", json_integer(3)) < 0 ||
        set_missing(spec, "failedJobsHistoryLimit", json_integer(1)) < 0)
        return error_set(err, "out of memory");
    return default_common(tree_at(spec, "jobTemplate", "spec", NULL), err);
}

int generate_selector(json_t *job, const char *uid, struct error *err)
{
    json_t *spec = tree_get(job, "spec");
    if (tree_bool(spec, "manualSelector"))
        return 0;
    const char *name = tree_str(tree_get(job, "metadata"), "name");
    json_t *meta = tree_get(tree_get(spec, "template"), "metadata");
    json_t *labels = object_in(meta, "labels");
    json_t *selector = object_in(spec, "selector");
    json_t *match = selector ? object_in(selector, "matchLabels") : NULL;
    const struct {
        json_t *map;
        const char *key, *value;
    } wanted[] = {
        {labels, "controller-uid", uid},
        {labels, "batch.kubernetes.io/controller-uid", uid},
        {labels, "job-name", name},
        {labels, "batch.kubernetes.io/job-name", name},
        {match, "batch.kubernetes.io/controller-uid", uid},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!wanted[i].map ||
            set_missing(wanted[i].map, wanted[i].key, json_string_nocheck(wanted[i].value)) < 0)
            return error_set(err, "out of memory");
    return 0;
}
