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
#include "verb.h"

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
    struct error err;
    error_set(&err, "%s is not a CronJob, as the first one is", o->names[i]);
    verb_tell(&err);
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

static int complain(const char *name, struct error *err)
{
    error_prefix(err, "cronjob.batch/%s", name);
    verb_tell(err);
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
    if (rc && r->named)
        resource_print_not_found(RESOURCE_CRON_JOB, name);
    return rc && r->named;
}

int cronjob_change_reconcile_named(const struct store *s, const struct options *o,
                                   struct error *err)
{
    struct round r = {s, o->ns, true};
    return for_names(o, reconcile_one, &r, err);
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
