/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "pod_meta.h"
#include "pods.h"
#include "timefmt.h"
#include "tree.h"

#define INDEX_LABEL "batch.kubernetes.io/job-completion-index"
#define INDEX_ENV   "JOB_COMPLETION_INDEX"

/* A JSON object that is being filled. The first thing that fails stays. */
struct making {
    json_t *object;
    bool failed;
};

/* Steals value. */
static void put(struct making *m, const char *name, json_t *value)
{
    m->failed |= json_object_set_new_nocheck(m->object, name, value) < 0;
}

static void put_text(struct making *m, const char *name, const char *text)
{
    if (*text)
        put(m, name, json_string(text));
}

static json_t *time_json(int64_t us)
{
    char text[TIMEFMT_MAX];
    return us == FOLD_NO_TIME ? json_null() : json_string(timefmt_rfc3339(us / 1000000, text));
}

static void put_time(struct making *m, const char *name, int64_t us)
{
    if (us != FOLD_NO_TIME)
        put(m, name, time_json(us));
}

static json_t *made(struct making *m)
{
    if (!m->failed)
        return m->object;
    json_decref(m->object);
    return NULL;
}

static struct making begin(void)
{
    json_t *object = json_object();
    return (struct making){object, !object};
}

/* ---- metadata ---- */

static json_t *owners(const json_t *job_meta)
{
    return json_pack("[{s:s, s:s, s:s, s:s, s:b, s:b}]", "apiVersion", "batch/v1", "kind", "Job",
                     "name", tree_str(job_meta, "name"), "uid", tree_str(job_meta, "uid"),
                     "controller", 1, "blockOwnerDeletion", 1);
}

/* Earlier attempts of the index that failed. */
static uint32_t failures_before(const struct pods *p, const struct pod *pod)
{
    uint32_t n = 0;
    for (uint32_t a = 0; a < pod->attempt; a++) {
        const struct fold_attempt *before = fold_attempt_of(p->job->fold, pod->index, a);
        n += before && before->phase == JOURNAL_FAILED;
    }
    return n;
}

static json_t *metadata(const struct pods *p, const struct pod *pod, const struct pod_state *s)
{
    const json_t *job = p->of, *job_meta = tree_get(job, "metadata");
    const char *uid = tree_str(job_meta, "uid");
    bool per_index = tree_has(tree_get(job, "spec"), "backoffLimitPerIndex");
    char name[POD_NAME_MAX + 1], pod_uid[POD_UID_LEN + 1];
    struct making m = begin();
    pods_name(p, pod, name);
    pod_meta_uid(pod_uid, uid, pod->index, pod->attempt);
    cleanup_json json_t *annotations =
        pod_meta_annotations(job, pod->index, per_index ? failures_before(p, pod) : 0, 0);
    put(&m, "name", json_string(name));
    put(&m, "generateName",
        json_stringn(name, strlen(name) > POD_NAME_SUFFIX ? strlen(name) - POD_NAME_SUFFIX : 0));
    put_text(&m, "namespace", tree_str(job_meta, "namespace"));
    put(&m, "uid", json_string(pod_uid));
    put_time(&m, "creationTimestamp", s->created_us);
    put_time(&m, "deletionTimestamp", s->deleted_us);
    put(&m, "labels", pod_meta_labels(job, uid, pod->index));
    if (json_object_size(annotations))
        put(&m, "annotations", json_incref(annotations));
    put(&m, "ownerReferences", owners(job_meta));
    return made(&m);
}

/* ---- spec ---- */

/* As the Job controller does it. */
static int add_index(json_t *containers)
{
    size_t i;
    json_t *c;
    json_array_foreach (containers, i, c) {
        json_t *env = tree_get(c, "env");
        if (tree_named(env, INDEX_ENV))
            continue;
        if (!env && json_object_set_new(c, "env", env = json_array()) < 0)
            return -1;
        if (json_array_append_new(env,
                                  json_pack("{s:s, s:{s:{s:s, s:s}}}", "name", INDEX_ENV,
                                            "valueFrom", "fieldRef", "apiVersion", "v1",
                                            "fieldPath", "metadata.labels['" INDEX_LABEL "']")) < 0)
            return -1;
    }
    return 0;
}

static json_t *common_spec(const struct pods *p)
{
    const json_t *job = tree_get(p->of, "spec");
    cleanup_json json_t *spec = json_deep_copy(tree_at(job, "template", "spec", NULL));
    bool indexed = tree_is(job, "completionMode", "Indexed");
    if (!spec || (indexed && (add_index(tree_get(spec, "containers")) < 0 ||
                              add_index(tree_get(spec, "initContainers")) < 0)))
        return NULL;
    return steal_ptr(&spec);
}

/* The Job with the template that the pod has: that of before its change, for pods of before. */
static json_t *job_of(const struct pods *p, const struct pod *pod, struct error *err)
{
    cleanup_json json_t *template = NULL, *job = json_copy(p->job->object);
    cleanup_json json_t *spec = json_copy(tree_get(job, "spec"));
    if (job_view_template(p->job, pod->attempt, &template, err) < 0)
        return NULL;
    if (json_object_set(spec, "template", template) == 0 && json_object_set(job, "spec", spec) == 0)
        return steal_ptr(&job);
    error_set(err, "out of memory");
    return NULL;
}

const json_t *pods_job(struct pods *p, const struct pod *pod, struct error *err)
{
    uint32_t number = fold_template_of(p->job->fold, pod->attempt);
    if (p->of && p->of_number == number)
        return p->of;
    json_decref(p->of);
    json_decref(p->spec);
    p->spec = NULL;
    p->of_number = number;
    return p->of = job_of(p, pod, err);
}

static json_t *pod_spec(struct pods *p, const struct pod *pod)
{
    char node[256], hostname[96];
    const json_t *job = p->of;
    if (!p->spec && !(p->spec = common_spec(p)))
        return NULL;
    struct making m = {json_copy(p->spec), false};
    if (!m.object)
        return NULL;
    pods_node(p, pod, node, sizeof node);
    put_text(&m, "nodeName", node);
    if (tree_is(tree_get(job, "spec"), "completionMode", "Indexed") &&
        !tree_has(p->spec, "hostname")) {
        snprintf(hostname, sizeof hostname, "%.63s-%u", tree_str(tree_get(job, "metadata"), "name"),
                 pod->index);
        if (strlen(hostname) <= 63)
            put(&m, "hostname", json_string(hostname));
    }
    return made(&m);
}

/* ---- status ---- */

static json_t *terminated(int code, const char *reason, int64_t started, int64_t finished)
{
    struct making m = begin();
    put(&m, "exitCode", json_integer(code));
    put_text(&m, "reason", reason);
    put(&m, "startedAt", time_json(started));
    put(&m, "finishedAt", time_json(finished));
    return made(&m);
}

static json_t *state_json(const struct pod_container *c)
{
    struct making m = begin(), inner = begin();
    if (c->run == CONTAINER_TERMINATED) {
        json_decref(inner.object);
        put(&m, "terminated", terminated(c->exit_code, c->reason, c->started_us, c->finished_us));
        return made(&m);
    }
    if (c->run == CONTAINER_RUNNING)
        put_time(&inner, "startedAt", c->started_us);
    else
        put_text(&inner, "reason", c->reason);
    put(&m, c->run == CONTAINER_RUNNING ? "running" : "waiting", made(&inner));
    return made(&m);
}

static const char *image_of(const json_t *spec, const char *name)
{
    const json_t *c = tree_named(tree_get(spec, "containers"), name);
    return tree_str(c ? c : tree_named(tree_get(spec, "initContainers"), name), "image");
}

static json_t *container_json(const json_t *spec, const struct pod_container *c)
{
    struct making m = begin(), last = begin();
    if (c->has_last)
        put(&last, "terminated",
            terminated(c->last_exit, c->last_reason, FOLD_NO_TIME, FOLD_NO_TIME));
    put(&m, "name", json_string(c->name));
    put(&m, "image", json_string(image_of(spec, c->name)));
    put(&m, "imageID", json_string(""));
    put(&m, "ready", json_boolean(c->ready));
    put(&m, "started", json_boolean(c->started));
    put(&m, "restartCount", json_integer(c->restarts));
    put(&m, "state", state_json(c));
    put(&m, "lastState", made(&last));
    return made(&m);
}

static void put_containers(struct making *m, const json_t *spec, const struct pod_state *s)
{
    json_t *init = json_array(), *main = json_array();
    for (size_t i = 0; i < s->n; i++)
        m->failed |=
            json_array_append_new(i < s->n_init ? init : main, container_json(spec, &s->v[i])) < 0;
    put(m, "containerStatuses", main);
    if (s->n_init)
        put(m, "initContainerStatuses", init);
    else
        json_decref(init);
}

struct condition {
    const char *type;
    bool is_true;
    const char *reason;
    int64_t since_us;
    const char *message; /* NULL = none */
};

static json_t *condition_json(const struct condition *c)
{
    struct making m = begin();
    put(&m, "type", json_string(c->type));
    put(&m, "status", json_string(c->is_true ? "True" : "False"));
    put(&m, "lastProbeTime", json_null());
    put(&m, "lastTransitionTime", time_json(c->since_us));
    put_text(&m, "reason", c->reason);
    put_text(&m, "message", c->message ? c->message : "");
    return made(&m);
}

static bool initialized(const struct pod_state *s)
{
    for (size_t i = 0; i < s->n_init; i++) {
        const struct pod_container *c = &s->v[i];
        bool done = c->run == CONTAINER_TERMINATED && c->exit_code == 0;
        if (!(c->kind == CONTAINER_SIDECAR ? c->started || s->ended_us != FOLD_NO_TIME : done))
            return false;
    }
    return true;
}

static bool all_ready(const struct pod_state *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->v[i].kind != CONTAINER_INIT && !s->v[i].ready)
            return false;
    return true;
}

static json_t *conditions(const struct pod *pod, const struct pod_state *s)
{
    bool on_node = s->started_us != FOLD_NO_TIME || s->ended_us != FOLD_NO_TIME;
    bool over = s->ended_us != FOLD_NO_TIME, ready = on_node && !over && all_ready(s);
    bool done = on_node && initialized(s);
    int64_t since = over ? s->ended_us : on_node ? s->started_us : s->created_us;
    int64_t began = on_node && s->started_us != FOLD_NO_TIME ? s->started_us : s->created_us;
    const char *why = s->phase == PHASE_SUCCEEDED ? "PodCompleted"
                      : s->phase == PHASE_FAILED  ? "PodFailed"
                      : ready                     ? ""
                                                  : "ContainersNotReady";
    const struct condition list[] = {
        {"DisruptionTarget", true, s->disruption, s->ended_us, NULL},
        {"PodReadyToStartContainers", on_node && !over, "", since, NULL},
        {"Initialized", done,
         done ? s->phase == PHASE_SUCCEEDED ? "PodCompleted" : "" : "ContainersNotInitialized",
         began, NULL},
        {"Ready", ready, why, since, NULL},
        {"ContainersReady", ready, why, since, NULL},
        {"PodScheduled", true, "", began, NULL},
    };
    cleanup_json json_t *v = json_array();
    if (!on_node) {
        const struct condition waits = {"PodScheduled", false, "Unschedulable", s->created_us,
                                        pod->waits_for};
        return json_pack("[o]", condition_json(&waits));
    }
    for (size_t i = !s->disrupted; i < sizeof list / sizeof *list; i++)
        if (json_array_append_new(v, condition_json(&list[i])) < 0)
            return NULL;
    return steal_ptr(&v);
}

/* Guaranteed: each container has limits of cpu and memory, and no other requests. */
static const char *qos_class(const json_t *spec)
{
    static const char *const lists[] = {"containers", "initContainers"};
    static const char *const amounts[] = {"cpu", "memory"};
    bool any = false, guaranteed = true;
    for (size_t l = 0; l < 2; l++) {
        size_t i;
        json_t *c;
        json_array_foreach (tree_get(spec, lists[l]), i, c)
            for (size_t a = 0; a < 2; a++) {
                const json_t *limit = tree_at(c, "resources", "limits", amounts[a], NULL);
                const json_t *request = tree_at(c, "resources", "requests", amounts[a], NULL);
                any |= limit || request;
                guaranteed &= limit && (!request || json_equal(limit, request));
            }
    }
    return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
}

/* Pods have the network of their node. */
static void put_address(struct making *m, const struct pods *p, const struct pod *pod)
{
    static const char *const names[][2] = {{"hostIP", "hostIPs"}, {"podIP", "podIPs"}};
    char ip[64];
    pods_address(p, pod, ip, sizeof ip);
    for (size_t i = 0; *ip && i < 2; i++) {
        put(m, names[i][0], json_string(ip));
        put(m, names[i][1], json_pack("[{s:s}]", "ip", ip));
    }
}

static json_t *status(const struct pods *p, const struct pod *pod, const struct pod_state *s)
{
    struct making m = begin();
    put_address(&m, p, pod);
    put(&m, "phase", json_string(pod_state_phase(s->phase)));
    put_text(&m, "reason", s->reason);
    put_time(&m, "startTime", s->started_us);
    put(&m, "conditions", conditions(pod, s));
    put(&m, "qosClass", json_string(qos_class(p->spec)));
    if (s->started_us != FOLD_NO_TIME || s->ended_us != FOLD_NO_TIME)
        put_containers(&m, p->spec, s);
    return made(&m);
}

json_t *pods_object(struct pods *p, const struct pod *pod, struct error *err)
{
    cleanup_pod_state struct pod_state s = {0};
    struct making m = begin();
    if (!pods_job(p, pod, err) || pods_state(p, pod, &s, err) < 0) {
        json_decref(m.object);
        return NULL;
    }
    put(&m, "apiVersion", json_string("v1"));
    put(&m, "kind", json_string("Pod"));
    put(&m, "metadata", metadata(p, pod, &s));
    put(&m, "spec", pod_spec(p, pod));
    put(&m, "status", status(p, pod, &s));
    json_t *object = made(&m);
    if (!object)
        error_set(err, "out of memory");
    return object;
}
