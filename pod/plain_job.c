/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plain_job.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "decode.h"
#include "default_batch.h"
#include "goint.h"
#include "job_spec.h"
#include "schema.h"
#include "strbuf.h"

#define NAME_MAX_LEN 40 /* so that a pod's hostname, with id and index, is a DNS label */

/* Kubernetes' limits for large Jobs with backoffLimitPerIndex. */
#define MANY_COMPLETIONS    100000
#define MANY_FAILED_INDEXES 10000

/* ---- the array ---- */

static int read_number(const char *name, uint32_t otherwise, uint32_t *out, struct error *err)
{
    const char *text = getenv(name);
    int64_t n;
    *out = otherwise;
    if (!text || !*text)
        return 0;
    if (goint_parse(text, strlen(text), &n) != GOINT_OK || n < 1 || n > INT32_MAX)
        return error_set(err, "%s is not a number: %.100s", name, text);
    *out = (uint32_t)n;
    return 0;
}

int plain_array_read(struct plain_array *out, const struct slurm_env *slurm, struct error *err)
{
    const char *name = getenv("SLURM_JOB_NAME");
    *out = (struct plain_array){.name = name ? name : "",
                                .job_id = slurm->job_id,
                                .first = slurm->first,
                                .last = slurm->last,
                                .count = 1,
                                .step = 1};
    if (!slurm->array)
        return 0;
    if (out->last < out->first || out->last >= INT32_MAX)
        return error_set(err, "an array from %u to %u", out->first, out->last);
    return read_number("SLURM_ARRAY_TASK_COUNT", out->last - out->first + 1, &out->count, err) ||
                   read_number("SLURM_ARRAY_TASK_STEP", 1, &out->step, err)
               ? -1
               : 0;
}

/* What the options say about indexes and numbers of tasks. */
static int check_success(const struct plain_options *o, const struct plain_array *a,
                         struct error *err)
{
    for (size_t i = 0; i < o->success.n; i++) {
        const struct plain_success_rule *r = &o->success.rules[i];
        if (r->last_index > (int64_t)a->last)
            return error_set(err,
                             "--success-policy: rule %zu: index %lld is not in the array, which "
                             "ends with %u",
                             i + 1, (long long)r->last_index, a->last);
        if (r->count > (int64_t)a->count)
            return error_set(err, "--success-policy: rule %zu: the array has only %u tasks", i + 1,
                             a->count);
    }
    return 0;
}

static int check(const struct plain_options *o, const struct plain_array *a, struct error *err)
{
    if (o->max_failed_indexes > (int64_t)a->count)
        return error_set(err, "--max-failed-indexes: the array has only %u tasks", a->count);
    bool per_index = o->backoff_limit_per_index != PLAIN_UNSET;
    bool bounded =
        o->max_failed_indexes != PLAIN_UNSET && o->max_failed_indexes <= MANY_FAILED_INDEXES;
    if (per_index && a->count > MANY_COMPLETIONS && !bounded)
        return error_set(err,
                         "--backoff-limit-per-index: more than %d tasks need "
                         "--max-failed-indexes of at most %d",
                         MANY_COMPLETIONS, MANY_FAILED_INDEXES);
    return check_success(o, a, err);
}

/* ---- the object ---- */

static void add_name(struct strbuf *out, const struct plain_array *a)
{
    bool gap = false;
    for (const char *p = a->name; *p && out->len < NAME_MAX_LEN; p++) {
        char c = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (is_letter && gap && out->len)
            strbuf_addc(out, '-');
        if (is_letter)
            strbuf_addc(out, c);
        gap = !is_letter;
    }
    strbuf_addf(out, "%s-%u", out->len ? "" : "job", a->job_id);
}

static void add_tasks(struct strbuf *out, const struct plain_array *a)
{
    uint32_t span = a->last - a->first;
    if (span / a->step + 1 != a->count)
        strbuf_addf(out, "%u of ", a->count);
    strbuf_addf(out, "%u", a->first);
    if (span)
        strbuf_addf(out, "-%u", a->last);
    if (a->step > 1 && span / a->step + 1 == a->count)
        strbuf_addf(out, ":%u", a->step);
}

static json_t *metadata(const struct plain_array *a)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    cleanup_strbuf struct strbuf tasks = STRBUF_INIT;
    cleanup_strbuf struct strbuf limit = STRBUF_INIT;
    add_name(&name, a);
    add_tasks(&tasks, a);
    strbuf_addf(&limit, "%u", a->last + 1);
    if (name.failed || tasks.failed || limit.failed)
        return NULL;
    return json_pack("{s:s, s:{s:s, s:s*}}", "name", strbuf_str(&name), "annotations", PLAIN_TASKS,
                     strbuf_str(&tasks), JOB_INDEX_LIMIT,
                     a->last >= a->count ? strbuf_str(&limit) : NULL);
}

static json_t *exit_codes(const struct plain_failure_rule *r)
{
    json_t *values = json_array();
    for (int code = 0; code < PLAIN_CODES; code++)
        if (r->codes[code])
            json_array_append_new(values, json_integer(code));
    return json_pack("{s:s, s:{s:s, s:o}}", "action", r->action, "onExitCodes", "operator", r->op,
                     "values", values);
}

static json_t *failure_rule(const struct plain_failure_rule *r)
{
    if (r->op)
        return exit_codes(r);
    return json_pack("{s:s, s:[{s:s%, s:s}]}", "action", r->action, "onPodConditions", "type",
                     r->type.at, r->type.len, "status", r->status);
}

static json_t *success_rule(const struct plain_success_rule *r)
{
    json_t *rule = json_object();
    if (r->indexes.at)
        json_object_set_new(rule, "succeededIndexes", json_stringn(r->indexes.at, r->indexes.len));
    if (r->count != PLAIN_UNSET)
        json_object_set_new(rule, "succeededCount", json_integer(r->count));
    return rule;
}

/* A list that lacks one is as good as out of memory. */
static int set_rules(json_t *spec, const char *name, json_t *rules, size_t n)
{
    if (json_array_size(rules) == n)
        return n ? json_object_set_new(spec, name, json_pack("{s:o}", "rules", rules))
                 : (json_decref(rules), 0);
    json_decref(rules);
    return -1;
}

static int set_policies(json_t *spec, const struct plain_options *o)
{
    json_t *failure = json_array();
    json_t *success = json_array();
    for (size_t i = 0; i < o->failure.n; i++)
        json_array_append_new(failure, failure_rule(&o->failure.rules[i]));
    for (size_t i = 0; i < o->success.n; i++)
        json_array_append_new(success, success_rule(&o->success.rules[i]));
    int rc = set_rules(spec, "podFailurePolicy", failure, o->failure.n);
    return set_rules(spec, "successPolicy", success, o->success.n) || rc ? -1 : 0;
}

static int set_numbers(json_t *spec, const struct plain_options *o, const struct plain_array *a)
{
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"parallelism", a->count},
        {"completions", a->count},
        {"activeDeadlineSeconds", o->active_deadline},
        {"backoffLimit", o->backoff_limit},
        {"backoffLimitPerIndex", o->backoff_limit_per_index},
        {"maxFailedIndexes", o->max_failed_indexes},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].value != PLAIN_UNSET &&
            json_object_set_new(spec, numbers[i].name, json_integer(numbers[i].value)))
            return -1;
    return 0;
}

static json_t *make_raw(const struct plain_options *o, const struct plain_array *a)
{
    json_t *spec = json_pack("{s:s, s:{s:{s:s, s:[{s:s, s:s}]}}}", "completionMode", "Indexed",
                             "template", "spec", "restartPolicy", "Never", "containers", "name",
                             PLAIN_JOB_CONTAINER, "image", PLAIN_JOB_IMAGE);
    if (!spec || set_numbers(spec, o, a) || set_policies(spec, o)) {
        json_decref(spec);
        return NULL;
    }
    return json_pack("{s:s, s:s, s:o, s:o}", "apiVersion", "batch/v1", "kind", "Job", "metadata",
                     metadata(a), "spec", spec);
}

json_t *plain_job_make(const struct plain_options *options, const struct plain_array *array,
                       struct error *err)
{
    cleanup_decode_report struct decode_report report = {0};
    if (check(options, array, err))
        return NULL;
    cleanup_json json_t *raw = make_raw(options, array);
    if (!raw) {
        error_set(err, "out of memory");
        return NULL;
    }
    cleanup_json json_t *job = decode(&schema_job, raw, &report, err);
    return job && default_job(job, err) == 0 ? steal_ptr(&job) : NULL;
}
