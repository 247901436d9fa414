/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "deletion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"
#include "job_view.h"
#include "objects.h"
#include "pod_find.h"
#include "pod_name.h"
#include "resource.h"
#include "selector.h"
#include "tree.h"

#define INDEX_LABEL "batch.kubernetes.io/job-completion-index"

int deletion_of_kind(const char *kind)
{
    static const char *const kinds[] = {
        [RESOURCE_JOB] = "Job",
        [RESOURCE_POD] = "Pod",
        [RESOURCE_CONFIG_MAP] = "ConfigMap",
        [RESOURCE_SECRET] = "Secret",
        [RESOURCE_SERVICE] = "Service",
        [RESOURCE_CRON_JOB] = "CronJob",
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i], kind) == 0)
            return (int)i;
    return -1;
}

void deletion_free(struct deletion *d)
{
    while (d->len)
        free(d->names[--d->len]);
    free(d->names);
    d->names = NULL;
}

static int add(struct deletion *d, const char *name, struct error *err)
{
    char **v = grow(d->names, d->len, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    d->names = v;
    v[d->len] = strdup(name);
    return v[d->len] ? (d->len++, 0) : error_set(err, "out of memory");
}

struct selecting {
    struct deletion *to;
    const struct store *store;
    const char *ns;
    int resource;
    const struct selector *selector;
};

/* ---- pods ---- */

static bool is_there(const struct job_view *v, const struct fold_attempt *a, const char *pod)
{
    cleanup_strbuf struct strbuf folder = STRBUF_INIT;
    pod_find_folder(v, pod, &folder);
    return !a->phase || access(strbuf_str(&folder), F_OK) == 0;
}

static int add_pod(struct selecting *x, const struct job_view *v, const struct fold_attempt *a,
                   bool indexed, struct error *err)
{
    char pod[POD_NAME_MAX + 1], index[16];
    const json_t *meta = tree_get(v->created, "metadata");
    cleanup_json json_t *labels =
        json_copy(tree_at(v->created, "spec", "template", "metadata", "labels", NULL));
    snprintf(index, sizeof index, "%u", a->index);
    if (indexed)
        json_object_set_new(labels, INDEX_LABEL, json_string(index));
    if (pod_name_make(pod, tree_str(meta, "name"), tree_str(meta, "uid"), indexed, a->index,
                      a->attempt, NULL) < 0 ||
        !selector_matches_labels(x->selector, labels) || !is_there(v, a, pod))
        return 0;
    return add(x->to, pod, err);
}

static int add_pods(struct selecting *x, const char *job, struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    struct machine_view view;
    size_t n;
    int rc = job_view_load(&v, x->store, x->ns, job, job_view_now(), err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    const struct fold_attempt *a = fold_attempts(v.fold, &n);
    machine_view(fold_machine(v.fold), &view);
    for (size_t i = 0; i < n; i++)
        if (add_pod(x, &v, &a[i], job_spec_indexed(view.spec), err) < 0)
            return -1;
    return 0;
}

/* ---- the others ---- */

static int add_object(struct selecting *x, const char *name, struct error *err)
{
    enum object_kind kind;
    cleanup_json json_t *object = NULL;
    int rc = resource_stored_as(x->resource, &kind)
                 ? objects_read(x->store->root, kind, x->ns, name, &object, err)
                 : store_read(x->store, x->ns, name, &object, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0; /* deleted meanwhile */
    const json_t *labels = tree_at(object, "metadata", "labels", NULL);
    return selector_matches_labels(x->selector, labels) ? add(x->to, name, err) : 0;
}

int deletion_select(struct deletion *d, const struct store *s, const char *ns, int resource,
                    const char *selector, struct error *err)
{
    cleanup_selector struct selector *parsed = NULL;
    enum object_kind kind;
    char **all;
    size_t n;
    if (selector && selector_parse_labels(selector, &parsed, err) < 0)
        return -1;
    struct selecting x = {d, s, ns, resource, parsed};
    int rc = resource_stored_as(resource, &kind) ? objects_list(s->root, kind, ns, &all, &n, err)
                                                 : store_list(s, ns, &all, &n, err);
    if (rc < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (rc >= 0)
            rc = resource == RESOURCE_POD ? add_pods(&x, all[i], err) : add_object(&x, all[i], err);
        free(all[i]);
    }
    free(all);
    return rc;
}
