/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "plan.h"
#include "plan_action.h"
#include "pragma.h"
#include "strbuf.h"
#include "tree.h"

/* What cannot be had yet. */
static const char *const unsupported_pod[] = {"volumes"};
static const char *const unsupported_container[] = {"envFrom", "volumeMounts", "volumeDevices"};

static int refuse_lists(const json_t *obj, const char *const names[], size_t count,
                        const char *path, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (json_array_size(tree_get(obj, names[i])))
            return error_set(err, "%s: %s is not supported by this version of skjob", path,
                             names[i]);
    return 0;
}

static int check_supported(const struct values_source *src, const json_t *container,
                           struct error *err)
{
    char path[128];
    const json_t *pod = tree_at(src->job, "spec", "template", "spec", NULL);
    if (refuse_lists(pod, unsupported_pod, sizeof unsupported_pod / sizeof *unsupported_pod,
                     "the pod", err))
        return -1;
    snprintf(path, sizeof path, "container %.80s", tree_str(container, "name"));
    return refuse_lists(container, unsupported_container,
                        sizeof unsupported_container / sizeof *unsupported_container, path, err);
}

/* Expands text into a new string, within *budget bytes, which it uses up. */
static char *expand_new(const char *text, struct environment *known, size_t *budget,
                        struct error *err)
{
    struct strbuf out = {.max = *budget};
    if (*budget == 0 || expand_text(&out, text, environment_declared, known)) {
        strbuf_free(&out);
        error_set(err, "$(VAR): the expanded texts are too large together");
        return NULL;
    }
    *budget -= out.len < *budget ? out.len : *budget;
    char *s = strbuf_steal(&out);
    if (!s)
        error_set(err, "out of memory");
    return s;
}

static int add_variable(struct environment *env, const json_t *entry, size_t *budget,
                        struct error *err)
{
    const char *name = tree_str(entry, "name");
    if (tree_has(entry, "valueFrom"))
        return error_set(err, "env %.100s: valueFrom is not supported by this version of skjob",
                         name);
    char *value = expand_new(tree_str(entry, "value"), env, budget, err);
    if (!value)
        return error_prefix(err, "env %.100s", name);
    int rc = environment_declare(env, name, value, err);
    free(value);
    return rc;
}

/* The Job controller appends the index variable unless the container has one of that name. What
 * the task inherited (from a login shell, or from the pod that submitted this Job) is never the
 * container's; and a step's index is the plugin's business only if the manifest has no say. */
static int add_index(struct environment *env, bool indexed, uint32_t index, struct error *err)
{
    char text[16];
    bool own = environment_declared(env, VALUES_INDEX_VARIABLE) != NULL;
    if (own || !indexed)
        environment_drop(env, PRAGMA_STEP_MARK);
    if (own)
        return 0;
    environment_drop(env, VALUES_INDEX_VARIABLE);
    snprintf(text, sizeof text, "%u", index);
    return indexed ? environment_declare(env, VALUES_INDEX_VARIABLE, text, err) : 0;
}

static int make_environment(struct values *v, const struct values_source *src,
                            const json_t *container, size_t *budget, struct error *err)
{
    size_t i;
    json_t *entry;
    v->env = environment_new(src->environ_, VALUES_TEXT_MAX);
    if (!v->env)
        return error_set(err, "out of memory");
    json_array_foreach (tree_get(container, "env"), i, entry)
        if (add_variable(v->env, entry, budget, err))
            return -1;
    if (add_index(v->env, plan_indexed(src->job), src->index, err))
        return -1;
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
        if (out && !(out[i] = expand_new(text ? text : "", v->env, budget, err))) {
            plan_free_list(out);
            return NULL;
        }
    }
    return out;
}

static int make(struct values *v, const struct values_source *src, const json_t *container,
                struct error *err)
{
    size_t budget = VALUES_TEXT_MAX;
    if (check_supported(src, container, err) || make_environment(v, src, container, &budget, err) ||
        !(v->command = expand_list(v, tree_get(container, "command"), &budget, err)) ||
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
