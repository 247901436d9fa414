/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Affinity. What a node must have becomes a constraint, a partition or a list of nodes, as far as
 * those can say it: Slurm's constraints know "and", "or" and one level of parentheses, but no
 * "not".
 */
#include <string.h>

#include "cleanup.h"
#include "map_place.h"
#include "mapping.h"
#include "tree.h"

#define REQUIRED  "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED "preferredDuringSchedulingIgnoredDuringExecution"

/* One place for any of several values: the same option for all. */
struct choice {
    const char *option; /* NULL = none yet */
    struct strbuf values;
    size_t n;
    bool is_free; /* every node has one of the values */
};

/* Returns 0, or 1 when it cannot be said. */
static int add_value(const struct translation *t, const char *key, const char *value,
                     struct choice *c)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    struct place place, second;
    const char *text = place_of_label(t, key, value, &b);
    if (!text)
        return 1;
    if (place_next(&text, &place, NULL) <= 0) {
        c->is_free = true;
        return 0;
    }
    if (place_next(&text, &second, NULL) > 0 || (c->option && strcmp(c->option, place.option)))
        return 1;
    c->option = place.option;
    bool constraint = strcmp(place.option, "constraint") == 0;
    if (c->n++ && !constraint && strcmp(place.option, "partition") != 0)
        return 1;
    strbuf_adds(&c->values, c->n < 2 ? "" : constraint ? "|" : ",");
    strbuf_add(&c->values, place.value, place.value_len);
    return 0;
}

static int note_choice(struct translation *t, const struct choice *c, const struct path *path,
                       struct error *err)
{
    if (c->is_free)
        return translation_note(t, err, path, FATE_HONOURED, "every node has it, says skjob.conf");
    int rc = place_add(t, c->option, strbuf_str(&c->values), err);
    if (rc > 0)
        return translation_note(t, err, path, FATE_IGNORED, "--%s is %s already", c->option,
                                translation_value(t, c->option));
    return rc < 0 ? rc
                  : translation_note(t, err, path, FATE_HONOURED, "--%s=%s", c->option,
                                     strbuf_str(&c->values));
}

static int exclude_nodes(struct translation *t, const json_t *values, const struct path *path,
                         struct error *err)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    size_t i;
    json_t *value;
    json_array_foreach (values, i, value)
        strbuf_addf(&b, "%s%s", i ? "," : "", json_string_value(value));
    if (place_add(t, "exclude", strbuf_str(&b), err) < 0)
        return -1;
    return translation_note(t, err, path, FATE_HONOURED, "--exclude=%s", strbuf_str(&b));
}

/* Collects what an expression asks for. Returns 0, or 1 when it cannot be said. */
static int choose(const struct translation *t, const json_t *expression, struct choice *c)
{
    const char *key = tree_str(expression, "key");
    size_t i;
    json_t *value;
    if (tree_is(expression, "operator", "Exists"))
        return add_value(t, key, "*", c);
    if (!tree_is(expression, "operator", "In"))
        return 1;
    json_array_foreach (tree_get(expression, "values"), i, value)
        if (add_value(t, key, json_string_value(value), c))
            return 1;
    return c->n == 0 && !c->is_free;
}

static int map_expression(struct translation *t, const json_t *expression, const struct path *path,
                          struct error *err)
{
    struct choice c = {0};
    const char *key = tree_str(expression, "key");
    bool host = strcmp(key, HOSTNAME_LABEL) == 0 || strcmp(key, "metadata.name") == 0;
    if (host && tree_is(expression, "operator", "NotIn"))
        return exclude_nodes(t, tree_get(expression, "values"), path, err);
    json_t *as_label = json_copy((json_t *)expression);
    if (host && as_label)
        json_object_set_new(as_label, "key", json_string(HOSTNAME_LABEL));
    int rc = choose(t, as_label, &c) ? translation_note(t, err, path, FATE_IGNORED,
                                                        "Slurm cannot be told, or no entry of "
                                                        "skjob.conf maps it")
                                     : note_choice(t, &c, path, err);
    json_decref(as_label);
    strbuf_free(&c.values);
    return rc;
}

static int map_term(struct translation *t, const json_t *term, const struct path *path,
                    struct error *err)
{
    static const char *const lists[] = {"matchExpressions", "matchFields"};
    for (size_t l = 0; l < 2; l++) {
        size_t i;
        json_t *expression;
        json_array_foreach (tree_get(term, lists[l]), i, expression)
            if (map_expression(t, expression, PATH_INDEX(PATH_FIELD(path, lists[l]), i), err) < 0)
                return -1;
    }
    return 0;
}

/* Any of several terms: when each asks for one thing, the things are alternatives. */
static int map_alternatives(struct translation *t, const json_t *terms, const struct path *path,
                            struct error *err)
{
    struct choice c = {0};
    size_t i;
    json_t *term;
    int rc = 0;
    json_array_foreach (terms, i, term) {
        const json_t *list = tree_get(term, "matchExpressions");
        rc |= json_array_size(list) != 1 || json_array_size(tree_get(term, "matchFields")) ||
              choose(t, json_array_get(list, 0), &c);
    }
    rc = rc ? translation_note(t, err, path, FATE_IGNORED,
                               "Slurm cannot be told such alternatives, or no entry of skjob.conf "
                               "maps them")
            : note_choice(t, &c, path, err);
    strbuf_free(&c.values);
    return rc;
}

/* Pods that must not share a node: the nearest that Slurm has is a node without other jobs. */
static int map_anti_affinity(struct translation *t, const json_t *affinity, const struct path *path,
                             struct error *err)
{
    const struct path *required = PATH_FIELD(PATH_FIELD(path, "podAntiAffinity"), REQUIRED);
    size_t i;
    json_t *term;
    json_array_foreach (tree_at(affinity, "podAntiAffinity", REQUIRED, NULL), i, term)
        if (tree_is(term, "topologyKey", HOSTNAME_LABEL) &&
            (translation_add(t, err, "exclusive", NULL) < 0 ||
             translation_note(t, err, PATH_INDEX(required, i), FATE_APPROXIMATED,
                              "--exclusive: no other job of anybody on the node") < 0))
            return -1;
    return 0;
}

int map_affinity(struct translation *t, const json_t *job, struct verdict *v, struct error *err)
{
    const json_t *affinity = tree_get(place_pod(job), "affinity");
    const json_t *terms = tree_at(affinity, "nodeAffinity", REQUIRED, "nodeSelectorTerms", NULL);
    const struct path *path = PLACE_POD("affinity");
    const struct path *node = PATH_FIELD(path, "nodeAffinity");
    const struct path *list = PATH_FIELD(PATH_FIELD(node, REQUIRED), "nodeSelectorTerms");
    (void)v;
    if (tree_at(affinity, "nodeAffinity", PREFERRED, NULL) &&
        translation_note(t, err, PATH_FIELD(node, PREFERRED), FATE_IGNORED,
                         "a preference: Slurm has none") < 0)
        return -1;
    if (map_anti_affinity(t, affinity, path, err) < 0)
        return -1;
    if (json_array_size(terms) > 1)
        return map_alternatives(t, terms, list, err);
    const json_t *term = json_array_get(terms, 0);
    return term ? map_term(t, term, PATH_INDEX(list, 0), err) : 0;
}
