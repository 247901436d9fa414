/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_update.h"

#include <string.h>

#include "cleanup.h"
#include "tree.h"

static bool is_same(const json_t *a, const json_t *b)
{
    return (!a && !b) || (a && b && json_equal(a, b));
}

static void immutable(const json_t *old, const json_t *now, const char *name,
                      const struct path *path, struct field_errors *errs)
{
    const json_t *value = tree_get(now, name);
    if (!is_same(tree_get(old, name), value))
        field_error(errs, PATH_FIELD(path, name), FIELD_INVALID, value, "field is immutable");
}

static void metadata(const json_t *old, const json_t *now, struct field_errors *errs)
{
    static const char *const fixed[] = {"name", "namespace", "uid", "creationTimestamp"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        immutable(tree_get(old, "metadata"), tree_get(now, "metadata"), fixed[i],
                  PATH_FIELD(NULL, "metadata"), errs);
}

/* ---- Job ---- */

static void completions(const json_t *old, const json_t *now, const struct path *path,
                        struct field_errors *errs)
{
    const json_t *value = tree_get(now, "completions");
    if (!tree_is(now, "completionMode", "Indexed")) {
        immutable(old, now, "completions", path, errs);
        return;
    }
    bool is_change = !is_same(tree_get(old, "completions"), value);
    if (is_change && value && !is_same(value, tree_get(now, "parallelism")))
        field_error(errs, PATH_FIELD(path, "completions"), FIELD_INVALID, value,
                    "can only be modified in tandem with spec.parallelism");
}

/* Parts of the template may change while a Job is suspended and none of its pods is active. */
static bool is_open(const json_t *old)
{
    const json_t *status = tree_get(old, "status");
    const json_t *c;
    size_t i;
    if (!tree_bool(tree_get(old, "spec"), "suspend") || tree_int(status, "active"))
        return false;
    json_array_foreach (tree_get(status, "conditions"), i, c)
        if (tree_is(c, "type", "Suspended") && tree_is(c, "status", "True"))
            return true;
    return !tree_has(status, "startTime") || json_is_null(tree_get(status, "startTime"));
}

/* Sets a member of `to` to what it is in `from`. */
static void take(json_t *to, const json_t *from, const char *name)
{
    json_t *v = tree_get(from, name);
    if (v)
        json_object_set(to, name, v);
    else
        json_object_del(to, name);
}

/* The resources of containers that are the same by place and name. */
static void take_resources(json_t *to, const json_t *from, const char *list)
{
    const json_t *source = tree_get(from, list);
    size_t i;
    json_t *c;
    if (json_array_size(source) != json_array_size(tree_get(to, list)))
        return;
    json_array_foreach (tree_get(to, list), i, c)
        if (tree_is(c, "name", tree_str(json_array_get(source, i), "name")))
            take(c, json_array_get(source, i), "resources");
}

static void take_node_affinity(json_t *to, const json_t *from)
{
    const json_t *source = tree_get(from, "affinity");
    if (!tree_has(to, "affinity"))
        json_object_set_new(to, "affinity", json_object());
    take(tree_get(to, "affinity"), source, "nodeAffinity");
    if (!source && !json_object_size(tree_get(to, "affinity")))
        json_object_del(to, "affinity");
}

/* The new template with all that may change as it was. */
static json_t *without_open_parts(const json_t *old, const json_t *now)
{
    static const char *const directives[] = {"nodeSelector", "tolerations", "schedulingGates"};
    json_t *copy = json_deep_copy(now);
    json_t *spec = tree_get(copy, "spec");
    const json_t *old_spec = tree_get(old, "spec");
    take(tree_get(copy, "metadata"), tree_get(old, "metadata"), "labels");
    take(tree_get(copy, "metadata"), tree_get(old, "metadata"), "annotations");
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
        take(spec, old_spec, directives[i]);
    take_node_affinity(spec, old_spec);
    take_resources(spec, old_spec, "containers");
    take_resources(spec, old_spec, "initContainers");
    return copy;
}

static void template(const json_t *old, const json_t *now, bool open, const struct path *path,
                     struct field_errors *errs)
{
    const json_t *was = tree_get(old, "template"), *value = tree_get(now, "template");
    cleanup_json json_t *rest = open ? without_open_parts(was, value) : NULL;
    if (open && !rest)
        errs->failed = true;
    else if (!is_same(was, open ? rest : value))
        field_error(errs, PATH_FIELD(path, "template"), FIELD_INVALID, value, "field is immutable");
}

void validate_job_update(const json_t *old, const json_t *job, struct field_errors *errs)
{
    static const char *const fixed[] = {"completionMode", "podFailurePolicy",
                                        "backoffLimitPerIndex", "managedBy", "successPolicy"};
    const json_t *was = tree_get(old, "spec"), *now = tree_get(job, "spec");
    const struct path *path = PATH_FIELD(NULL, "spec");
    metadata(old, job, errs);
    completions(was, now, path, errs);
    immutable(was, now, "selector", path, errs);
    template(was, now, is_open(old), path, errs);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        immutable(was, now, fixed[i], path, errs);
}

/* ---- ConfigMap, Secret ---- */

void validate_core_update(const json_t *old, const json_t *object, struct field_errors *errs)
{
    static const char *const data[] = {"data", "binaryData"};
    metadata(old, object, errs);
    if (tree_is(object, "kind", "Secret"))
        immutable(old, object, "type", NULL, errs);
    if (!tree_bool(old, "immutable"))
        return;
    if (!tree_bool(object, "immutable"))
        field_error(errs, PATH_FIELD(NULL, "immutable"), FIELD_FORBIDDEN, NULL,
                    "field is immutable when `immutable` is set");
    for (size_t i = 0; i < 2; i++)
        if (!is_same(tree_get(old, data[i]), tree_get(object, data[i])))
            field_error(errs, PATH_FIELD(NULL, data[i]), FIELD_FORBIDDEN, NULL,
                        "field is immutable when `immutable` is set");
}
