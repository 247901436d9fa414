/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "label_match.h"

#include <stdbool.h>
#include <string.h>

#include "names.h"
#include "tree.h"

static bool contains(const json_t *values, const char *s)
{
    const json_t *v;
    size_t i;
    json_array_foreach (values, i, v)
        if (strcmp(json_string_value(v), s) == 0)
            return true;
    return false;
}

static bool are_valid(const json_t *values)
{
    const json_t *v;
    size_t i;
    json_array_foreach (values, i, v)
        if (!names_label_value(json_string_value(v), NULL, NULL))
            return false;
    return true;
}

static int match_expression(const json_t *e, const json_t *labels)
{
    const json_t *values = tree_get(e, "values");
    const char *actual = json_string_value(tree_get(labels, tree_str(e, "key")));
    bool lists_values = json_array_size(values) > 0;
    const struct {
        const char *name;
        bool wants_values;
        bool match;
    } operators[] = {
        {"In", true, actual && contains(values, actual)},
        {"NotIn", true, !actual || !contains(values, actual)},
        {"Exists", false, actual != NULL},
        {"DoesNotExist", false, actual == NULL},
    };
    if (!names_qualified_name(tree_str(e, "key"), NULL, NULL) || !are_valid(values))
        return -1;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (tree_is(e, "operator", operators[i].name))
            return operators[i].wants_values == lists_values ? operators[i].match : -1;
    return -1;
}

int label_selector_matches(const json_t *selector, const json_t *labels)
{
    const char *key;
    const json_t *v;
    size_t i;
    int all = 1;
    if (!selector)
        return 0;
    json_object_foreach ((json_t *)tree_get(selector, "matchLabels"), key, v) {
        const char *actual = json_string_value(tree_get(labels, key));
        if (!names_qualified_name(key, NULL, NULL) ||
            !names_label_value(json_string_value(v), NULL, NULL))
            return -1;
        all &= actual && strcmp(actual, json_string_value(v)) == 0;
    }
    json_array_foreach (tree_get(selector, "matchExpressions"), i, v) {
        int one = match_expression(v, labels);
        if (one < 0)
            return -1;
        all &= one;
    }
    return all;
}
