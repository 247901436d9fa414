/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod_parts.h"

#include <string.h>

#include "cleanup.h"
#include "names.h"
#include "tree.h"
#include "validate_meta.h"

/* ---- tolerations ---- */

/* Several messages of one value become one error, with ";" between them. */
static void join_message(void *arg, const char *bad, const char *message)
{
    struct strbuf *b = arg;
    (void)bad;
    strbuf_addf(b, "%s%s", b->len ? ";" : "", message);
}

static void equal_value(const json_t *t, const struct path *path, struct field_errors *errs)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    if (!names_label_value(tree_str(t, "value"), join_message, &b))
        field_error_str(errs, PATH_FIELD(path, "operator"), FIELD_INVALID, tree_str(t, "value"),
                        "%s", strbuf_str(&b));
}

/* Lt and Gt are known, but their gate (TaintTolerationComparisonOperators) is off. */
static void toleration_operator(const json_t *t, const struct path *path, struct field_errors *errs)
{
    static const char *const plain[] = {"Equal", "Exists", NULL};
    static const char *const numbers[] = {"Lt", "Gt", NULL};
    static const char *const all[] = {"Equal", "Exists", "Lt", "Gt", NULL};
    const char *op = tree_str(t, "operator");
    const struct path *p = PATH_FIELD(path, "operator");
    if (!*op || strcmp(op, "Equal") == 0)
        equal_value(t, path, errs);
    else if (!check_in(op, plain))
        field_unsupported(errs, p, tree_get(t, "operator"), check_in(op, numbers) ? all : plain);
    else if (*tree_str(t, "value"))
        field_error_str(errs, p, FIELD_INVALID, tree_str(t, "value"),
                        "value must be empty when `operator` is 'Exists'");
}

void validate_tolerations(const json_t *list, const struct path *path, struct field_errors *errs)
{
    static const char *const effects[] = {"NoSchedule", "PreferNoSchedule", "NoExecute", NULL};
    size_t i;
    json_t *t;
    json_array_foreach (list, i, t) {
        const struct path *p = PATH_INDEX(path, i);
        const char *key = tree_str(t, "key");
        if (*key)
            validate_qualified_name(key, PATH_FIELD(p, "key"), errs);
        else if (!tree_is(t, "operator", "Exists"))
            field_error_str(errs, PATH_FIELD(p, "operator"), FIELD_INVALID, tree_str(t, "operator"),
                            "operator must be Exists when `key` is empty, which means \"match all "
                            "values and all keys\"");
        if (tree_has(t, "tolerationSeconds") && !tree_is(t, "effect", "NoExecute"))
            field_error_str(errs, PATH_FIELD(p, "effect"), FIELD_INVALID, tree_str(t, "effect"),
                            "effect must be 'NoExecute' when `tolerationSeconds` is set");
        toleration_operator(t, p, errs);
        if (*tree_str(t, "effect"))
            check_enum(t, "effect", effects, p, errs);
    }
}

/* ---- topologySpreadConstraints ---- */

static void positive(const json_t *obj, const char *name, const struct path *path,
                     struct field_errors *errs)
{
    if (tree_int(obj, name) <= 0)
        field_error_int(errs, PATH_FIELD(path, name), FIELD_INVALID, tree_int(obj, name),
                        "must be greater than zero");
}

/* The same pair of key and action in a later constraint. */
static void repeated(const json_t *list, size_t i, const struct path *path,
                     struct field_errors *errs)
{
    const json_t *a = json_array_get(list, i);
    const char *key = tree_str(a, "topologyKey");
    const char *action = tree_str(a, "whenUnsatisfiable");
    cleanup_strbuf struct strbuf pair = STRBUF_INIT;
    for (size_t j = i + 1; j < json_array_size(list); j++) {
        const json_t *b = json_array_get(list, j);
        if (strcmp(tree_str(b, "topologyKey"), key) != 0 ||
            strcmp(tree_str(b, "whenUnsatisfiable"), action) != 0)
            continue;
        strbuf_addf(&pair, "{%s, %s}", key, action);
        field_error_str(errs, PATH_FIELD(path, "{topologyKey, whenUnsatisfiable}"), FIELD_DUPLICATE,
                        strbuf_str(&pair), NULL);
        return;
    }
}

static void min_domains(const json_t *c, const struct path *path, struct field_errors *errs)
{
    if (!tree_has(c, "minDomains"))
        return;
    positive(c, "minDomains", path, errs);
    if (!tree_is(c, "whenUnsatisfiable", "DoNotSchedule"))
        field_error(errs, PATH_FIELD(path, "minDomains"), FIELD_INVALID, tree_get(c, "minDomains"),
                    "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not %s",
                    tree_str(c, "whenUnsatisfiable"));
}

void validate_topology_spread(const json_t *list, const struct path *path,
                              struct field_errors *errs)
{
    static const char *const actions[] = {"DoNotSchedule", "ScheduleAnyway", NULL};
    static const char *const policies[] = {"Honor", "Ignore", NULL};
    cleanup_json json_t *empty = json_string("");
    size_t i;
    json_t *c;
    json_array_foreach (list, i, c) {
        const struct path *p = PATH_INDEX(path, i);
        const json_t *action = tree_get(c, "whenUnsatisfiable");
        positive(c, "maxSkew", p, errs);
        if (!*tree_str(c, "topologyKey"))
            check_miss(errs, PATH_FIELD(p, "topologyKey"), "can not be empty");
        if (!check_in(tree_str(c, "whenUnsatisfiable"), actions))
            field_unsupported(errs, PATH_FIELD(p, "whenUnsatisfiable"), action ? action : empty,
                              actions);
        repeated(list, i, p, errs);
        min_domains(c, p, errs);
        check_enum(c, "nodeAffinityPolicy", policies, p, errs);
        check_enum(c, "nodeTaintsPolicy", policies, p, errs);
        validate_match_label_keys(c, p, errs);
        validate_label_selector(tree_get(c, "labelSelector"), PATH_FIELD(p, "labelSelector"), errs);
    }
}

/* ---- schedulingGates ---- */

void validate_scheduling_gates(const json_t *list, const struct path *path,
                               struct field_errors *errs)
{
    cleanup_json json_t *seen = json_object();
    size_t i;
    json_t *gate;
    json_array_foreach (list, i, gate) {
        const char *name = tree_str(gate, "name");
        validate_qualified_name(name, PATH_INDEX(path, i), errs);
        if (!check_set_add(seen, name))
            field_error_str(errs, PATH_INDEX(path, i), FIELD_DUPLICATE, name, NULL);
    }
}
