/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod_parts.h"

#include "cleanup.h"
#include "names.h"
#include "tree.h"
#include "validate_meta.h"

#define REQUIRED  "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED "preferredDuringSchedulingIgnoredDuringExecution"

static void weight(const json_t *term, const struct path *path, struct field_errors *errs)
{
    long long w = tree_int(term, "weight");
    if (w < 1 || w > 100)
        field_error_int(errs, PATH_FIELD(path, "weight"), FIELD_INVALID, w,
                        "must be in the range 1-100");
}

static void bad_operator(const json_t *r, const struct path *path, struct field_errors *errs)
{
    field_error_str(errs, PATH_FIELD(path, "operator"), FIELD_INVALID, tree_str(r, "operator"),
                    "not a valid selector operator");
}

/* ---- node affinity ---- */

static const char *const set_operators[] = {"In", "NotIn", NULL};

static void operator_values(const json_t *r, const struct path *path, struct field_errors *errs)
{
    static const char *const exists[] = {"Exists", "DoesNotExist", NULL};
    static const char *const numbers[] = {"Gt", "Lt", NULL};
    const char *op = tree_str(r, "operator");
    const struct path *p = PATH_FIELD(path, "values");
    size_t n = json_array_size(tree_get(r, "values"));
    if (check_in(op, set_operators)) {
        if (n == 0)
            check_miss(errs, p, "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (check_in(op, exists)) {
        if (n > 0)
            check_forbid(errs, p,
                         "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else if (check_in(op, numbers)) {
        if (n != 1)
            check_miss(errs, p, "must be specified single value when `operator` is 'Lt' or 'Gt'");
    } else {
        bad_operator(r, path, errs);
    }
}

/* any_value: preferences may name values that no label can have. */
static void node_requirement(const json_t *r, bool any_value, const struct path *path,
                             struct field_errors *errs)
{
    const struct path *values = PATH_FIELD(path, "values");
    size_t i;
    json_t *v;
    operator_values(r, path, errs);
    validate_qualified_name(tree_str(r, "key"), PATH_FIELD(path, "key"), errs);
    if (any_value)
        return;
    json_array_foreach (tree_get(r, "values"), i, v)
        names_validate(names_label_value, json_string_value(v), errs, PATH_INDEX(values, i));
}

static void node_field(const json_t *r, const struct path *path, struct field_errors *errs)
{
    const struct path *values = PATH_FIELD(path, "values");
    size_t i;
    json_t *v;
    if (!check_in(tree_str(r, "operator"), set_operators))
        bad_operator(r, path, errs);
    else if (json_array_size(tree_get(r, "values")) != 1)
        check_miss(errs, values,
                   "must be only one value when `operator` is 'In' or 'NotIn' for node field "
                   "selector");
    if (!tree_is(r, "key", "metadata.name")) {
        field_error_str(errs, PATH_FIELD(path, "key"), FIELD_INVALID, tree_str(r, "key"),
                        "not a valid field selector key");
        return;
    }
    json_array_foreach (tree_get(r, "values"), i, v)
        names_validate(names_dns_subdomain, json_string_value(v), errs, PATH_INDEX(values, i));
}

static void node_term(const json_t *term, bool any_value, const struct path *path,
                      struct field_errors *errs)
{
    const struct path *expressions = PATH_FIELD(path, "matchExpressions");
    const struct path *fields = PATH_FIELD(path, "matchFields");
    size_t i;
    json_t *r;
    json_array_foreach (tree_get(term, "matchExpressions"), i, r)
        node_requirement(r, any_value, PATH_INDEX(expressions, i), errs);
    json_array_foreach (tree_get(term, "matchFields"), i, r)
        node_field(r, PATH_INDEX(fields, i), errs);
}

static void node_affinity(const json_t *affinity, const struct path *path,
                          struct field_errors *errs)
{
    const json_t *required = tree_get(affinity, REQUIRED);
    const struct path *terms = PATH_FIELD(PATH_FIELD(path, REQUIRED), "nodeSelectorTerms");
    const struct path *preferred = PATH_FIELD(path, PREFERRED);
    size_t i;
    json_t *term;
    if (required && json_array_size(tree_get(required, "nodeSelectorTerms")) == 0)
        check_miss(errs, terms, "must have at least one node selector term");
    json_array_foreach (tree_get(required, "nodeSelectorTerms"), i, term)
        node_term(term, false, PATH_INDEX(terms, i), errs);
    json_array_foreach (tree_get(affinity, PREFERRED), i, term) {
        const struct path *p = PATH_INDEX(preferred, i);
        weight(term, p, errs);
        node_term(tree_get(term, "preference"), true, PATH_FIELD(p, "preference"), errs);
    }
}

/* ---- keys of labels that a selector takes from the pod ---- */

static void label_keys(const json_t *obj, const char *name, const struct path *path,
                       struct field_errors *errs)
{
    const json_t *keys = tree_get(obj, name);
    const struct path *list = PATH_FIELD(path, name);
    size_t i;
    json_t *key;
    if (json_array_size(keys) > 0 && !tree_has(obj, "labelSelector")) {
        check_forbid(errs, list, "must not be specified when labelSelector is not set");
        return;
    }
    json_array_foreach (keys, i, key)
        validate_qualified_name(json_string_value(key), PATH_INDEX(list, i), errs);
}

/* Key -> its last index in the list. */
static json_t *index_keys(const json_t *keys)
{
    json_t *index = json_object();
    size_t i;
    json_t *key;
    json_array_foreach (keys, i, key)
        json_object_set_new_nocheck(index, json_string_value(key), json_integer((json_int_t)i));
    return index;
}

/* A key of matchLabelKeys that the selector names twice. Kubernetes puts the index right behind
 * the term. */
static void keys_in_selector(const json_t *obj, const struct path *path, struct field_errors *errs)
{
    const json_t *selector = tree_get(obj, "labelSelector");
    cleanup_json json_t *index = index_keys(tree_get(obj, "matchLabelKeys"));
    cleanup_json json_t *seen = json_object();
    const char *label;
    size_t i;
    json_t *v;
    json_object_foreach (tree_get(selector, "matchLabels"), label, v)
        check_set_add(seen, label);
    json_array_foreach (tree_get(selector, "matchExpressions"), i, v) {
        const char *key = tree_str(v, "key");
        if (tree_has(index, key) && tree_has(seen, key))
            field_error_str(errs, PATH_INDEX(path, (size_t)tree_int(index, key)), FIELD_INVALID,
                            key, "exists in both matchLabelKeys and labelSelector");
        check_set_add(seen, key);
    }
}

void validate_match_label_keys(const json_t *obj, const struct path *path,
                               struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "matchLabelKeys");
    cleanup_json json_t *mismatch = index_keys(tree_get(obj, "mismatchLabelKeys"));
    size_t i;
    json_t *key;
    label_keys(obj, "matchLabelKeys", path, errs);
    label_keys(obj, "mismatchLabelKeys", path, errs);
    keys_in_selector(obj, path, errs);
    json_array_foreach (tree_get(obj, "matchLabelKeys"), i, key)
        if (tree_has(mismatch, json_string_value(key)))
            field_error(errs, PATH_INDEX(list, i), FIELD_INVALID, key,
                        "exists in both matchLabelKeys and mismatchLabelKeys");
}

/* ---- pod affinity ---- */

static void pod_term(const json_t *term, const struct path *path, struct field_errors *errs)
{
    static const char *const selectors[] = {"labelSelector", "namespaceSelector"};
    const struct path *topology = PATH_FIELD(path, "topologyKey");
    size_t i;
    json_t *v;
    for (size_t s = 0; s < 2; s++)
        validate_label_selector(tree_get(term, selectors[s]), PATH_FIELD(path, selectors[s]), errs);
    json_array_foreach (tree_get(term, "namespaces"), i, v)
        names_validate(names_dns_label, json_string_value(v), errs, PATH_FIELD(path, "namespace"));
    validate_match_label_keys(term, path, errs);
    if (!*tree_str(term, "topologyKey"))
        check_miss(errs, topology, "can not be empty");
    validate_qualified_name(tree_str(term, "topologyKey"), topology, errs);
}

static void pod_affinity(const json_t *affinity, const struct path *path, struct field_errors *errs)
{
    const struct path *required = PATH_FIELD(path, REQUIRED);
    const struct path *preferred = PATH_FIELD(path, PREFERRED);
    size_t i;
    json_t *term;
    json_array_foreach (tree_get(affinity, REQUIRED), i, term)
        pod_term(term, PATH_INDEX(required, i), errs);
    json_array_foreach (tree_get(affinity, PREFERRED), i, term) {
        const struct path *p = PATH_INDEX(preferred, i);
        weight(term, p, errs);
        pod_term(tree_get(term, "podAffinityTerm"), PATH_FIELD(p, "podAffinityTerm"), errs);
    }
}

void validate_affinity(const json_t *affinity, const struct path *path, struct field_errors *errs)
{
    static const char *const pods[] = {"podAffinity", "podAntiAffinity"};
    if (tree_has(affinity, "nodeAffinity"))
        node_affinity(tree_get(affinity, "nodeAffinity"), PATH_FIELD(path, "nodeAffinity"), errs);
    for (size_t i = 0; i < 2; i++)
        pod_affinity(tree_get(affinity, pods[i]), PATH_FIELD(path, pods[i]), errs);
}
