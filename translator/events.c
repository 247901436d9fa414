/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"
#include "pod_meta.h"
#include "timefmt.h"
#include "tree.h"

enum source { CONTROLLER, SCHEDULER, KUBELET, TAINTS };

static const char *const sources[] = {"job-controller", "default-scheduler", "kubelet",
                                      "taint-eviction-controller"};

struct telling {
    const struct pods *pods;
    struct event {
        int64_t time_us;
        json_t *object;
    } * v;
    size_t len;
    bool failed;
};

/* Who an event is about. */
struct subject {
    const struct pod *pod; /* NULL: the Job */
    char name[POD_NAME_MAX + 1];
    char uid[POD_UID_LEN + 1];
    char node[256];
};

static json_t *involved(const struct telling *t, const struct subject *s)
{
    const json_t *meta = tree_get(t->pods->job->object, "metadata");
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "apiVersion", s->pod ? "v1" : "batch/v1", "kind",
                     s->pod ? "Pod" : "Job", "name", s->pod ? s->name : tree_str(meta, "name"),
                     "namespace", tree_str(meta, "namespace"), "uid",
                     s->pod ? s->uid : tree_str(meta, "uid"));
}

/* FNV-1a. */
static uint64_t mix(uint64_t hash, const char *text)
{
    while (*text)
        hash = (hash ^ (unsigned char)*text++) * 0x100000001b3u;
    return hash;
}

/* The same whenever it is told, whatever else has happened since. */
static uint64_t number_of(int64_t time_us, const char *reason, const char *message)
{
    return mix(mix(0xcbf29ce484222325u ^ (uint64_t)time_us, reason), message);
}

static json_t *make(const struct telling *t, const struct subject *s, int64_t time_us,
                    enum source source, const char *type, const char *reason, const char *message)
{
    const json_t *meta = tree_get(t->pods->job->object, "metadata");
    char name[384], when[TIMEFMT_MAX];
    timefmt_rfc3339(time_us / 1000000, when);
    snprintf(name, sizeof name, "%s.%016" PRIx64, s->pod ? s->name : tree_str(meta, "name"),
             number_of(time_us, reason, message));
    json_t *event = json_pack(
        "{s:s, s:s, s:{s:s, s:s, s:s}, s:o, s:s, s:s, s:s, s:s, s:s, s:i, s:{s:s}, s:n, s:s, s:s}",
        "apiVersion", "v1", "kind", "Event", "metadata", "name", name, "namespace",
        tree_str(meta, "namespace"), "creationTimestamp", when, "involvedObject", involved(t, s),
        "type", type, "reason", reason, "message", message, "firstTimestamp", when, "lastTimestamp",
        when, "count", 1, "source", "component", sources[source], "eventTime", "reportingComponent",
        sources[source], "reportingInstance", source == KUBELET ? s->node : "");
    if (event && source == KUBELET && *s->node)
        json_object_set_new(tree_get(event, "source"), "host", json_string(s->node));
    return event;
}

static void tell(struct telling *t, const struct subject *s, int64_t time_us, enum source source,
                 const char *type, const char *reason, const char *message)
{
    struct event *v = grow(t->v, t->len, sizeof *v);
    json_t *object = v ? make(t, s, time_us, source, type, reason, message) : NULL;
    if (v)
        t->v = v;
    if (object)
        t->v[t->len++] = (struct event){time_us, object};
    else
        t->failed = true;
}

/* ---- pods ---- */

static struct subject subject_of(const struct pods *p, const struct pod *pod)
{
    struct subject s = {.pod = pod};
    pods_name(p, pod, s.name);
    pod_meta_uid(s.uid, tree_str(tree_get(p->job->object, "metadata"), "uid"), pod->index,
                 pod->attempt);
    pods_node(p, pod, s.node, sizeof s.node);
    return s;
}

static const struct subject the_job = {0};

/* The containers that start with the pod, or stop with it: of the init containers only the first
 * is known to have started then. */
static void tell_containers(struct telling *t, const struct subject *s, int64_t at,
                            const char *reason, const char *verb)
{
    const json_t *spec = tree_at(t->pods->job->object, "spec", "template", "spec", NULL);
    const json_t *init = tree_get(spec, "initContainers");
    size_t i;
    json_t *c;
    char text[512];
    json_array_foreach (json_array_size(init) ? init : tree_get(spec, "containers"), i, c) {
        if (json_array_size(init) && i)
            break;
        snprintf(text, sizeof text, "%s container %s", verb, tree_str(c, "name"));
        tell(t, s, at, KUBELET, "Normal", reason, text);
    }
}

static void tell_start(struct telling *t, const struct subject *s)
{
    char text[768];
    int64_t at = s->pod->attempt_ ? s->pod->attempt_->started_us : FOLD_NO_TIME;
    const char *ns = tree_str(tree_get(t->pods->job->object, "metadata"), "namespace");
    if (s->pod->created_us == FOLD_NO_TIME)
        return;
    snprintf(text, sizeof text, "Created pod: %s", s->name);
    tell(t, &the_job, s->pod->created_us, CONTROLLER, "Normal", "SuccessfulCreate", text);
    if (at == FOLD_NO_TIME)
        return;
    snprintf(text, sizeof text, "Successfully assigned %s/%s to %s", ns, s->name, s->node);
    tell(t, s, at, SCHEDULER, "Normal", "Scheduled", text);
    tell_containers(t, s, at, "Started", "Started");
}

static bool is_reason(struct journal_text reason, const char *word)
{
    return reason.len == strlen(word) && memcmp(reason.data, word, reason.len) == 0;
}

static bool has_word(struct journal_text text, const char *word)
{
    return text.len && memmem(text.data, text.len, word, strlen(word));
}

static void tell_end(struct telling *t, const struct subject *s)
{
    const struct fold_attempt *a = s->pod->attempt_;
    struct fold_outcome_parts parts;
    char text[512];
    if (!a || a->phase != JOURNAL_FAILED)
        return;
    fold_outcome_of(t->pods->job->fold, a, &parts);
    if (is_reason(parts.reason, "DeadlineExceeded"))
        tell(t, s, a->ended_us, KUBELET, "Normal", "DeadlineExceeded",
             "Pod was active on the node longer than the specified deadline");
    snprintf(text, sizeof text, "Marking for deletion Pod %s/%s",
             tree_str(tree_get(t->pods->job->object, "metadata"), "namespace"), s->name);
    if (has_word(parts.conditions, "DeletionByTaintManager"))
        tell(t, s, a->ended_us, TAINTS, "Normal", "TaintManagerEviction", text);
    if (has_word(parts.conditions, "PreemptionByScheduler"))
        tell(t, s, a->ended_us, SCHEDULER, "Normal", "Preempted", "Preempted by Slurm");
}

static void tell_deleted(struct telling *t, const struct subject *s)
{
    const struct fold_attempt *a = s->pod->attempt_;
    int64_t at = fold_deleted_at(t->pods->job->fold, s->pod->index, s->pod->attempt);
    if (at != FOLD_NO_TIME && (!a || !a->phase || at <= a->ended_us))
        tell_containers(t, s, at, "Killing", "Stopping");
}

static int newest_first(const void *a, const void *b)
{
    int64_t x = (*(const struct pod *const *)a)->created_us;
    int64_t y = (*(const struct pod *const *)b)->created_us;
    return (x < y) - (x > y);
}

static void tell_pods(struct telling *t)
{
    size_t n = t->pods->len;
    cleanup_free const struct pod **v = calloc(n + 1, sizeof *v);
    if (!v) {
        t->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++)
        v[i] = &t->pods->v[i];
    if (n > EVENTS_ATTEMPTS_MAX)
        qsort(v, n, sizeof *v, newest_first);
    for (size_t i = 0; i < n && i < EVENTS_ATTEMPTS_MAX; i++) {
        const struct subject s = subject_of(t->pods, v[i]);
        tell_start(t, &s);
        tell_deleted(t, &s);
        tell_end(t, &s);
    }
}

/* ---- the Job ---- */

static void tell_changes(struct telling *t)
{
    size_t n;
    const struct fold_note *notes = fold_notes(t->pods->job->fold, &n);
    for (size_t i = 0; i < n; i++) {
        if (notes[i].event == JOURNAL_SUSPENDED)
            tell(t, &the_job, notes[i].time_us, CONTROLLER, "Normal", "Suspended", "Job suspended");
        if (notes[i].event == JOURNAL_RESUMED)
            tell(t, &the_job, notes[i].time_us, CONTROLLER, "Normal", "Resumed", "Job resumed");
        if (notes[i].event == JOURNAL_RETRIED)
            tell(t, &the_job, notes[i].time_us, CONTROLLER, "Normal", "Retried", "Job retried");
        if (notes[i].event == JOURNAL_GROWN)
            tell(t, &the_job, notes[i].time_us, CONTROLLER, "Normal", "Grown",
                 "Job got more completions");
    }
}

static void tell_outcome(struct telling *t)
{
    const struct machine *m = fold_machine(t->pods->job->fold);
    const struct machine_condition *c = machine_condition(m, MACHINE_FAILED_CONDITION);
    if (c)
        tell(t, &the_job, c->time_us, CONTROLLER, "Warning", c->reason, c->message);
    else if ((c = machine_condition(m, MACHINE_COMPLETE)))
        tell(t, &the_job, c->time_us, CONTROLLER, "Normal", "Completed", "Job completed");
}

static int by_time(const void *a, const void *b)
{
    int64_t x = ((const struct event *)a)->time_us, y = ((const struct event *)b)->time_us;
    return (x > y) - (x < y);
}

static json_t *take(struct telling *t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->len; i++)
        t->failed |= json_array_append_new(list, t->v[i].object) < 0;
    free(t->v);
    if (!t->failed)
        return list;
    json_decref(list);
    return NULL;
}

json_t *events_list(const struct pods *p, struct error *err)
{
    struct telling t = {.pods = p};
    tell_pods(&t);
    tell_changes(&t);
    tell_outcome(&t);
    if (t.len) /* glibc's is stable: what happened at once stays in order */
        qsort(t.v, t.len, sizeof *t.v, by_time);
    json_t *list = take(&t);
    if (!list)
        error_set(err, "out of memory");
    return list;
}

json_t *events_of(const json_t *events, const char *kind, const char *name)
{
    json_t *list = json_array(), *event;
    size_t i;
    json_array_foreach (events, i, event) {
        const json_t *who = tree_get(event, "involvedObject");
        if (tree_is(who, "kind", kind) && tree_is(who, "name", name))
            json_array_append(list, event);
    }
    return list;
}
