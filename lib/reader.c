/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reader.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "compose.h"
#include "json_scan.h"
#include "number.h"
#include "strbuf.h"
#include "utf8.h"
#include "yaml_split.h"

const struct reader_limits reader_default_limits = {
    .bytes = 1 << 20,
    .depth = 64,
    .nodes = 500000,
};

enum mode { MAYBE_JSON, YAML };

struct reader {
    const char *name;
    struct reader_limits limits;
    struct strbuf text;     /* UTF-8, ends with a line break */
    struct yaml_split rest; /* of text: what was not read yet */
    enum mode mode;
    unsigned column;    /* JSON: where rest begins in its line */
    size_t json_values; /* read so far */
    struct error json_error;
    struct position json_error_at; /* line 0 = none */
};

int reader_open(struct reader **out, const char *name, const char *data, size_t len,
                const struct reader_limits *limits, struct error *err)
{
    if (len > limits->bytes)
        return error_set(err, "error parsing %s: the file has %zu bytes, the limit is %zu", name,
                         len, limits->bytes);
    struct reader *r = calloc(1, sizeof *r);
    if (!r)
        return error_set(err, "out of memory");
    *r = (struct reader){.name = name, .limits = *limits, .column = 1};
    utf8_from_file(&r->text, data, len);
    if (!r->text.len || r->text.data[r->text.len - 1] != '\n')
        strbuf_addc(&r->text, '\n');
    if (r->text.failed) {
        reader_close(r);
        return error_set(err, "out of memory");
    }
    r->rest = (struct yaml_split){.text = r->text.data, .len = r->text.len, .line = 1};
    r->mode = r->text.data[strspn(r->text.data, " \t\r\n")] == '{' ? MAYBE_JSON : YAML;
    *out = r;
    return 0;
}

static int failed(const struct reader *r, struct position at, struct error *err)
{
    return error_prefix(err, "error parsing %s:%u:%u", r->name, at.line, at.column);
}

/* ---- JSON ---- */

static const char *rest_of(const struct reader *r)
{
    return r->text.data + r->rest.offset;
}

static struct position here(const struct reader *r)
{
    return (struct position){.line = (uint32_t)r->rest.line, .column = r->column};
}

/* Moves on by len bytes, to the position at. */
static void move(struct reader *r, size_t len, struct position at)
{
    r->rest.offset += len;
    r->rest.line = at.line;
    r->column = at.column;
}

static void skip(struct reader *r, size_t len)
{
    struct position at = here(r);
    position_advance(&at, rest_of(r), len);
    move(r, len, at);
}

static json_t *parse_json(const char *text, size_t len, json_error_t *e)
{
    size_t flags = JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY;
    json_t *v = json_loadb(text, len, flags, e);
    /* An integer beyond int64 is no syntax error: the decoder names its field. */
    if (!v && json_error_code(e) == json_error_numeric_overflow)
        v = json_loadb(text, len, flags | JSON_DECODE_INT_AS_REAL, e);
    return v;
}

/* What jansson cannot read may be what Go repairs silently: then r goes on with repaired text. */
static json_t *load_json(struct reader *r, json_error_t *e)
{
    cleanup_strbuf struct strbuf repaired = STRBUF_INIT;
    json_error_t ignored;
    json_t *v = parse_json(rest_of(r), r->text.len - r->rest.offset, e);
    if (v)
        return v;
    strbuf_add(&repaired, r->text.data, r->rest.offset);
    json_scan_repair(&repaired, rest_of(r), r->text.len - r->rest.offset);
    if (repaired.failed)
        return NULL;
    v = parse_json(repaired.data + r->rest.offset, repaired.len - r->rest.offset, &ignored);
    if (!v)
        return NULL;
    struct strbuf old = r->text;
    r->text = repaired;
    repaired = old;
    r->rest.text = r->text.data;
    r->rest.len = r->text.len;
    *e = ignored;
    return v;
}

/* Whether the text is JSON, but not one that can be taken: then it is not tried as YAML. */
static bool is_final(const json_error_t *e)
{
    static const enum json_error_code codes[] = {
        json_error_out_of_memory, json_error_stack_overflow, json_error_numeric_overflow,
        json_error_null_character, json_error_null_byte_in_key};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (json_error_code(e) == codes[i])
            return true;
    return false;
}

static const char *json_problem(const json_error_t *e)
{
    bool nul = json_error_code(e) == json_error_null_character ||
               json_error_code(e) == json_error_null_byte_in_key;
    return nul ? "a string contains a NUL character" : e->text;
}

/* Returns 1, 0 at the end, -1 with err, or 2 when the rest is to be tried as YAML. */
static int next_json(struct reader *r, struct document *doc, struct error *err)
{
    json_error_t e;
    skip(r, strspn(rest_of(r), " \t\r\n"));
    if (r->rest.offset == r->text.len)
        return 0;
    struct position at = here(r);
    json_t *v = load_json(r, &e);
    if (!v) {
        at.column = (uint32_t)e.column + (e.line == 1 ? at.column - 1 : 0);
        at.line += (uint32_t)e.line - 1;
        error_set(&r->json_error, "%s", json_problem(&e));
        failed(r, at, &r->json_error);
        r->json_error_at = at;
        *err = r->json_error;
        return is_final(&e) || r->json_values > 1 ? -1 : 2;
    }
    *doc = (struct document){.root = number_normal_tree(v), .line = at.line};
    r->json_values++;
    size_t len = (size_t)e.position;
    if (json_scan(&doc->positions, rest_of(r), len, &at, &r->limits, err) < 0) {
        document_free(doc);
        return failed(r, at, err);
    }
    move(r, len, at);
    return 1;
}

/* Blanks behind a JSON value belong to it, up to the end of its line. */
static void switch_to_yaml(struct reader *r)
{
    size_t blanks = strspn(rest_of(r), " \t\r");
    if (r->json_values && rest_of(r)[blanks] == '\n')
        skip(r, blanks + 1);
    r->mode = YAML;
}

/* ---- YAML ---- */

static int compose(struct reader *r, const struct yaml_chunk *chunk, struct document *doc,
                   struct position *at, struct error *err)
{
    struct composer *c = composer_new(chunk->text, chunk->len, &r->limits);
    if (!c)
        return error_set(err, "out of memory");
    composer_set_line(c, chunk->line);
    int rc = composer_next(c, doc, err);
    *at = composer_position(c);
    composer_free(c);
    return rc;
}

/* Of the reasons why a text is neither JSON nor YAML, the one that was found further on. */
static int neither(const struct reader *r, struct position at, struct error *err)
{
    struct position json = r->json_error_at;
    if (json.line > at.line || (json.line == at.line && json.column >= at.column)) {
        *err = r->json_error;
        return -1;
    }
    return failed(r, at, err);
}

static int next_yaml(struct reader *r, struct document *doc, struct error *err)
{
    struct yaml_chunk chunk;
    struct position at = {.column = 1};
    int rc;
    while ((rc = yaml_split_next(&r->rest, &chunk, err)) > 0) {
        /* kubectl reads one document of what stands between two "---", whatever follows "...". */
        rc = compose(r, &chunk, doc, &at, err);
        if (rc < 0)
            return neither(r, at, err);
        r->json_error_at = (struct position){0};
        if (doc->root && !json_is_null(doc->root))
            return 1;
        document_free(doc);
    }
    at.line = (uint32_t)chunk.line;
    return rc < 0 ? neither(r, at, err) : 0;
}

int reader_next(struct reader *r, struct document *doc, struct error *err)
{
    *doc = (struct document){0};
    while (r->mode == MAYBE_JSON) {
        int rc = next_json(r, doc, err);
        if (rc == 2)
            switch_to_yaml(r);
        else if (rc <= 0 || !json_is_null(doc->root))
            return rc;
        else
            document_free(doc);
    }
    return next_yaml(r, doc, err);
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    strbuf_free(&r->text);
    free(r);
}

void document_free(struct document *doc)
{
    json_decref(doc->root);
    positions_free(doc->positions);
    *doc = (struct document){0};
}
