/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_meta.h"

#include <string.h>

#include "check.h"
#include "names.h"
#include "tree.h"

bool validate_qualified_name(const char *name, const struct path *path, struct field_errors *errs)
{
    return names_validate(names_qualified_name, name, errs, path);
}

void validate_labels(const json_t *labels, const struct path *path, struct field_errors *errs)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)labels, key, value) {
        validate_qualified_name(key, path, errs);
        names_validate(names_label_value, json_string_value(value), errs, path);
    }
}

void validate_annotations(const json_t *annotations, const struct path *path,
                          struct field_errors *errs)
{
    size_t total = 0;
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)annotations, key, value) {
        names_validate(names_annotation_key, key, errs, path);
        total += strlen(key) + json_string_length(value);
    }
    if (total > NAMES_ANNOTATIONS_MAX)
        field_error(errs, path, FIELD_TOO_LONG, NULL, "may not be more than %zu bytes",
                    NAMES_ANNOTATIONS_MAX);
}

/* ---- label selectors ---- */

static void selector_requirement(const json_t *r, const struct path *path,
                                 struct field_errors *errs)
{
    static const char *const sets[] = {"In", "NotIn", NULL};
    static const char *const exists[] = {"Exists", "DoesNotExist", NULL};
    const char *op = tree_str(r, "operator");
    const json_t *values = tree_get(r, "values");
    const struct path *values_path = PATH_FIELD(path, "values");
    if (check_in(op, sets) && json_array_size(values) == 0)
        check_miss(errs, values_path, "must be specified when `operator` is 'In' or 'NotIn'");
    else if (check_in(op, exists) && json_array_size(values) > 0)
        check_forbid(errs, values_path,
                     "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    else if (!check_in(op, sets) && !check_in(op, exists))
        field_error_str(errs, PATH_FIELD(path, "operator"), FIELD_INVALID, op,
                        "not a valid selector operator");
    validate_qualified_name(tree_str(r, "key"), PATH_FIELD(path, "key"), errs);
    size_t i;
    json_t *v;
    json_array_foreach (values, i, v)
        names_validate(names_label_value, json_string_value(v), errs, PATH_INDEX(values_path, i));
}

void validate_label_selector(const json_t *selector, const struct path *path,
                             struct field_errors *errs)
{
    const struct path *expressions = PATH_FIELD(path, "matchExpressions");
    size_t i;
    json_t *r;
    validate_labels(tree_get(selector, "matchLabels"), PATH_FIELD(path, "matchLabels"), errs);
    json_array_foreach (tree_get(selector, "matchExpressions"), i, r)
        selector_requirement(r, PATH_INDEX(expressions, i), errs);
}

/* ---- object metadata ---- */

/* Group and version of "group/version" or "version"; more slashes make both empty. */
static bool has_version(const char *api_version)
{
    const char *slash = strchr(api_version, '/');
    return slash ? slash[1] && !strchr(slash + 1, '/') : *api_version != '\0';
}

static void not_empty(const json_t *obj, const char *name, const struct path *path,
                      struct field_errors *errs)
{
    if (!*tree_str(obj, name))
        field_error_str(errs, PATH_FIELD(path, name), FIELD_INVALID, "", "must not be empty");
}

static void owner_reference(const json_t *ref, const struct path *path, struct field_errors *errs)
{
    const char *api_version = tree_str(ref, "apiVersion");
    if (!has_version(api_version))
        field_error_str(errs, PATH_FIELD(path, "apiVersion"), FIELD_INVALID, api_version,
                        "version must not be empty");
    not_empty(ref, "kind", path, errs);
    not_empty(ref, "name", path, errs);
    not_empty(ref, "uid", path, errs);
    if (strcmp(api_version, "v1") == 0 && tree_is(ref, "kind", "Event"))
        field_error(errs, path, FIELD_INVALID, ref,
                    "/v1, Kind=Event is disallowed from being an owner");
}

/* The path has no index: Kubernetes reports the list. */
static void owner_references(const json_t *refs, const struct path *path, struct field_errors *errs)
{
    const json_t *first = NULL;
    size_t i;
    json_t *ref;
    json_array_foreach (refs, i, ref) {
        owner_reference(ref, path, errs);
        if (!tree_bool(ref, "controller"))
            continue;
        if (first)
            field_error(errs, path, FIELD_INVALID, refs,
                        "Only one reference can have Controller set to true. Found \"true\" in "
                        "references for %s/%s and %s/%s",
                        tree_str(first, "kind"), tree_str(first, "name"), tree_str(ref, "kind"),
                        tree_str(ref, "name"));
        else
            first = ref;
    }
}

static void finalizers(const json_t *list, const struct path *path, struct field_errors *errs)
{
    bool orphan = false, foreground = false;
    size_t i;
    json_t *v;
    json_array_foreach (list, i, v) {
        const char *name = json_string_value(v);
        validate_qualified_name(name, path, errs);
        orphan |= strcmp(name, "orphan") == 0;
        foreground |= strcmp(name, "foregroundDeletion") == 0;
    }
    if (orphan && foreground)
        field_error(errs, path, FIELD_INVALID, list,
                    "finalizer orphan and foregroundDeletion cannot be both set");
}

/* Of core/v1: a finalizer without a domain must be one of Kubernetes' own. */
static void known_finalizers(const json_t *list, const struct path *path, struct field_errors *errs)
{
    static const char *const known[] = {"kubernetes", "orphan", "foregroundDeletion", NULL};
    size_t i;
    json_t *v;
    json_array_foreach (list, i, v) {
        const char *name = json_string_value(v);
        if (!strchr(name, '/') && !check_in(name, known))
            field_error_str(errs, PATH_INDEX(path, i), FIELD_INVALID, name,
                            "name is neither a standard finalizer name nor is it fully qualified");
    }
}

static void object_name(const json_t *meta, const struct path *path, struct field_errors *errs)
{
    const char *generate = tree_str(meta, "generateName");
    const char *name = tree_str(meta, "name");
    if (*generate)
        names_validate_prefix(names_dns_subdomain, generate, errs,
                              PATH_FIELD(path, "generateName"));
    if (*name)
        names_validate(names_dns_subdomain, name, errs, PATH_FIELD(path, "name"));
    else
        check_miss(errs, PATH_FIELD(path, "name"), "name or generateName is required");
}

void validate_object_meta(const json_t *meta, const struct path *path, bool namespaced,
                          struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "finalizers");
    object_name(meta, path, errs);
    if (namespaced)
        check_required_name(meta, "namespace", names_dns_label, path, errs);
    else if (*tree_str(meta, "namespace"))
        check_forbid(errs, PATH_FIELD(path, "namespace"), "not allowed on this type");
    check_nonnegative(meta, "generation", path, errs);
    validate_labels(tree_get(meta, "labels"), PATH_FIELD(path, "labels"), errs);
    validate_annotations(tree_get(meta, "annotations"), PATH_FIELD(path, "annotations"), errs);
    owner_references(tree_get(meta, "ownerReferences"), PATH_FIELD(path, "ownerReferences"), errs);
    finalizers(tree_get(meta, "finalizers"), list, errs);
    known_finalizers(tree_get(meta, "finalizers"), list, errs);
}
