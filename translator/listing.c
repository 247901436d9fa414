/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "listing.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "cronjob_state.h"
#include "cronjob_sync.h"
#include "events.h"
#include "grow.h"
#include "job_live.h"
#include "nodes.h"
#include "objects.h"
#include "pod_find.h"
#include "pod_meta.h"
#include "tree.h"

static void free_names(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

static int add(struct listing *l, const struct found *f, struct error *err)
{
    struct found *v = grow(l->v, l->len, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    l->v = v;
    v[l->len++] = *f;
    return 0;
}

/* Steals object. job: what it was made of, NULL = no Job. */
static int add_object(struct listing *l, enum resource kind, json_t *object, struct listed_job *job,
                      struct error *err)
{
    const struct found f = {.kind = kind, .object = object, .job = job};
    int rc = object ? add(l, &f, err) : error_set(err, "out of memory");
    if (rc < 0)
        json_decref(object);
    return rc;
}

/* Of Jobs of others, slurmctld is asked one by one. */
static void ask_about_all(const struct listing *l)
{
    if (store_is_mine(l->store))
        job_live_many();
}

/* ---- Jobs ---- */

static void forget_pods(struct listed_job *j)
{
    if (j->has_pods)
        pods_free(&j->pods);
    j->has_pods = false;
    json_decref(j->events);
    j->events = NULL;
}

static void job_free(struct listed_job *j)
{
    if (!j)
        return;
    forget_pods(j);
    job_watch_free(&j->watch);
    free(j->ns);
    free(j->name);
    free(j);
}

static void job_freep(struct listed_job **j)
{
    job_free(*j);
}

static int keep_job(struct listing *l, struct listed_job *j, struct error *err)
{
    struct listed_job **v = grow(l->jobs, l->n_jobs, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    l->jobs = v;
    v[l->n_jobs++] = j;
    return 0;
}

static struct listed_job *find_job(const struct listing *l, const char *ns, const char *name)
{
    for (size_t i = 0; i < l->n_jobs; i++)
        if (strcmp(l->jobs[i]->name, name) == 0 && strcmp(l->jobs[i]->ns, ns) == 0)
            return l->jobs[i];
    return NULL;
}

/* Returns 0, 1 when it is gone, -1 with err. */
static int look(const struct listing *l, struct listed_job *j, struct error *err)
{
    int rc = l->goes_on ? job_watch_look(&j->watch, l->store, j->ns, j->name, err)
                        : job_view_load(&j->watch.view, l->store, j->ns, j->name, l->now_us, err);
    j->is_fresh = rc == 0;
    return rc;
}

/* It becomes the last one. Returns 0, 1 when there is none of that name, -1 with err. */
static int new_job(struct listing *l, const char *ns, const char *name, struct error *err)
{
    __attribute__((cleanup(job_freep))) struct listed_job *j = calloc(1, sizeof *j);
    if (!j || !(j->ns = strdup(ns)) || !(j->name = strdup(name)))
        return error_set(err, "out of memory");
    int rc = look(l, j, err);
    if (rc != 0)
        return rc;
    if (keep_job(l, j, err) < 0)
        return -1;
    steal_ptr(&j);
    return 0;
}

/* The Job, loaded once. Returns 0 and *out, 1 when there is none of that name, -1 with err. */
static int need_job(struct listing *l, const char *ns, const char *name, struct listed_job **out,
                    struct error *err)
{
    struct listed_job *j = find_job(l, ns, name);
    int rc = !j ? new_job(l, ns, name, err) : j->is_fresh ? 0 : look(l, j, err);
    if (rc == 0)
        *out = j ? j : l->jobs[l->n_jobs - 1];
    return rc;
}

/* ---- what is made of Jobs ---- */

static int need_pods(struct listed_job *j, struct error *err)
{
    if (!j->has_pods && pods_list(listed_view(j), &j->pods, err) < 0)
        return -1;
    j->has_pods = true;
    return 0;
}

/* name NULL: all. Returns 0, 1 when the Job has no such pod, -1 with err. */
static int add_pods(struct listing *l, struct listed_job *j, const char *name, struct error *err)
{
    if (need_pods(j, err) < 0)
        return -1;
    const struct pod *one = name ? pods_find(&j->pods, name) : NULL;
    for (size_t i = 0; i < j->pods.len; i++) {
        const struct found f = {RESOURCE_POD, NULL, j, &j->pods.v[i]};
        if ((!name || f.pod == one) && !f.pod->removed && add(l, &f, err) < 0)
            return -1;
    }
    return name && (!one || one->removed);
}

json_t *listing_events(struct listed_job *j, struct error *err)
{
    if (!j->events && need_pods(j, err) == 0)
        j->events = events_list(&j->pods, err);
    return json_incref(j->events);
}

/* name NULL: all of them. */
static int add_event_objects(struct listing *l, struct listed_job *j, const json_t *events,
                             const char *name, struct error *err)
{
    size_t i;
    json_t *event;
    int rc = name != NULL;
    json_array_foreach (events, i, event) {
        if (name && !tree_is(tree_get(event, "metadata"), "name", name))
            continue;
        if (add_object(l, RESOURCE_EVENT, json_incref(event), j, err) < 0)
            return -1;
        rc = 0;
    }
    return rc;
}

static int add_events(struct listing *l, struct listed_job *j, const char *name, struct error *err)
{
    cleanup_json json_t *events = listing_events(j, err);
    return events ? add_event_objects(l, j, events, name, err) : -1;
}

static int of_job(struct listing *l, enum resource kind, const char *ns, const char *job,
                  const char *name, struct error *err)
{
    struct listed_job *j = NULL;
    int rc = need_job(l, ns, job, &j, err);
    if (rc != 0)
        return rc; /* 1: deleted meanwhile */
    if (kind == RESOURCE_JOB)
        return add_object(l, kind, json_incref(listed_view(j)->object), j, err);
    return kind == RESOURCE_POD ? add_pods(l, j, name, err) : add_events(l, j, name, err);
}

static int from_jobs(struct listing *l, enum resource kind, const char *ns, const char *name,
                     struct error *err)
{
    char **jobs;
    size_t n;
    if (kind == RESOURCE_JOB && name)
        return of_job(l, kind, ns, name, NULL, err);
    if (store_list(l->store, ns, &jobs, &n, err) < 0)
        return -1;
    if (n > 1 && !l->only_job)
        ask_about_all(l);
    int found = name ? 1 : 0;
    for (size_t i = 0; i < n && found >= 0 && (!name || found); i++) {
        if (kind != RESOURCE_JOB && l->only_job && strcmp(jobs[i], l->only_job) != 0)
            continue;
        int rc = !name || pod_find_may_be_of(name, jobs[i])
                     ? of_job(l, kind, ns, jobs[i], name, err)
                     : 1;
        found = rc < 0 ? -1 : name ? rc : 0;
    }
    free_names(jobs, n);
    return found;
}

/* ---- files ---- */

static int from_file(struct listing *l, enum resource kind, enum object_kind as, const char *ns,
                     const char *name, struct error *err)
{
    json_t *object;
    int rc = objects_read(l->store->root, as, ns, name, &object, err);
    if (rc == 0 && kind == RESOURCE_CRON_JOB) {
        ask_about_all(l); /* each has Jobs of its own */
        cronjob_sync_look(l->store, object);
        object = cronjob_sync_show(l->store, object);
    }
    return rc ? rc : add_object(l, kind, object, NULL, err);
}

static int from_files(struct listing *l, enum resource kind, enum object_kind as, const char *ns,
                      const char *name, struct error *err)
{
    char **names;
    size_t n;
    if (name)
        return from_file(l, kind, as, ns, name, err);
    if (objects_list(l->store->root, as, ns, &names, &n, err) < 0)
        return -1;
    int rc = 0;
    for (size_t i = 0; i < n && rc >= 0; i++)
        rc = from_file(l, kind, as, ns, names[i], err); /* 1: deleted meanwhile */
    free_names(names, n);
    return rc < 0 ? -1 : 0;
}

/* ---- events of CronJobs ---- */

json_t *listing_cronjob_events(const struct store *s, const json_t *cronjob, struct error *err)
{
    cleanup_cronjob_state struct cronjob_state state = {.lock = -1};
    return cronjob_state_read(&state, s, cronjob, err) < 0 ? NULL
                                                           : cronjob_state_events(&state, cronjob);
}

static int from_cronjob(struct listing *l, const char *ns, const char *cronjob, const char *name,
                        struct error *err)
{
    cleanup_json json_t *object = NULL;
    int rc = objects_read(l->store->root, OBJECT_CRON_JOB, ns, cronjob, &object, err);
    if (rc != 0)
        return rc;
    cleanup_json json_t *events = listing_cronjob_events(l->store, object, err);
    return events ? add_event_objects(l, NULL, events, name, err) : -1;
}

static int from_cronjobs(struct listing *l, enum resource kind, const char *ns, const char *name,
                         struct error *err)
{
    (void)kind;
    char **names;
    size_t n;
    int rc = name ? 1 : 0;
    if (objects_list(l->store->root, OBJECT_CRON_JOB, ns, &names, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n && rc >= 0 && (!name || rc); i++)
        rc = from_cronjob(l, ns, names[i], name, err);
    free_names(names, n);
    return name ? rc : rc < 0 ? -1 : 0;
}

/* ---- nodes ---- */

static int from_slurm(struct listing *l, const char *name, struct error *err)
{
    cleanup_json json_t *nodes = nodes_list(err);
    size_t i;
    json_t *node;
    int rc = name != NULL;
    if (!nodes)
        return -1;
    json_array_foreach (nodes, i, node) {
        if (name && !tree_is(tree_get(node, "metadata"), "name", name))
            continue;
        if (add_object(l, RESOURCE_NODE, json_incref(node), NULL, err) < 0)
            return -1;
        rc = 0;
    }
    return rc;
}

/* ---- all of them ---- */

static int load_one(struct listing *l, enum resource kind, const char *ns, const char *name,
                    struct error *err)
{
    enum object_kind as;
    if (kind == RESOURCE_NODE)
        return from_slurm(l, name, err);
    if (resource_stored_as((int)kind, &as))
        return from_files(l, kind, as, ns, name, err);
    return from_jobs(l, kind, ns, name, err);
}

typedef int load_fn(struct listing *l, enum resource kind, const char *ns, const char *name,
                    struct error *err);

/* ns NULL: of all namespaces that the folder has. */
static int load_from(struct listing *l, enum resource kind, const char *folder, load_fn *load,
                     const char *ns, const char *name, struct error *err)
{
    char **names;
    size_t n;
    int rc = 0;
    if (ns)
        return load(l, kind, ns, name, err);
    if (store_namespaces(l->store, folder, &names, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n && rc >= 0; i++)
        rc = load(l, kind, names[i], name, err);
    free_names(names, n);
    return rc < 0 ? -1 : 0;
}

int listing_load(struct listing *l, enum resource kind, const char *ns, const char *name,
                 struct error *err)
{
    enum object_kind as;
    const char *folder = resource_stored_as((int)kind, &as) ? objects_plural(as) : "jobs";
    if (kind == RESOURCE_NODE)
        return load_one(l, kind, ns, name, err);
    int rc = load_from(l, kind, folder, load_one, ns, name, err);
    bool more = kind == RESOURCE_EVENT && rc >= 0 && (!name || rc == 1);
    return more ? load_from(l, kind, objects_plural(OBJECT_CRON_JOB), from_cronjobs, ns, name, err)
                : rc;
}

bool listing_has_changed(const struct listing *l)
{
    for (size_t i = 0; i < l->n_jobs; i++)
        if (!l->jobs[i]->is_fresh || l->jobs[i]->watch.changed)
            return true;
    for (size_t i = 0; i < l->len; i++)
        if (!l->v[i].job)
            return true;
    return l->n_jobs == 0;
}

static void forget_found(struct listing *l)
{
    for (size_t i = 0; i < l->len; i++)
        json_decref(l->v[i].object);
    l->len = 0;
}

/* Those that were not looked at the last time are gone. */
void listing_again(struct listing *l, int64_t now_us)
{
    size_t kept = 0;
    forget_found(l);
    for (size_t i = 0; i < l->n_jobs; i++) {
        struct listed_job *j = l->jobs[i];
        forget_pods(j);
        if (!j->is_fresh) {
            job_free(j);
            continue;
        }
        j->is_fresh = false;
        l->jobs[kept++] = j;
    }
    l->n_jobs = kept;
    l->now_us = now_us;
}

void listing_free(struct listing *l)
{
    forget_found(l);
    for (size_t i = 0; i < l->n_jobs; i++)
        job_free(l->jobs[i]);
    free(l->v);
    free(l->jobs);
    *l = (struct listing){.store = l->store, .only_job = l->only_job, .goes_on = l->goes_on};
}

const json_t *listing_object(struct found *f, struct error *err)
{
    if (!f->object)
        f->object = pods_object(&f->job->pods, f->pod, err);
    return f->object;
}

void listing_forget(struct found *f)
{
    json_decref(f->object);
    f->object = NULL;
}

json_t *listing_labels(const struct found *f)
{
    if (f->object || !f->pod)
        return json_incref(tree_at(f->object, "metadata", "labels", NULL));
    struct error lost;
    const json_t *job = pods_job(&f->job->pods, f->pod, &lost);
    return pod_meta_labels(job, tree_str(tree_get(job, "metadata"), "uid"), f->pod->index);
}

void listing_name(const struct found *f, struct strbuf *out)
{
    char name[POD_NAME_MAX + 1];
    if (f->pod)
        pods_name(&f->job->pods, f->pod, name);
    strbuf_adds(out, f->pod ? name : tree_str(tree_get(f->object, "metadata"), "name"));
}
