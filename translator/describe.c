/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "duration.h"
#include "timefmt.h"
#include "tree.h"

#define ANNOTATION_MAX 140
#define LAST_APPLIED   "kubectl.kubernetes.io/last-applied-configuration"
#define INDEXES_MIN    50

static void line(struct strbuf *out, const char *title, const char *value)
{
    strbuf_addf(out, "%s:\t%s\n", title, value);
}

static const char *or_none(const char *text)
{
    return *text ? text : "<none>";
}

/* ---- parts ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **describe_keys(const json_t *object, size_t *n)
{
    const char *key;
    json_t *v;
    const char **keys = calloc(json_object_size(object) + 1, sizeof *keys);
    *n = 0;
    json_object_foreach ((json_t *)object, key, v)
        if (keys)
            keys[(*n)++] = key;
    if (*n)
        qsort(keys, *n, sizeof *keys, by_name);
    return keys;
}

void describe_map(const char *title, const json_t *map, struct strbuf *out)
{
    size_t n;
    cleanup_free const char **keys = describe_keys(map, &n);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(out, "%s%s\t%s=%s\n", i ? "" : title, i ? "" : ":", keys[i],
                    tree_str(map, keys[i]));
    if (!n)
        line(out, title, "<none>");
}

/* A short one stands behind its key, a long one below it, cut. */
static void add_annotation(const char *key, const char *value, struct strbuf *out)
{
    size_t cut = ANNOTATION_MAX - 2;
    if (!strchr(value, '\n') && strlen(key) + strlen(value) + 2 <= ANNOTATION_MAX) {
        strbuf_addf(out, "%s: %s\n", key, value);
        return;
    }
    strbuf_addf(out, "%s:\n", key);
    for (const char *at = value; at;) {
        size_t len = strcspn(at, "\n");
        strbuf_addf(out, "\t  %.*s%s\n", (int)(len > cut ? cut : len), at, len > cut ? "..." : "");
        at = at[len] ? at + len + 1 : NULL;
    }
}

void describe_annotations(const char *title, const json_t *map, struct strbuf *out)
{
    size_t n, shown = 0;
    cleanup_free const char **keys = describe_keys(map, &n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(keys[i], LAST_APPLIED) == 0)
            continue;
        strbuf_addf(out, "%s%s\t", shown ? "" : title, shown ? "" : ":");
        add_annotation(keys[i], tree_str(map, keys[i]), out);
        shown++;
    }
    if (!shown)
        line(out, title, "<none>");
}

void describe_time(const char *title, const char *time, struct strbuf *out)
{
    int64_t t;
    char text[TIMEFMT_MAX];
    struct tm local;
    if (timefmt_parse_rfc3339(time, &t) < 0) {
        line(out, title, "Mon, 01 Jan 0001 00:00:00 +0000"); /* Go's zero time */
        return;
    }
    const time_t when = (time_t)t;
    int offset = localtime_r(&when, &local) ? (int)local.tm_gmtoff : 0;
    line(out, title, timefmt_rfc1123z(t, offset, text));
}

void describe_tolerations(const char *title, const json_t *tolerations, struct strbuf *out)
{
    size_t i;
    json_t *t;
    json_array_foreach (tolerations, i, t) {
        const char *value = tree_str(t, "value"), *effect = tree_str(t, "effect");
        strbuf_addf(out, "%s%s\t%s%s%s%s%s", i ? "" : title, i ? "" : ":", tree_str(t, "key"),
                    *value ? "=" : "", value, *effect ? ":" : "", effect);
        strbuf_adds(out, tree_is(t, "operator", "Exists") ? " op=Exists" : "");
        if (tree_has(t, "tolerationSeconds"))
            strbuf_addf(out, " for %llds", tree_int(t, "tolerationSeconds"));
        strbuf_addc(out, '\n');
    }
    if (!json_array_size(tolerations))
        line(out, title, "<none>");
}

static void add_head(const json_t *object, bool namespaced, struct strbuf *out)
{
    const json_t *meta = tree_get(object, "metadata");
    line(out, "Name", tree_str(meta, "name"));
    if (namespaced)
        line(out, "Namespace", tree_str(meta, "namespace"));
}

static void add_labels(const json_t *object, struct strbuf *out)
{
    const json_t *meta = tree_get(object, "metadata");
    describe_map("Labels", tree_get(meta, "labels"), out);
    describe_annotations("Annotations", tree_get(meta, "annotations"), out);
}

/* ---- events ---- */

/* "8s", or "8s (x7 over 66s)" of what happened several times. */
static void add_event_age(const json_t *event, int64_t now_us, struct strbuf *out)
{
    char age[DURATION_HUMAN_MAX];
    int64_t first, last, now = now_us / 1000000;
    if (timefmt_parse_rfc3339(tree_str(event, "lastTimestamp"), &last) < 0) {
        strbuf_adds(out, "<unknown>");
        return;
    }
    strbuf_adds(out, duration_human(now - last, age));
    if (tree_int(event, "count") > 1 &&
        timefmt_parse_rfc3339(tree_str(event, "firstTimestamp"), &first) == 0)
        strbuf_addf(out, " (x%lld over %s)", tree_int(event, "count"),
                    duration_human(now - first, age));
}

static void add_events(const json_t *events, int64_t now_us, struct strbuf *out)
{
    size_t i;
    json_t *e;
    if (!json_array_size(events)) {
        strbuf_adds(out, "Events:\t<none>\n");
        return;
    }
    strbuf_adds(out, "Events:\n  Type\tReason\tAge\tFrom\tMessage\n"
                     "  ----\t------\t----\t----\t-------\n");
    json_array_foreach (events, i, e) {
        strbuf_addf(out, "  %s\t%s\t", tree_str(e, "type"), tree_str(e, "reason"));
        add_event_age(e, now_us, out);
        strbuf_addf(out, "\t%s\t%s\n", tree_str(tree_get(e, "source"), "component"),
                    tree_str(e, "message"));
    }
}

/* ---- jobs ---- */

static void add_owner(const json_t *object, struct strbuf *out)
{
    size_t i;
    json_t *o;
    json_array_foreach (tree_at(object, "metadata", "ownerReferences", NULL), i, o)
        if (tree_bool(o, "controller"))
            strbuf_addf(out, "Controlled By:\t%s/%s\n", tree_str(o, "kind"), tree_str(o, "name"));
}

static void add_number(const json_t *spec, const char *field, const char *title, const char *unit,
                       const char *otherwise, struct strbuf *out)
{
    if (tree_has(spec, field))
        strbuf_addf(out, "%s:\t%lld%s\n", title, tree_int(spec, field), unit);
    else if (otherwise)
        line(out, title, otherwise);
}

static void add_spec(const json_t *job, struct strbuf *out)
{
    const json_t *spec = tree_get(job, "spec");
    add_number(spec, "parallelism", "Parallelism", "", NULL, out);
    add_number(spec, "completions", "Completions", "", "<unset>", out);
    if (tree_has(spec, "completionMode"))
        line(out, "Completion Mode", tree_str(spec, "completionMode"));
    if (tree_has(spec, "suspend"))
        line(out, "Suspend", tree_bool(spec, "suspend") ? "true" : "false");
    add_number(spec, "backoffLimit", "Backoff Limit", "", NULL, out);
    add_number(spec, "ttlSecondsAfterFinished", "TTL Seconds After Finished", "", NULL, out);
}

static void add_times(const json_t *job, struct strbuf *out)
{
    const json_t *status = tree_get(job, "status");
    const char *start = tree_str(status, "startTime"), *end = tree_str(status, "completionTime");
    char text[DURATION_HUMAN_MAX];
    int64_t from, to;
    if (*start)
        describe_time("Start Time", start, out);
    if (*end)
        describe_time("Completed At", end, out);
    if (timefmt_parse_rfc3339(start, &from) == 0 && timefmt_parse_rfc3339(end, &to) == 0)
        line(out, "Duration", duration_human(to - from, text));
    add_number(tree_get(job, "spec"), "activeDeadlineSeconds", "Active Deadline Seconds", "s", NULL,
               out);
}

/* Cut at the first comma from a certain length on. */
static void add_indexes(const json_t *job, struct strbuf *out)
{
    const char *text = or_none(tree_str(tree_get(job, "status"), "completedIndexes"));
    if (!tree_is(tree_get(job, "spec"), "completionMode", "Indexed"))
        return;
    const char *cut = strlen(text) > INDEXES_MIN ? strchr(text + INDEXES_MIN, ',') : NULL;
    size_t len = cut ? (size_t)(cut + 1 - text) : strlen(text);
    strbuf_addf(out, "Completed Indexes:\t%.*s%s\n", (int)len, text, cut ? "..." : "");
}

static void add_template(const json_t *template, struct strbuf *out)
{
    const json_t *meta = tree_get(template, "metadata"), *spec = tree_get(template, "spec");
    strbuf_adds(out, "Pod Template:\n");
    describe_map("  Labels", tree_get(meta, "labels"), out);
    if (json_object_size(tree_get(meta, "annotations")))
        describe_annotations("  Annotations", tree_get(meta, "annotations"), out);
    if (*tree_str(spec, "serviceAccountName"))
        line(out, "  Service Account", tree_str(spec, "serviceAccountName"));
    describe_containers("Init Containers", tree_get(spec, "initContainers"), NULL, "  ", out);
    describe_containers("Containers", tree_get(spec, "containers"), NULL, "  ", out);
    describe_volumes(tree_get(spec, "volumes"), "  ", out);
    if (*tree_str(spec, "priorityClassName"))
        line(out, "  Priority Class Name", tree_str(spec, "priorityClassName"));
    describe_map("  Node-Selectors", tree_get(spec, "nodeSelector"), out);
    describe_tolerations("  Tolerations", tree_get(spec, "tolerations"), out);
}

static void describe_job(const json_t *job, struct strbuf *out)
{
    const json_t *status = tree_get(job, "status");
    add_head(job, true, out);
    describe_map("Selector", tree_at(job, "spec", "selector", "matchLabels", NULL), out);
    add_labels(job, out);
    add_owner(job, out);
    add_spec(job, out);
    add_times(job, out);
    strbuf_addf(out, "Pods Statuses:\t%lld Active (%lld Ready) / %lld Succeeded / %lld Failed\n",
                tree_int(status, "active"), tree_int(status, "ready"),
                tree_int(status, "succeeded"), tree_int(status, "failed"));
    add_indexes(job, out);
    add_template(tree_at(job, "spec", "template", NULL), out);
}

/* ---- cronjobs ---- */

static void add_seconds(const json_t *spec, const char *field, const char *title,
                        struct strbuf *out)
{
    if (tree_has(spec, field))
        strbuf_addf(out, "%s:\t%llds\n", title, tree_int(spec, field));
    else
        line(out, title, "<unset>");
}

static void add_active(const json_t *cronjob, struct strbuf *out)
{
    const json_t *active = tree_at(cronjob, "status", "active", NULL), *ref;
    size_t i;
    strbuf_adds(out, "Active Jobs:\t");
    json_array_foreach (active, i, ref)
        strbuf_addf(out, "%s%s", i ? ", " : "", tree_str(ref, "name"));
    strbuf_adds(out, json_array_size(active) ? "\n" : "<none>\n");
}

static void describe_cronjob(const json_t *cronjob, struct strbuf *out)
{
    const json_t *spec = tree_get(cronjob, "spec");
    const json_t *job = tree_at(spec, "jobTemplate", "spec", NULL);
    const char *zone = tree_str(spec, "timeZone");
    const char *last = tree_str(tree_get(cronjob, "status"), "lastScheduleTime");
    add_head(cronjob, true, out);
    add_labels(cronjob, out);
    line(out, "Schedule", tree_str(spec, "schedule"));
    line(out, "Concurrency Policy", tree_str(spec, "concurrencyPolicy"));
    line(out, "Suspend", tree_bool(spec, "suspend") ? "True" : "False");
    line(out, "Time Zone", *zone ? zone : "<unset>");
    add_number(spec, "successfulJobsHistoryLimit", "Successful Job History Limit", "", "<unset>",
               out);
    add_number(spec, "failedJobsHistoryLimit", "Failed Job History Limit", "", "<unset>", out);
    add_seconds(spec, "startingDeadlineSeconds", "Starting Deadline Seconds", out);
    line(out, "Selector", "<unset>"); /* a jobTemplate may have none */
    add_number(job, "parallelism", "Parallelism", "", "<unset>", out);
    add_number(job, "completions", "Completions", "", "<unset>", out);
    add_number(job, "activeDeadlineSeconds", "Active Deadline Seconds", "s", NULL, out);
    add_template(tree_get(job, "template"), out);
    if (*last)
        describe_time("Last Schedule Time", last, out);
    else
        line(out, "Last Schedule Time", "<unset>");
    add_active(cronjob, out);
}

/* ---- pods ---- */

static void add_conditions(const json_t *pod, struct strbuf *out)
{
    const json_t *list = tree_at(pod, "status", "conditions", NULL);
    size_t i;
    json_t *c;
    if (json_array_size(list))
        strbuf_adds(out, "Conditions:\n  Type\tStatus\n");
    json_array_foreach (list, i, c)
        strbuf_addf(out, "  %s \t%s \n", tree_str(c, "type"), tree_str(c, "status"));
}

static void add_pod_state(const json_t *pod, struct strbuf *out)
{
    const json_t *status = tree_get(pod, "status");
    bool ending = tree_has(tree_get(pod, "metadata"), "deletionTimestamp");
    line(out, "Status", ending ? "Terminating" : tree_str(status, "phase"));
    if (ending)
        strbuf_addf(out, "Termination Grace Period:\t%llds\n",
                    tree_int(tree_get(pod, "spec"), "terminationGracePeriodSeconds"));
    if (*tree_str(status, "reason"))
        line(out, "Reason", tree_str(status, "reason"));
    line(out, "IP", tree_str(status, "podIP"));
    strbuf_adds(out, *tree_str(status, "podIP") ? "IPs:\n  IP:\t" : "IPs:\t<none>");
    strbuf_addf(out, "%s\n", tree_str(status, "podIP"));
}

static void describe_pod(const json_t *pod, struct strbuf *out)
{
    const json_t *spec = tree_get(pod, "spec"), *status = tree_get(pod, "status");
    const char *account = tree_str(spec, "serviceAccountName");
    const char *node = tree_str(spec, "nodeName");
    add_head(pod, true, out);
    if (*tree_str(spec, "priorityClassName"))
        line(out, "Priority Class Name", tree_str(spec, "priorityClassName"));
    line(out, "Service Account", *account ? account : "default");
    strbuf_addf(out, "Node:\t%s%s%s\n", or_none(node), *node ? "/" : "",
                tree_str(status, "hostIP"));
    if (*tree_str(status, "startTime"))
        describe_time("Start Time", tree_str(status, "startTime"), out);
    add_labels(pod, out);
    add_pod_state(pod, out);
    add_owner(pod, out);
    describe_containers("Init Containers", tree_get(spec, "initContainers"),
                        tree_get(status, "initContainerStatuses"), "", out);
    describe_containers("Containers", tree_get(spec, "containers"),
                        tree_get(status, "containerStatuses"), "", out);
    add_conditions(pod, out);
    describe_volumes(tree_get(spec, "volumes"), "", out);
    line(out, "QoS Class", tree_str(status, "qosClass"));
    describe_map("Node-Selectors", tree_get(spec, "nodeSelector"), out);
    describe_tolerations("Tolerations", tree_get(spec, "tolerations"), out);
}

/* ---- configmaps, secrets, nodes ---- */

/* Of what a text in base64 stands for. */
static size_t decoded_size(const char *base64)
{
    size_t padding = strlen(base64) - strcspn(base64, "=");
    return strlen(base64) / 4 * 3 - (padding < 3 ? padding : 0);
}

static void describe_config_map(const json_t *map, struct strbuf *out)
{
    const json_t *data = tree_get(map, "data"), *binary = tree_get(map, "binaryData");
    size_t n;
    cleanup_free const char **keys = describe_keys(data, &n);
    add_head(map, true, out);
    add_labels(map, out);
    strbuf_adds(out, "\nData\n====\n");
    for (size_t i = 0; i < n; i++)
        strbuf_addf(out, "%s:\n----\n%s\n\n", keys[i], tree_str(data, keys[i]));
    strbuf_adds(out, "\nBinaryData\n====\n");
    cleanup_free const char **names = describe_keys(binary, &n);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(out, "%s: %zu bytes\n", names[i], decoded_size(tree_str(binary, names[i])));
    strbuf_adds(out, "\n");
}

static void describe_secret(const json_t *secret, struct strbuf *out)
{
    const json_t *data = tree_get(secret, "data");
    size_t n;
    cleanup_free const char **keys = describe_keys(data, &n);
    add_head(secret, true, out);
    add_labels(secret, out);
    strbuf_addf(out, "\nType:\t%s\n\nData\n====\n", tree_str(secret, "type"));
    for (size_t i = 0; i < n; i++)
        strbuf_addf(out, "%s:\t%zu bytes\n", keys[i], decoded_size(tree_str(data, keys[i])));
}

static void add_capacity(const char *title, const json_t *amounts, struct strbuf *out)
{
    size_t n;
    cleanup_free const char **keys = describe_keys(amounts, &n);
    strbuf_addf(out, "%s:\n", title);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(out, "  %s:\t%s\n", keys[i], tree_str(amounts, keys[i]));
}

static void add_node_conditions(const json_t *node, struct strbuf *out)
{
    size_t i;
    json_t *c;
    strbuf_adds(out, "Conditions:\n  Type\tStatus\tReason\tMessage\n  ----\t------\t------\t"
                     "-------\n");
    json_array_foreach (tree_at(node, "status", "conditions", NULL), i, c)
        strbuf_addf(out, "  %s\t%s\t%s\t%s\n", tree_str(c, "type"), tree_str(c, "status"),
                    tree_str(c, "reason"), tree_str(c, "message"));
}

static void describe_node(const json_t *node, struct strbuf *out)
{
    static const char *const infos[][2] = {{"Kernel Version", "kernelVersion"},
                                           {"OS Image", "osImage"},
                                           {"Operating System", "operatingSystem"},
                                           {"Architecture", "architecture"},
                                           {"Container Runtime Version", "containerRuntimeVersion"},
                                           {"Kubelet Version", "kubeletVersion"}};
    const json_t *meta = tree_get(node, "metadata"), *status = tree_get(node, "status");
    size_t i;
    json_t *a;
    add_head(node, false, out);
    line(out, "Roles", "<none>");
    add_labels(node, out);
    if (*tree_str(meta, "creationTimestamp"))
        describe_time("CreationTimestamp", tree_str(meta, "creationTimestamp"), out);
    line(out, "Unschedulable",
         tree_bool(tree_get(node, "spec"), "unschedulable") ? "true" : "false");
    add_node_conditions(node, out);
    strbuf_adds(out, "Addresses:\n");
    json_array_foreach (tree_get(status, "addresses"), i, a)
        strbuf_addf(out, "  %s:\t%s\n", tree_str(a, "type"), tree_str(a, "address"));
    add_capacity("Capacity", tree_get(status, "capacity"), out);
    add_capacity("Allocatable", tree_get(status, "allocatable"), out);
    strbuf_adds(out, "System Info:\n");
    for (i = 0; i < sizeof infos / sizeof *infos; i++)
        strbuf_addf(out, "  %s:\t%s\n", infos[i][0],
                    tree_str(tree_get(status, "nodeInfo"), infos[i][1]));
}

/* ---- all of them ---- */

static const struct {
    void (*describe)(const json_t *object, struct strbuf *out);
    bool has_events;
} kinds[RESOURCES] = {
    [RESOURCE_JOB] = {describe_job, true},
    [RESOURCE_POD] = {describe_pod, true},
    [RESOURCE_CRON_JOB] = {describe_cronjob, true},
    [RESOURCE_CONFIG_MAP] = {describe_config_map, true},
    [RESOURCE_SECRET] = {describe_secret, false},
    [RESOURCE_NODE] = {describe_node, true},
};

int describe_object(enum resource kind, const json_t *object, const json_t *events, int64_t now_us,
                    struct strbuf *out, struct error *err)
{
    if (!kinds[kind].describe)
        return error_set(err, "%s cannot be described: use skjob get -o yaml",
                         resource_plural(kind));
    kinds[kind].describe(object, out);
    if (kinds[kind].has_events)
        add_events(events, now_us, out);
    return out->failed ? error_set(err, "out of memory") : 0;
}
