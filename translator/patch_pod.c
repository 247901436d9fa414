/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "patch_pod.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "names.h"
#include "pod_find.h"
#include "tree.h"

#define CONDITIONS_MAX 16

/* The runner's own. */
static const char *const kubelets[] = {"ContainersReady", "Initialized",
                                       "PodReadyToStartContainers", "PodScheduled", "Ready"};

static bool is_status(const char *word)
{
    return strcmp(word, "True") == 0 || strcmp(word, "False") == 0 || strcmp(word, "Unknown") == 0;
}

static int take_condition(struct journal_condition *c, const json_t *from, struct error *err)
{
    *c = (struct journal_condition){tree_str(from, "type"), tree_str(from, "status"),
                                    tree_str(from, "reason")};
    if (!names_qualified_name(c->type, NULL, NULL))
        return error_set(err, "status.conditions: \"%.100s\" is not the type of a condition",
                         c->type);
    if (!is_status(c->status))
        return error_set(err, "status.conditions: the status of %s must be True, False or Unknown",
                         c->type);
    for (size_t i = 0; i < sizeof kubelets / sizeof *kubelets; i++)
        if (strcmp(c->type, kubelets[i]) == 0)
            return error_set(err, "status.conditions: %s is set by the pod's runner", c->type);
    if (!*c->reason)
        c->reason = NULL;
    return 0;
}

/* What the patch makes of a status without conditions. Returns how many there are, or -1. */
static int take_conditions(const json_t *wanted, struct journal_condition v[CONDITIONS_MAX],
                           struct error *err)
{
    const json_t *status = tree_get(wanted, "status");
    const json_t *list = tree_get(status, "conditions");
    size_t n = json_array_size(list);
    if (json_object_size(status) != 1 || !n)
        return error_set(err, "only status.conditions of a pod can be patched");
    if (n > CONDITIONS_MAX)
        return error_set(err, "status.conditions: more than %d at once", CONDITIONS_MAX);
    for (size_t i = 0; i < n; i++)
        if (take_condition(&v[i], json_array_get(list, i), err) < 0)
            return -1;
    return (int)n;
}

static int mark(const struct job_view *v, const struct fold_attempt *a,
                const struct journal_condition *conditions, size_t n, struct error *err)
{
    const struct journal_record r = {
        .event = JOURNAL_MARKED,
        .time_us = job_view_now(),
        .index = a->index,
        .attempt = a->attempt,
        .conditions = conditions,
        .n_conditions = n,
    };
    return job_view_record(v, &r, err);
}

int patch_pod(const struct store *s, const struct options *o, const struct patch_text *patch,
              const char *name, struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    const struct fold_attempt *a;
    struct journal_condition conditions[CONDITIONS_MAX];
    if (!o->subresource || strcmp(o->subresource, "status") != 0)
        return error_set(err,
                         "pods \"%s\": a pod is made of its Job's template; its conditions can be "
                         "patched, with --subresource=status",
                         name);
    int rc = pod_find(s, o->ns, name, &v, &a, err);
    if (rc == 1)
        pod_print_not_found(name);
    if (rc != 0)
        return rc;
    if (a->phase)
        return error_set(err, "pods \"%s\" has ended: its conditions change no more", name);
    cleanup_json json_t *empty = json_pack("{s:{s:[]}}", "status", "conditions");
    cleanup_json json_t *wanted = patch_text_apply(patch, empty, err);
    int n = wanted ? take_conditions(wanted, conditions, err) : -1;
    if (n < 0)
        return wanted || *err->text ? -1 : 1;
    if (o->dry_run == DRY_RUN_NONE && mark(&v, a, conditions, (size_t)n, err) < 0)
        return -1;
    printf("pod/%s patched%s\n", name, options_dry_suffix(o));
    return 0;
}
