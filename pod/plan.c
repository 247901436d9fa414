/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "pragma.h"
#include "strbuf.h"
#include "tree.h"

#define GRACE_DEFAULT 30
#define GRACE_MIN     2 /* the kubelet gives a container this much, whatever is asked for */

static const json_t *pod_spec(const json_t *job)
{
    return tree_at(job, "spec", "template", "spec", NULL);
}

const json_t *plan_container(const json_t *job)
{
    return json_array_get(tree_get(pod_spec(job), "containers"), 0);
}

bool plan_indexed(const json_t *job)
{
    return tree_is(tree_get(job, "spec"), "completionMode", "Indexed");
}

/* Lists that must be empty for now. */
static const char *const unsupported_pod[] = {"initContainers", "ephemeralContainers", "volumes"};
static const char *const unsupported_container[] = {"envFrom", "volumeMounts", "volumeDevices"};

static int refuse_lists(const json_t *obj, const char *const names[], size_t count,
                        const char *path, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (json_array_size(tree_get(obj, names[i])))
            return error_set(err, "%s.%s is not supported by this version of skjob", path,
                             names[i]);
    return 0;
}

static int check_supported(const json_t *job, struct error *err)
{
    const json_t *pod = pod_spec(job);
    size_t containers = json_array_size(tree_get(pod, "containers"));
    if (containers == 0)
        return error_set(err, "the Job has no container");
    if (containers > 1)
        return error_set(err, "a pod with %zu containers is not supported by this version of skjob",
                         containers);
    if (refuse_lists(pod, unsupported_pod, sizeof unsupported_pod / sizeof *unsupported_pod,
                     "spec.template.spec", err))
        return -1;
    return refuse_lists(plan_container(job), unsupported_container,
                        sizeof unsupported_container / sizeof *unsupported_container,
                        "spec.template.spec.containers[0]", err);
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
    bool own = environment_declared(env, PLAN_INDEX_VARIABLE) != NULL;
    if (own || !indexed)
        environment_drop(env, PRAGMA_STEP_MARK);
    if (own)
        return 0;
    environment_drop(env, PLAN_INDEX_VARIABLE);
    snprintf(text, sizeof text, "%u", index);
    return indexed ? environment_declare(env, PLAN_INDEX_VARIABLE, text, err) : 0;
}

static int make_environment(struct plan *plan, const json_t *job, uint32_t index,
                            char *const environment[], size_t *budget, struct error *err)
{
    size_t i;
    json_t *entry;
    plan->env = environment_new(environment, PLAN_TEXT_MAX);
    if (!plan->env)
        return error_set(err, "out of memory");
    json_array_foreach (tree_get(plan_container(job), "env"), i, entry)
        if (add_variable(plan->env, entry, budget, err))
            return -1;
    if (add_index(plan->env, plan_indexed(job), index, err))
        return -1;
    plan->envp = environment_list(plan->env);
    return plan->envp ? 0 : error_set(err, "out of memory");
}

static int add_arguments(struct plan *plan, size_t *argc, const json_t *list, size_t *budget,
                         struct error *err)
{
    size_t i;
    json_t *item;
    json_array_foreach (list, i, item) {
        const char *text = json_string_value(item);
        plan->argv[*argc] = expand_new(text ? text : "", plan->env, budget, err);
        if (!plan->argv[(*argc)++])
            return -1;
    }
    return 0;
}

static int make_arguments(struct plan *plan, const json_t *container, size_t *budget,
                          struct error *err)
{
    const json_t *command = tree_get(container, "command");
    const json_t *args = tree_get(container, "args");
    size_t argc = 0;
    if (json_array_size(command) == 0)
        return error_set(err,
                         "the container has no command: it would run the entrypoint of its "
                         "image %.200s, and that needs a container runtime",
                         tree_str(container, "image"));
    plan->argv = calloc(json_array_size(command) + json_array_size(args) + 1, sizeof(char *));
    if (!plan->argv)
        return error_set(err, "out of memory");
    if (add_arguments(plan, &argc, command, budget, err))
        return -1;
    return add_arguments(plan, &argc, args, budget, err);
}

static int64_t grace_of(const json_t *job)
{
    const json_t *pod = pod_spec(job);
    if (!tree_has(pod, "terminationGracePeriodSeconds"))
        return GRACE_DEFAULT;
    long long grace = tree_int(pod, "terminationGracePeriodSeconds");
    return grace < GRACE_MIN ? GRACE_MIN : grace;
}

static int make(struct plan *plan, const json_t *job, uint32_t index, char *const environment[],
                struct error *err)
{
    const json_t *container = plan_container(job);
    size_t budget = PLAN_TEXT_MAX;
    if (check_supported(job, err) ||
        make_environment(plan, job, index, environment, &budget, err) ||
        make_arguments(plan, container, &budget, err))
        return -1;
    const char *cwd = tree_str(container, "workingDir");
    if (*cwd && !(plan->cwd = strdup(cwd)))
        return error_set(err, "out of memory");
    plan->with_stdin = tree_bool(container, "stdin");
    plan->grace = grace_of(job);
    return 0;
}

int plan_make(struct plan *out, const json_t *job, uint32_t index, char *const environment[],
              struct error *err)
{
    *out = (struct plan){0};
    int rc = make(out, job, index, environment, err);
    if (rc)
        plan_free(out);
    return rc;
}

void plan_free(struct plan *plan)
{
    for (char **p = plan->argv; p && *p; p++)
        free(*p);
    free(plan->argv);
    free(plan->envp);
    free(plan->cwd);
    environment_free(plan->env);
    *plan = (struct plan){0};
}
