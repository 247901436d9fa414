/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "values.h"

#include <stdlib.h>
#include <string.h>

#include "container_env.h"
#include "plan.h"
#include "plan_action.h"
#include "pod_storage.h"
#include "pod_net.h"
#include "tree.h"

/* A file of a volume is read before the container has mounts. */
static int find_volume(void *arg, const char *name, const char **path, struct error *err)
{
    const struct values_source *src = arg;
    return pod_storage_find(src->storage, src->facts, name, path, err);
}

static int make_environment(struct values *v, const struct values_source *src,
                            const json_t *container, size_t *budget, struct error *err)
{
    const struct container_env in = {
        .container = container,
        .facts = src->facts,
        .base = src->environ_,
        .indexed = plan_indexed(src->job),
        .index = src->index,
        .volume = src->storage ? find_volume : NULL,
        .volume_arg = (void *)(uintptr_t)src,
        .hostname = src->net ? pod_names_variable(&src->net->names) : NULL,
    };
    int rc = container_env_make(&v->env, &in, budget, err);
    if (rc)
        return rc;
    v->envp = environment_list(v->env);
    return v->envp ? 0 : error_set(err, "out of memory");
}

static char **expand_list(const struct values *v, const json_t *list, size_t *budget,
                          struct error *err)
{
    size_t i;
    json_t *item;
    char **out = calloc(json_array_size(list) + 1, sizeof *out);
    if (!out)
        error_set(err, "out of memory");
    json_array_foreach (list, i, item) {
        const char *text = json_string_value(item);
        if (out && !(out[i] = container_env_expand(v->env, text ? text : "", budget, err))) {
            plan_free_list(out);
            return NULL;
        }
    }
    return out;
}

static int make(struct values *v, const struct values_source *src, const json_t *container,
                struct error *err)
{
    size_t budget = CONTAINER_ENV_TEXT_MAX;
    if (json_array_size(tree_get(container, "volumeDevices")))
        return error_set(err, "container %.80s: volumeDevices is not supported by skjob",
                         tree_str(container, "name"));
    int rc = make_environment(v, src, container, &budget, err);
    if (rc)
        return rc;
    if (!(v->command = expand_list(v, tree_get(container, "command"), &budget, err)) ||
        !(v->args = expand_list(v, tree_get(container, "args"), &budget, err)))
        return -1;
    const char *cwd = tree_str(container, "workingDir");
    if (*cwd && !(v->cwd = strdup(cwd)))
        return error_set(err, "out of memory");
    return 0;
}

int values_make(struct values *out, const struct values_source *src, const json_t *container,
                struct error *err)
{
    *out = (struct values){0};
    int rc = make(out, src, container, err);
    if (rc)
        values_free(out);
    return rc;
}

void values_free(struct values *v)
{
    plan_free_list(v->command);
    plan_free_list(v->args);
    free(v->envp);
    free(v->cwd);
    environment_free(v->env);
    *v = (struct values){0};
}
