/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An expression is a chain of steps. Each takes the values that the one before has found, and finds
 * others: values are borrowed from the data or from the template.
 */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "gofloat.h"
#include "gojson.h"
#include "grow.h"
#include "jsonpath_impl.h"
#include "keys.h"

#define VALUES_MAX ((size_t)1 << 24)
#define DEPTH_MAX  256

struct values {
    const json_t **v;
    size_t len;
};

struct run {
    const struct jsonpath *path;
    struct error *err;
    int (*emit)(void *arg, const struct values *results, struct error *err);
    void *arg;
    bool *cut; /* set when an empty slice ended the search; may be NULL */
};

static int walk_list(const struct run *r, const struct jsonpath_list *list, const json_t *const *in,
                     size_t n_in, struct values *out);

static void values_free(struct values *s)
{
    free(s->v);
}

#define cleanup_values __attribute__((cleanup(values_free)))

static int add(const struct run *r, struct values *s, const json_t *value)
{
    const json_t **v = s->len < VALUES_MAX ? grow(s->v, s->len, sizeof *v) : NULL;
    if (!v)
        return error_set(r->err, "the template has too many results");
    s->v = v;
    v[s->len++] = value;
    return 0;
}

/* As Go's %T names what the API's JSON is decoded into. */
static const char *type_name(const json_t *v)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "map[string]interface {}",
        [JSON_ARRAY] = "[]interface {}",
        [JSON_STRING] = "string",
        [JSON_INTEGER] = "int64",
        [JSON_REAL] = "float64",
        [JSON_TRUE] = "bool",
        [JSON_FALSE] = "bool",
        [JSON_NULL] = "nil",
    };
    return names[json_typeof(v)];
}

/* ---- members ---- */

static int add_members(const struct run *r, const json_t *object, struct values *out)
{
    size_t n;
    cleanup_free const char **names = keys_sorted(object, &n);
    if (!names)
        return error_set(r->err, "out of memory");
    for (size_t i = 0; i < n; i++)
        if (add(r, out, json_object_get(object, names[i])) < 0)
            return -1;
    return 0;
}

static int add_children(const struct run *r, const json_t *value, struct values *out)
{
    size_t i;
    json_t *v;
    if (json_is_object(value))
        return add_members(r, value, out);
    json_array_foreach (value, i, v)
        if (add(r, out, v) < 0)
            return -1;
    return 0;
}

static int walk_field(const struct run *r, const struct jsonpath_node *n, const json_t *const *in,
                      size_t n_in, struct values *out)
{
    for (size_t i = 0; i < n_in; i++) {
        const json_t *v = json_object_get(in[i], n->name);
        if (v && add(r, out, v) < 0)
            return -1;
    }
    if (n_in && !out->len && !r->path->allow_missing)
        return error_set(r->err, "%s is not found", n->name);
    return 0;
}

static int walk_wildcard(const struct run *r, const json_t *const *in, size_t n_in,
                         struct values *out)
{
    for (size_t i = 0; i < n_in; i++)
        if (add_children(r, in[i], out) < 0)
            return -1;
    return 0;
}

/* Everything that has members, and texts that are not empty: those have bytes. */
static int descend(const struct run *r, const json_t *value, int depth, struct values *out)
{
    cleanup_values struct values children = {0};
    if (depth > DEPTH_MAX)
        return error_set(r->err, "the object is nested too deeply");
    if (add_children(r, value, &children) < 0)
        return -1;
    if ((children.len || json_string_length(value)) && add(r, out, value) < 0)
        return -1;
    for (size_t i = 0; i < children.len; i++)
        if (descend(r, children.v[i], depth + 1, out) < 0)
            return -1;
    return 0;
}

/* ---- elements ---- */

/* The bounds of the slice in a list of that length, checked. Returns 1, 0 for none, -1 with err. */
static int slice_bounds(const struct run *r, const struct jsonpath_slice *s, long length,
                        long *first, long *limit)
{
    *first = s->part[0].known ? s->part[0].value : 0;
    *limit = s->part[1].known ? s->part[1].value : length;
    *first += *first < 0 ? length : 0;
    if (*limit < 0 || (*limit == 0 && s->derived))
        *limit += length;
    if (*first == *limit)
        return 0;
    if (*first >= length || *first < 0)
        return error_set(r->err, "array index out of bounds: index %ld, length %ld", *first,
                         length);
    if (*limit > length || *limit < 0)
        return error_set(r->err, "array index out of bounds: index %ld, length %ld", *limit - 1,
                         length);
    if (*first > *limit)
        return error_set(r->err, "starting index %ld is greater than ending index %ld", *first,
                         *limit);
    if (s->part[2].known && s->part[2].value <= 0)
        return error_set(r->err, "step must be > 0");
    return 1;
}

static int walk_slice(const struct run *r, const struct jsonpath_slice *s, const json_t *const *in,
                      size_t n_in, struct values *out)
{
    for (size_t i = 0; i < n_in; i++) {
        long first, limit;
        if (json_is_null(in[i]))
            continue;
        if (!json_is_array(in[i]))
            return error_set(r->err, "%s is not array or slice", type_name(in[i]));
        int rc = slice_bounds(r, s, (long)json_array_size(in[i]), &first, &limit);
        if (rc == 0 && r->cut)
            *r->cut = true;
        if (rc <= 0)
            return rc;
        for (long k = first; k < limit; k += s->part[2].known ? s->part[2].value : 1)
            if (add(r, out, json_array_get(in[i], (size_t)k)) < 0)
                return -1;
    }
    return 0;
}

static int walk_union(const struct run *r, const struct jsonpath_node *n, const json_t *const *in,
                      size_t n_in, struct values *out)
{
    for (size_t i = 0; i < n->n_lists; i++) {
        cleanup_values struct values part = {0};
        if (walk_list(r, &n->lists[i], in, n_in, &part) < 0)
            return -1;
        for (size_t k = 0; k < part.len; k++)
            if (add(r, out, part.v[k]) < 0)
                return -1;
    }
    return 0;
}

/* ---- filters ---- */

/* Numbers with a fraction and without are of different kinds, as in Go's templates. */
static int compare(const struct run *r, const json_t *a, const json_t *b, bool *less, bool *equal)
{
    if (json_typeof(a) != json_typeof(b) && !(json_is_boolean(a) && json_is_boolean(b)))
        return error_set(r->err, "incompatible types for comparison");
    switch (json_typeof(a)) {
    case JSON_STRING: {
        int c = strcmp(json_string_value(a), json_string_value(b));
        *less = c < 0;
        *equal = c == 0;
        return 0;
    }
    case JSON_INTEGER:
        *less = json_integer_value(a) < json_integer_value(b);
        *equal = json_integer_value(a) == json_integer_value(b);
        return 0;
    case JSON_REAL:
        *less = json_real_value(a) < json_real_value(b);
        *equal = !*less && !(json_real_value(b) < json_real_value(a));
        return 0;
    case JSON_TRUE:
    case JSON_FALSE:
        *less = false;
        *equal = json_typeof(a) == json_typeof(b);
        return 0;
    default:
        return error_set(r->err, "invalid type for comparison");
    }
}

static int decide(const struct run *r, const char *op, const json_t *a, const json_t *b)
{
    bool less = false, equal = false;
    bool orders = strchr("<>", *op) != NULL;
    static const char *const known[] = {"==", "!=", "<", "<=", ">", ">="};
    size_t i = 0;
    while (i < sizeof known / sizeof *known && strcmp(op, known[i]) != 0)
        i++;
    if (i == sizeof known / sizeof *known)
        return error_set(r->err, "unrecognized filter operator %s", op);
    if (compare(r, a, b, &less, &equal) < 0)
        return -1;
    if (orders && json_is_boolean(a))
        return error_set(r->err, "invalid type for comparison");
    const bool pass[] = {equal, !equal, less, less || equal, !less && !equal, !less};
    return pass[i];
}

/* Whether the filter lets the element through. */
static int passes(const struct run *r, const struct jsonpath_node *n, const json_t *element)
{
    cleanup_values struct values left = {0}, right = {0};
    const struct run inner = {r->path, r->err, r->emit, r->arg, NULL};
    r = &inner; /* what ends the search in here ends it here */
    int rc = walk_list(r, &n->lists[0], &element, 1, &left);
    if (n->n_lists == 1)
        return left.len > 0;
    if (rc < 0 || left.len == 0)
        return rc;
    if (left.len > 1)
        return error_set(r->err, "can only compare one element at a time");
    if (walk_list(r, &n->lists[1], &element, 1, &right) < 0)
        return -1;
    if (right.len > 1)
        return error_set(r->err, "can only compare one element at a time");
    return right.len ? decide(r, n->name, left.v[0], right.v[0]) : 0;
}

static int not_a_list(const struct run *r, const json_t *v)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    jsonpath_print_value(v, &text, NULL);
    return error_set(r->err, "%.200s is not array or slice and cannot be filtered",
                     strbuf_str(&text));
}

static int walk_filter(const struct run *r, const struct jsonpath_node *n, const json_t *const *in,
                       size_t n_in, struct values *out)
{
    for (size_t i = 0; i < n_in; i++) {
        size_t k;
        json_t *element;
        if (!json_is_array(in[i]))
            return not_a_list(r, in[i]);
        json_array_foreach (in[i], k, element) {
            int rc = passes(r, n, element);
            if (rc < 0 || (rc > 0 && add(r, out, element) < 0))
                return -1;
        }
    }
    return 0;
}

/* ---- chains ---- */

static int walk_literal(const struct run *r, const struct jsonpath_node *n, size_t n_in,
                        struct values *out)
{
    size_t times = json_is_string(n->value) ? 1 : n_in;
    for (size_t i = 0; i < times; i++)
        if (add(r, out, n->value) < 0)
            return -1;
    return 0;
}

static int walk_identifier(const struct run *r, const struct jsonpath_node *n,
                           const json_t *const *in, size_t n_in, struct values *out)
{
    if (strcmp(n->name, "end") == 0)
        return 0;
    if (strcmp(n->name, "range") != 0)
        return error_set(r->err, "unrecognized identifier %s", n->name);
    for (size_t i = 0; i < n_in; i++)
        if (add(r, out, in[i]) < 0)
            return -1;
    return 0;
}

static int walk(const struct run *r, const struct jsonpath_node *n, const json_t *const *in,
                size_t n_in, struct values *out)
{
    switch (n->type) {
    case JSONPATH_LITERAL:
        return walk_literal(r, n, n_in, out);
    case JSONPATH_FIELD:
        return walk_field(r, n, in, n_in, out);
    case JSONPATH_SLICE:
        return walk_slice(r, &n->slice, in, n_in, out);
    case JSONPATH_WILDCARD:
        return walk_wildcard(r, in, n_in, out);
    case JSONPATH_RECURSIVE:
        for (size_t i = 0; i < n_in; i++)
            if (descend(r, in[i], 0, out) < 0)
                return -1;
        return 0;
    case JSONPATH_UNION:
        return walk_union(r, n, in, n_in, out);
    case JSONPATH_FILTER:
        return walk_filter(r, n, in, n_in, out);
    case JSONPATH_IDENTIFIER:
        return walk_identifier(r, n, in, n_in, out);
    }
    return 0;
}

static int walk_list(const struct run *r, const struct jsonpath_list *list, const json_t *const *in,
                     size_t n_in, struct values *out)
{
    cleanup_values struct values now = {0};
    for (size_t i = 0; i < n_in; i++)
        if (add(r, &now, in[i]) < 0)
            return -1;
    for (size_t i = 0; i < list->len; i++) {
        struct values next = {0};
        int rc = walk(r, &list->nodes[i], now.v, now.len, &next);
        free(now.v);
        now = next;
        if (rc < 0)
            return -1;
    }
    free(out->v);
    *out = now;
    now = (struct values){0};
    return 0;
}

/* ---- ranges ---- */

static bool has_word(const struct jsonpath_list *part, const char *word)
{
    for (size_t i = 0; i < part->len; i++)
        if (part->nodes[i].type == JSONPATH_IDENTIFIER && strcmp(part->nodes[i].name, word) == 0)
            return true;
    return false;
}

bool jsonpath_is_range(const struct jsonpath_list *part)
{
    return has_word(part, "range");
}

size_t jsonpath_find_end(const struct jsonpath *path, size_t from, size_t to)
{
    int depth = 1;
    for (size_t i = from; i < to; i++) {
        depth += jsonpath_is_range(&path->parts[i]);
        depth -= has_word(&path->parts[i], "end");
        if (depth == 0)
            return i;
    }
    return to;
}

static int run_parts(const struct run *r, size_t from, size_t to, const json_t *data, int depth)
{
    if (depth > DEPTH_MAX)
        return error_set(r->err, "the ranges are nested too deeply");
    for (size_t i = from; i < to; i++) {
        const struct jsonpath_list *part = &r->path->parts[i];
        cleanup_values struct values results = {0};
        if (has_word(part, "end"))
            return error_set(r->err, "not in range, nothing to end");
        if (walk_list(r, part, &data, 1, &results) < 0)
            return -1;
        if (!jsonpath_is_range(part)) {
            if (r->emit(r->arg, &results, r->err) < 0)
                return -1;
            continue;
        }
        size_t end = jsonpath_find_end(r->path, i + 1, to);
        for (size_t k = 0; k < results.len; k++)
            if (run_parts(r, i + 1, end, results.v[k], depth + 1) < 0)
                return -1;
        i = end;
    }
    return 0;
}

/* ---- results ---- */

int jsonpath_print_value(const json_t *value, struct strbuf *out, struct error *err)
{
    char number[GOFLOAT_TEXT_MAX];
    switch (json_typeof(value)) {
    case JSON_STRING:
        strbuf_add(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        strbuf_addf(out, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        strbuf_adds(out, gofloat_json(json_real_value(value), number));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        strbuf_adds(out, json_is_true(value) ? "true" : "false");
        break;
    case JSON_NULL:
        strbuf_adds(out, "<nil>");
        break;
    default:
        return gojson_add(out, value, 0, err);
    }
    return out->failed ? error_set(err, "out of memory") : 0;
}

static int print_results(void *arg, const struct values *results, struct error *err)
{
    struct strbuf *out = arg;
    for (size_t i = 0; i < results->len; i++) {
        if (i)
            strbuf_addc(out, ' ');
        if (jsonpath_print_value(results->v[i], out, err) < 0)
            return -1;
    }
    return 0;
}

int jsonpath_print_parts(const struct jsonpath *path, size_t from, size_t to, const json_t *data,
                         struct strbuf *out, struct error *err)
{
    const struct run r = {path, err, print_results, out, NULL};
    return run_parts(&r, from, to, data, 0);
}

int jsonpath_print(const struct jsonpath *path, const json_t *data, struct strbuf *out,
                   struct error *err)
{
    return jsonpath_print_parts(path, 0, path->len, data, out, err);
}

static int collect_results(void *arg, const struct values *results, struct error *err)
{
    for (size_t i = 0; i < results->len; i++)
        if (json_array_append(arg, (json_t *)results->v[i]) < 0)
            return error_set(err, "out of memory");
    return 0;
}

int jsonpath_find_parts(const struct jsonpath *path, size_t from, size_t to, const json_t *data,
                        json_t **results, bool *cut, struct error *err)
{
    cleanup_json json_t *list = json_array();
    const struct run r = {path, err, collect_results, list, cut};
    *results = NULL;
    if (!list || run_parts(&r, from, to, data, 0) < 0)
        return list ? -1 : error_set(err, "out of memory");
    *results = steal_ptr(&list);
    return 0;
}

int jsonpath_find(const struct jsonpath *path, const json_t *data, json_t **results,
                  struct error *err)
{
    return jsonpath_find_parts(path, 0, path->len, data, results, NULL, err);
}
