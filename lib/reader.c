/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reader.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "compose.h"

const struct reader_limits reader_default_limits = {
    .bytes = 1 << 20,
    .depth = 64,
    .nodes = 500000,
};

struct reader {
    const char *name;
    const char *data;
    size_t len;
    struct reader_limits limits;
    size_t json_offset; /* JSON: where the next value starts */
    struct composer *yaml;
};

static size_t skip_blanks(const char *s, size_t from, size_t len)
{
    while (from < len && strchr(" \t\r\n", s[from]) && s[from])
        from++;
    return from;
}

static size_t line_of(const char *s, size_t offset)
{
    size_t line = 1;
    for (size_t i = 0; i < offset; i++)
        line += s[i] == '\n';
    return line;
}

int reader_open(struct reader **out, const char *name, const char *data, size_t len,
                const struct reader_limits *limits, struct error *err)
{
    if (len > limits->bytes)
        return error_set(err, "error parsing %s: the file has %zu bytes, the limit is %zu", name, len,
                         limits->bytes);
    struct reader *r = calloc(1, sizeof *r);
    if (!r)
        return error_set(err, "out of memory");
    *r = (struct reader){.name = name, .data = data, .len = len, .limits = *limits};
    *out = r;
    return 0;
}

/* kubectl looks at the first character to tell JSON from YAML. */
static bool at_json(struct reader *r)
{
    size_t i = skip_blanks(r->data, r->json_offset, r->len);
    return !r->yaml && i < r->len && r->data[i] == '{';
}

/* -1 when deeper than the limit or with more nodes than *nodes. */
static int check_size(const json_t *v, unsigned depth, size_t *nodes)
{
    if (depth == 0 || *nodes == 0)
        return -1;
    --*nodes;
    const char *key;
    json_t *child;
    size_t i;
    json_object_foreach ((json_t *)v, key, child)
        if (check_size(child, depth - 1, nodes) < 0)
            return -1;
    json_array_foreach (v, i, child)
        if (check_size(child, depth - 1, nodes) < 0)
            return -1;
    return 0;
}

/* Positions inside JSON come from reading it once more as YAML, of which it is nearly a subset;
 * where it is not (escaped surrogates), positions are not known. */
static struct positions *json_positions(struct reader *r, size_t from, size_t len, size_t line)
{
    struct document doc = {0};
    struct composer *c = composer_new(r->data + from, len, &r->limits);
    if (!c)
        return NULL;
    composer_set_line(c, line);
    struct error ignored;
    struct positions *p = NULL;
    if (composer_next(c, &doc, &ignored) == 1)
        p = steal_ptr(&doc.positions);
    document_free(&doc);
    composer_free(c);
    return p;
}

static json_t *load_json(struct reader *r, size_t from, json_error_t *e)
{
    size_t flags = JSON_DISABLE_EOF_CHECK;
    json_t *v = json_loadb(r->data + from, r->len - from, flags, e);
    /* An integer beyond int64 is no syntax error: the decoder names its field. */
    if (!v && json_error_code(e) == json_error_numeric_overflow)
        v = json_loadb(r->data + from, r->len - from, flags | JSON_DECODE_INT_AS_REAL, e);
    return v;
}

/* Returns 1, -1, or 0 when the text is not JSON but may be YAML in flow style. */
static int next_json(struct reader *r, struct document *doc, struct error *err)
{
    size_t from = skip_blanks(r->data, r->json_offset, r->len);
    size_t line = line_of(r->data, from);
    json_error_t e;
    json_t *v = load_json(r, from, &e);
    if (!v && from == skip_blanks(r->data, 0, r->len)) {
        error_set(err, "error parsing %s:%zu:%d: %s", r->name, line + (size_t)e.line - 1, e.column,
                  e.text);
        return 0;
    }
    if (!v)
        return error_set(err, "error parsing %s:%zu:%d: %s", r->name, line + (size_t)e.line - 1,
                         e.column, e.text);
    size_t nodes = r->limits.nodes;
    if (check_size(v, r->limits.depth, &nodes) < 0) {
        json_decref(v);
        return error_set(err, "error parsing %s:%zu: more than %zu values or %u levels of nesting",
                         r->name, line, r->limits.nodes, r->limits.depth);
    }
    doc->root = v;
    doc->line = line;
    doc->positions = json_positions(r, from, (size_t)e.position, line);
    r->json_offset = from + (size_t)e.position;
    return 1;
}

static int next_yaml(struct reader *r, struct document *doc, struct error *err)
{
    if (!r->yaml) {
        r->yaml = composer_new(r->data, r->len, &r->limits);
        if (!r->yaml)
            return error_set(err, "out of memory");
    }
    for (;;) {
        int rc = composer_next(r->yaml, doc, err);
        if (rc < 0)
            return error_prefix(err, "error parsing %s:%s", r->name, composer_where(r->yaml));
        if (rc == 0 || !json_is_null(doc->root))
            return rc;
        document_free(doc);
    }
}

int reader_next(struct reader *r, struct document *doc, struct error *err)
{
    *doc = (struct document){0};
    if (at_json(r)) {
        int rc = next_json(r, doc, err);
        if (rc != 0)
            return rc;
        struct error yaml_err;
        rc = next_yaml(r, doc, &yaml_err);
        return rc < 0 ? -1 : rc; /* the JSON error says more than the YAML one */
    }
    if (!r->yaml && r->json_offset) {
        size_t rest = skip_blanks(r->data, r->json_offset, r->len);
        if (rest == r->len)
            return 0;
        return error_set(err, "error parsing %s:%zu: text after a JSON value", r->name,
                         line_of(r->data, rest));
    }
    return next_yaml(r, doc, err);
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    composer_free(r->yaml);
    free(r);
}

void document_free(struct document *doc)
{
    json_decref(doc->root);
    positions_free(doc->positions);
    *doc = (struct document){0};
}
