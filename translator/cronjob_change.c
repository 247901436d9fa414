/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cronjob_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "cronjob_sync.h"
#include "job_view.h"
#include "modify.h"
#include "objects.h"
#include "resource.h"
#include "tree.h"
#include "wait_for.h"

#define INTERVAL_MS 500

/* ---- words ---- */

bool cronjob_change_is_meant(const struct options *o)
{
    const char *name;
    return o->names_len && resource_split(o->names[0], &name) == RESOURCE_CRON_JOB;
}

/* The i-th name, NULL behind the last. One that is no CronJob's is told and is "". */
static const char *name_at(const struct options *o, size_t i)
{
    const char *name;
    resource_split(o->names[0], &name);
    i += !name; /* "cronjob NAME" */
    if (i >= o->names_len)
        return NULL;
    if (!strchr(o->names[i], '/'))
        return o->names[i];
    if (resource_split(o->names[i], &name) == RESOURCE_CRON_JOB)
        return name;
    fprintf(stderr, "error: %s is not a CronJob, as the first one is\n", o->names[i]);
    return "";
}

/* Calls each for every name. Returns the number of failures, or -1 with err. */
static int for_names(const struct options *o, int (*each)(void *arg, const char *name), void *arg,
                     struct error *err)
{
    int failures = 0;
    const char *name;
    if (!name_at(o, 0))
        return error_set(err, "you must name a CronJob: cronjob/NAME");
    for (size_t i = 0; (name = name_at(o, i)); i++)
        failures += !*name || each(arg, name) != 0;
    return failures;
}

static int not_found(const char *name)
{
    fprintf(stderr, "Error from server (NotFound): cronjobs.batch \"%s\" not found\n", name);
    return 1;
}

static int complain(const char *name, const struct error *err)
{
    fprintf(stderr, "error: cronjob.batch/%s: %s\n", name, err->text);
    return 1;
}

/* ---- suspend, resume ---- */

struct suspending {
    struct modify modify;
    bool suspend;
};

static json_t *set_suspend(void *arg, const json_t *object, struct error *err)
{
    const struct suspending *s = arg;
    json_t *copy = json_deep_copy(object);
    if (!copy ||
        json_object_set_new(tree_get(copy, "spec"), "suspend", json_boolean(s->suspend)) < 0)
        error_set(err, "out of memory");
    return copy;
}

static const char *past(void *arg, const json_t *before, const json_t *after, bool is_change)
{
    const struct suspending *s = arg;
    (void)before, (void)after;
    return !is_change ? "unchanged" : s->suspend ? "suspended" : "resumed";
}

static int suspend_one(void *arg, const char *name)
{
    struct error err;
    struct suspending *s = arg;
    int rc = modify_one(&s->modify, RESOURCE_CRON_JOB, name, &err);
    return rc < 0 ? complain(name, &err) : rc;
}

int cronjob_change_suspend(const struct options *o, bool suspend, struct error *err)
{
    struct suspending s = {.modify = {.verb = "patching", .edit = set_suspend, .past = past},
                           .suspend = suspend};
    s.modify.arg = &s;
    int rc = modify_open(&s.modify, o, err);
    if (rc == 0)
        rc = for_names(o, suspend_one, &s, err);
    modify_close(&s.modify);
    return rc;
}

/* ---- reconcile ---- */

struct round {
    const struct store *store;
    const char *ns;
    bool named;
};

static int reconcile_one(void *arg, const char *name)
{
    struct error err;
    const struct round *r = arg;
    int rc = cronjob_sync_reconcile(r->store, r->ns, name, (int64_t)time(NULL), stdout, &err);
    if (rc < 0)
        return complain(name, &err);
    return rc && r->named ? not_found(name) : 0;
}

int cronjob_change_reconcile_named(const struct store *s, const struct options *o)
{
    struct error err;
    struct round r = {s, o->ns, true};
    int rc = for_names(o, reconcile_one, &r, &err);
    return rc < 0 ? complain("", &err) : rc;
}

static int reconcile_namespace(const struct store *s, const char *ns, struct error *err)
{
    char **names;
    size_t n;
    int failures = 0;
    struct round r = {s, ns, false};
    if (objects_list(s->root, OBJECT_CRON_JOB, ns, &names, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        failures += reconcile_one(&r, names[i]);
        free(names[i]);
    }
    free(names);
    return failures;
}

int cronjob_change_reconcile_all(const struct store *s, const char *ns, bool all, struct error *err)
{
    char **names;
    size_t n;
    int failures = 0;
    if (!all)
        return reconcile_namespace(s, ns, err);
    if (store_namespaces(s, objects_plural(OBJECT_CRON_JOB), &names, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        int rc = failures < 0 ? -1 : reconcile_namespace(s, names[i], err);
        failures = rc < 0 ? -1 : failures + rc;
        free(names[i]);
    }
    free(names);
    return failures;
}

/* ---- wait ---- */

struct waiting {
    const struct options *options;
    struct store store;
    struct wait_for *for_;
    int64_t until_us;
};

/* object is NULL when there is none of that name. */
static bool is_met(const struct wait_for *f, const json_t *object)
{
    const struct job_view as_view = {.object = (json_t *)object};
    return wait_for_look(f, object ? &as_view : NULL) == WAIT_MET;
}

/* Returns 0, 1 for a failure that is told, 2 when it was gone from the beginning. */
static int wait_one_for(const struct waiting *w, const struct wait_for *f, const char *name)
{
    struct error err;
    for (bool first = true;; first = false) {
        cleanup_json json_t *object = NULL;
        int rc = objects_read(w->store.root, OBJECT_CRON_JOB, w->options->ns, name, &object, &err);
        if (rc < 0)
            return complain(name, &err);
        object = cronjob_sync_show(&w->store, object);
        if (is_met(f, object))
            return first && f->kind == WAIT_DELETE ? 2 : 0;
        if (!object && f->kind != WAIT_CREATE)
            return not_found(name);
        if (job_view_now() >= w->until_us) {
            fprintf(stderr, "error: %s cronjobs/%s\n",
                    w->options->timeout ? "timed out waiting for the condition on"
                                        : "condition not met for",
                    name);
            return 1;
        }
        nanosleep(&(struct timespec){.tv_nsec = INTERVAL_MS * 1000000L}, NULL);
    }
}

/* All of them, creation first. */
static int wait_one(void *arg, const char *name)
{
    const struct waiting *w = arg;
    size_t n = w->options->for_len;
    int rc = 0;
    for (size_t i = 0; i < 2 * n && rc == 0; i++)
        if ((w->for_[i % n].kind == WAIT_CREATE) == (i < n))
            rc = wait_one_for(w, &w->for_[i % n], name);
    if (rc == 0)
        printf("cronjob.batch/%s condition met\n", name);
    fflush(stdout);
    return rc == 1;
}

static int read_for(struct waiting *w, struct error *err)
{
    const struct options *o = w->options;
    for (size_t i = 0; i < o->for_len; i++) {
        if (wait_for_parse(o->for_[i], &w->for_[i], err) < 0)
            return -1;
        if (w->for_[i].kind == WAIT_CONDITION || w->for_[i].kind == WAIT_FINISHED)
            return error_set(err, "a CronJob has no conditions: wait for create, delete, or "
                                  "jsonpath, or for its Jobs");
    }
    return o->for_len ? 0 : error_set(err, "must specify --for=delete, create or jsonpath");
}

int cronjob_change_wait(const struct options *o, struct error *err)
{
    struct wait_for for_[OPTIONS_FOR_MAX] = {0};
    struct waiting w = {.options = o, .for_ = for_};
    w.until_us = job_view_now() + (int64_t)o->timeout * 1000000;
    int rc = read_for(&w, err);
    if (rc == 0 && (rc = store_open(&w.store, err)) == 0)
        rc = for_names(o, wait_one, &w, err);
    store_close(&w.store);
    for (size_t i = 0; i < OPTIONS_FOR_MAX; i++)
        wait_for_free(&for_[i]);
    return rc;
}
