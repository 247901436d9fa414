/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "jsonpath_items.h"

#include <string.h>

#include "cleanup.h"
#include "jsonpath_impl.h"

static bool is_text(const struct jsonpath_list *part)
{
    return part->len == 1 && part->nodes[0].type == JSONPATH_LITERAL &&
           json_is_string(part->nodes[0].value);
}

/* [*] */
static bool is_all(const struct jsonpath_node *n)
{
    const struct jsonpath_slice *s = &n->slice;
    return n->type == JSONPATH_WILDCARD || (n->type == JSONPATH_SLICE && !s->part[0].known &&
                                            !s->part[1].known && !s->part[2].known);
}

/* Steps that find the same in each value whatever the other values are. A slice is none: an empty
 * one ends the search, which a range does not see. */
static bool is_local(const struct jsonpath_node *n, bool in_range)
{
    return n->type == JSONPATH_FIELD || n->type == JSONPATH_WILDCARD ||
           n->type == JSONPATH_RECURSIVE || (n->type == JSONPATH_SLICE && !in_range);
}

/* The list itself is among what ".." finds, but has no fields. */
static bool goes_through_items(const struct jsonpath_list *part)
{
    const struct jsonpath_node *n = part->nodes;
    size_t first = jsonpath_is_range(part), at = first + 2;
    if (part->len < at || n[first].type != JSONPATH_FIELD || strcmp(n[first].name, "items") != 0)
        return false;
    if (first && (n[0].type != JSONPATH_IDENTIFIER || strcmp(n[0].name, "range") != 0))
        return false;
    bool into = is_all(&n[first + 1]) || n[first + 1].type == JSONPATH_FILTER;
    if (n[first + 1].type == JSONPATH_RECURSIVE)
        into = part->len > at && n[at].type == JSONPATH_FIELD;
    for (size_t i = at; i < part->len; i++)
        into &= is_local(&n[i], first);
    return into;
}

static bool are_texts(const struct jsonpath *path, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (!is_text(&path->parts[i]))
            return false;
    return true;
}

bool jsonpath_items_begin(struct jsonpath_items *it, const struct jsonpath *path)
{
    size_t i = 0;
    while (i < path->len && is_text(&path->parts[i]))
        i++;
    *it = (struct jsonpath_items){.path = path, .part = i, .end = i + 1};
    /* That a field is missing in all items is known in the end only. */
    if (i == path->len || !path->allow_missing || !goes_through_items(&path->parts[i]))
        return false;
    it->is_range = jsonpath_is_range(&path->parts[i]);
    if (it->is_range) {
        size_t end = jsonpath_find_end(path, i + 1, path->len);
        it->end = end < path->len ? end + 1 : end;
    }
    return are_texts(path, it->end, path->len);
}

static int begin(struct jsonpath_items *it, struct strbuf *out, struct error *err)
{
    bool first = !it->begun;
    it->begun = true;
    return first ? jsonpath_print_parts(it->path, 0, it->part, NULL, out, err) : 0;
}

/* Results are joined by blanks, whichever items they are of. */
static int print_results(struct jsonpath_items *it, const json_t *results, struct strbuf *out,
                         struct error *err)
{
    size_t i;
    json_t *v;
    json_array_foreach (results, i, v) {
        strbuf_adds(out, it->any ? " " : "");
        it->any = true;
        if (jsonpath_print_value(v, out, err) < 0)
            return -1;
    }
    return 0;
}

int jsonpath_items_print(struct jsonpath_items *it, json_t *item, struct strbuf *out,
                         struct error *err)
{
    cleanup_json json_t *list = json_pack("{s:[O]}", "items", item);
    cleanup_json json_t *results = NULL;
    if (!list)
        return error_set(err, "out of memory");
    if (begin(it, out, err) < 0)
        return -1;
    if (it->is_range)
        return jsonpath_print_parts(it->path, it->part, it->end, list, out, err);
    if (it->cut)
        return 0;
    return jsonpath_find_parts(it->path, it->part, it->end, list, &results, &it->cut, err) < 0
               ? -1
               : print_results(it, results, out, err);
}

int jsonpath_items_end(struct jsonpath_items *it, struct strbuf *out, struct error *err)
{
    return begin(it, out, err) < 0
               ? -1
               : jsonpath_print_parts(it->path, it->end, it->path->len, NULL, out, err);
}
