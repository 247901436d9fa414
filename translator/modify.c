/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "cronjob_sync.h"
#include "print.h"
#include "resource.h"
#include "tree.h"
#include "verb.h"

int modify_open(struct modify *m, const struct options *o, struct error *err)
{
    m->options = o;
    return store_open(&m->store, err);
}

void modify_close(struct modify *m)
{
    store_close(&m->store);
}

/* ---- loading ---- */

/* The object as it is now, a new reference, and for a Job its view. Returns 0, 1 after printing
 * that there is none, -1 with err. */
static int load(const struct store *s, const char *ns, int resource, const char *name,
                struct job_view *v, json_t **object, struct error *err)
{
    enum object_kind kind;
    int rc;
    if (resource_stored_as(resource, &kind)) {
        rc = objects_read(s->root, kind, ns, name, object, err);
    } else {
        rc = job_view_load(v, s, ns, name, job_view_now(), err);
        *object = rc == 0 ? json_incref(v->object) : NULL;
    }
    if (rc == 1)
        resource_print_not_found((enum resource)resource, name);
    return rc;
}

/* ---- printing ---- */

static int show(struct modify *m, int resource, const json_t *before, const json_t *after,
                bool is_change, struct error *err)
{
    const struct options *o = m->options;
    const char *name = tree_str(tree_get(after, "metadata"), "name");
    if (o->output == OUTPUT_JSON || o->output == OUTPUT_YAML)
        return print_object(after, o->output, &m->printed, err);
    if (o->output == OUTPUT_NAME)
        printf("%s/%s\n", resource_singular((enum resource)resource), name);
    else
        printf("%s/%s %s%s\n", resource_singular((enum resource)resource), name,
               m->past(m->arg, before, after, is_change), options_dry_suffix(o));
    fflush(stdout);
    return 0;
}

/* ---- one object ---- */

static bool is_same(const json_t *a, const json_t *b, const char *field)
{
    return strcmp(tree_str(tree_get(a, "spec"), field), tree_str(tree_get(b, "spec"), field)) == 0;
}

/* The CronJob is changed already: its clock is set now, or by the next command that looks at it. */
static void set_clock(const struct modify *m, const char *name, const json_t *old,
                      const json_t *now)
{
    struct error err;
    bool at_once = is_same(old, now, "schedule") && is_same(old, now, "timeZone");
    if (cronjob_sync_changed(&m->store, m->options->ns, name, at_once, &err) < 0)
        fprintf(stderr, "Warning: cronjob.batch/%s: %s\n", name, err.text);
}

static enum update_outcome replace(const struct modify *m, int resource, struct job_view *v,
                                   const json_t *old, const json_t *wanted, json_t **now,
                                   struct error *err)
{
    enum object_kind kind;
    const char *name = tree_str(tree_get(old, "metadata"), "name");
    const struct update u = {
        .store = &m->store,
        .ns = m->options->ns,
        .unknown = m->options->validate,
        .dry_run = m->options->dry_run != DRY_RUN_NONE,
        .verb = m->verb,
        .source = name,
        .complaints = m->complaints,
    };
    if (!resource_stored_as(resource, &kind))
        return update_job(&u, v, wanted, now, err);
    enum update_outcome outcome = update_stored(&u, kind, old, wanted, now, err);
    if (outcome == UPDATE_DONE && kind == OBJECT_CRON_JOB && !u.dry_run)
        set_clock(m, name, old, *now);
    return outcome;
}

int modify_one(struct modify *m, int resource, const char *name, struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    cleanup_json json_t *old = NULL, *wanted = NULL, *now = NULL;
    if (resource == RESOURCE_POD)
        return error_set(err,
                         "pods \"%s\": a pod is made of its Job's template and cannot be changed "
                         "itself",
                         name);
    int rc = load(&m->store, m->options->ns, resource, name, &v, &old, err);
    if (rc != 0)
        return rc;
    error_set(err, "%s", "");
    cleanup_json json_t *plain = update_plain(old);
    wanted = plain ? m->edit(m->arg, plain, err) : NULL;
    if (!wanted)
        return *err->text ? -1 : 1;
    enum update_outcome outcome = replace(m, resource, &v, old, wanted, &now, err);
    if (outcome == UPDATE_REFUSED)
        return 1;
    if (outcome == UPDATE_FAILED)
        return -1;
    return show(m, resource, old, now, outcome == UPDATE_DONE, err);
}

/* ---- words ---- */

static int list_all(const struct modify *m, int resource, char ***names, size_t *n,
                    struct error *err)
{
    enum object_kind kind;
    if (resource == RESOURCE_POD)
        return error_set(err, "pods are made of their Job's template and cannot be changed");
    return resource_stored_as(resource, &kind)
               ? objects_list(m->store.root, kind, m->options->ns, names, n, err)
               : store_list(&m->store, m->options->ns, names, n, err);
}

static int one_or_complain(struct modify *m, int resource, const char *name)
{
    struct error err;
    int rc = modify_one(m, resource, name, &err);
    if (rc < 0)
        verb_tell(&err);
    return rc != 0;
}

static int each_there_is(struct modify *m, int resource, struct error *err)
{
    char **names;
    size_t n;
    int failures = 0;
    if (list_all(m, resource, &names, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        failures += one_or_complain(m, resource, names[i]);
        free(names[i]);
    }
    free(names);
    return failures;
}

int modify_each(struct modify *m, char **words, size_t n, struct error *err)
{
    const char *name;
    int failures = 0;
    int kind = n ? resource_split(words[0], &name) : -1;
    size_t first = n && !name;
    if (n && !resource_is_ours(kind))
        return error_set(err, "the server doesn't have a resource type \"%s\"", words[0]);
    if (n == 1 && first && m->options->all)
        return each_there_is(m, kind, err);
    if (first == n)
        return error_set(err, "one or more resources must be specified as <resource> <name> or "
                              "<resource>/<name>");
    for (size_t i = first; i < n; i++) {
        int own = strchr(words[i], '/') ? resource_split(words[i], &name) : kind;
        if (!resource_is_ours(own))
            return error_set(err, "the server doesn't have a resource type \"%s\"", words[i]);
        failures += one_or_complain(m, own, strchr(words[i], '/') ? name : words[i]);
    }
    return failures;
}
