/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compose.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "anchors.h"
#include "cleanup.h"
#include "gofloat.h"
#include "number.h"
#include "yaml_scalar.h"

#define MERGE_TAG "tag:yaml.org,2002:merge"

struct composer {
    yaml_parser_t parser;
    const char *data;
    size_t len;
    struct reader_limits limits;
    size_t first_line;
    bool ended;
    /* the document at hand */
    struct positions *positions;
    struct anchors anchors;
    size_t nodes; /* expanded */
    yaml_mark_t mark;
};

struct node {
    json_t *value;
    uint64_t hash;
    unsigned depth; /* levels that may still be opened */
};

struct composer *composer_new(const char *data, size_t len, const struct reader_limits *limits)
{
    struct composer *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    if (!yaml_parser_initialize(&c->parser)) {
        free(c);
        return NULL;
    }
    yaml_parser_set_input_string(&c->parser, (const unsigned char *)data, len);
    c->data = data;
    c->len = len;
    c->limits = *limits;
    c->first_line = 1;
    return c;
}

void composer_free(struct composer *c)
{
    if (!c)
        return;
    anchors_clear(&c->anchors);
    positions_free(c->positions);
    yaml_parser_delete(&c->parser);
    free(c);
}

void composer_set_line(struct composer *c, size_t line)
{
    c->first_line = line;
}

static struct position position_of(const struct composer *c, yaml_mark_t mark)
{
    return (struct position){.line = (uint32_t)(mark.line + c->first_line),
                             .column = (uint32_t)mark.column + 1};
}

struct position composer_position(const struct composer *c)
{
    return position_of(c, c->mark);
}

static int fail(struct composer *c, struct error *err, const char *what)
{
    return error_set(err, "error converting YAML to JSON: yaml: line %zu: %s",
                     c->mark.line + c->first_line, what);
}

/* libyaml's reader knows only the offset of a bad character. */
static yaml_mark_t mark_of_offset(const struct composer *c, size_t offset)
{
    struct position at = {.line = 1, .column = 1};
    position_advance(&at, c->data, offset < c->len ? offset : c->len);
    return (yaml_mark_t){.line = at.line - 1, .column = at.column - 1};
}

static int next_event(struct composer *c, yaml_event_t *ev, struct error *err)
{
    if (yaml_parser_parse(&c->parser, ev)) {
        c->mark = ev->start_mark;
        return 0;
    }
    c->mark = c->parser.problem_mark;
    if (c->parser.error == YAML_READER_ERROR)
        c->mark = mark_of_offset(c, c->parser.problem_offset);
    return fail(c, err, c->parser.problem ? c->parser.problem : "cannot be read");
}

static int remember_position(struct composer *c, uint64_t hash, yaml_mark_t mark)
{
    return positions_set(c->positions, hash, position_of(c, mark));
}

static int count_nodes(struct composer *c, size_t n, struct error *err)
{
    if (__builtin_add_overflow(c->nodes, n, &c->nodes) || c->nodes > c->limits.nodes) {
        char text[96];
        snprintf(text, sizeof text, "more than %zu values (aliases count by what they expand to)",
                 c->limits.nodes);
        return fail(c, err, text);
    }
    return 0;
}

static int compose_node(struct composer *c, yaml_event_t *ev, struct node *out, struct error *err);

static int compose_alias(struct composer *c, const char *name, struct node *out, struct error *err)
{
    char text[160];
    const struct anchor *a = anchors_find(&c->anchors, name);
    if (!a) {
        snprintf(text, sizeof text, "unknown anchor '%.100s' referenced", name);
        return fail(c, err, text);
    }
    if (!a->value) {
        snprintf(text, sizeof text, "anchor '%.100s' value contains itself", name);
        return fail(c, err, text);
    }
    if (count_nodes(c, a->nodes, err) < 0)
        return -1;
    out->value = json_incref(a->value);
    return 0;
}

static int compose_scalar(struct composer *c, const yaml_event_t *ev, struct node *out,
                          struct error *err)
{
    const char *text = (const char *)ev->data.scalar.value;
    if (memchr(text, '\0', ev->data.scalar.length))
        return fail(c, err, "a string contains a NUL character");
    struct error why;
    out->value = yaml_scalar_resolve(text, ev->data.scalar.plain_implicit,
                                     (const char *)ev->data.scalar.tag, &why);
    return out->value ? 0 : fail(c, err, why.text);
}

static int compose_sequence(struct composer *c, struct node *out, struct error *err)
{
    out->value = json_array();
    for (size_t i = 0; out->value; i++) {
        yaml_event_t ev;
        if (next_event(c, &ev, err) < 0)
            return -1;
        if (ev.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&ev);
            return 0;
        }
        char name[24];
        snprintf(name, sizeof name, "%zu", i);
        struct node child = {.hash = positions_child(out->hash, name), .depth = out->depth};
        int rc = compose_node(c, &ev, &child, err);
        yaml_event_delete(&ev);
        if (rc < 0)
            return -1;
        if (json_array_append_new(out->value, number_normal(child.value)) < 0)
            return error_set(err, "out of memory");
    }
    return error_set(err, "out of memory");
}

/* A map key as the JSON step spells it: numbers and booleans become strings. */
static int key_text(struct composer *c, const json_t *key, char **out, struct error *err)
{
    char number[GOFLOAT_TEXT_MAX];
    if (json_is_string(key))
        *out = strdup(json_string_value(key));
    else if (json_is_real(key))
        *out = strdup(gofloat_key(json_real_value(key), number));
    else if (json_is_integer(key) || json_is_boolean(key))
        *out = json_dumps(key, JSON_ENCODE_ANY);
    else
        return fail(c, err, "a map key must be a string, a number or a boolean");
    return *out ? 0 : error_set(err, "out of memory");
}

static int merge_one(struct composer *c, json_t *map, const json_t *from, struct error *err)
{
    if (!json_is_object(from))
        return fail(c, err, "map merge requires map or sequence of maps as the value");
    return json_object_update(map, (json_t *)from) < 0 ? error_set(err, "out of memory") : 0;
}

/* alias: the value was not written here. go-yaml takes no alias of a list of maps. */
static int merge_into(struct composer *c, json_t *map, const json_t *from, bool alias,
                      struct error *err)
{
    if (!json_is_array(from) || alias)
        return merge_one(c, map, from, err);
    /* Earlier maps of the list take precedence. */
    for (size_t i = json_array_size(from); i-- > 0;)
        if (merge_one(c, map, json_array_get(from, i), err) < 0)
            return -1;
    return 0;
}

static bool is_merge_key(const yaml_event_t *ev)
{
    if (ev->type != YAML_SCALAR_EVENT || strcmp((const char *)ev->data.scalar.value, "<<") != 0)
        return false;
    const char *tag = (const char *)ev->data.scalar.tag;
    return ev->data.scalar.plain_implicit || (tag && strcmp(tag, MERGE_TAG) == 0);
}

/* What follows a key: a merge, or a field of that name, whose key stands at mark. */
static int compose_member(struct composer *c, struct node *map, const char *name, bool merge,
                          yaml_mark_t mark, struct error *err)
{
    yaml_event_t ev;
    if (next_event(c, &ev, err) < 0)
        return -1;
    struct node child = {.hash = positions_child(map->hash, name), .depth = map->depth};
    int rc = compose_node(c, &ev, &child, err);
    bool alias = ev.type == YAML_ALIAS_EVENT;
    yaml_event_delete(&ev);
    cleanup_json json_t *value = number_normal(child.value);
    if (rc < 0)
        return -1;
    if (merge)
        return merge_into(c, map->value, value, alias, err);
    if (remember_position(c, child.hash, mark) < 0 ||
        json_object_set_nocheck(map->value, name, value) < 0)
        return error_set(err, "out of memory");
    return 0;
}

/* One "key: value" whose key event has been read. */
static int compose_pair(struct composer *c, yaml_event_t *key_ev, struct node *map,
                        struct error *err)
{
    struct node key = {.depth = map->depth};
    int rc = compose_node(c, key_ev, &key, err);
    cleanup_json json_t *key_value = key.value;
    cleanup_free char *name = NULL;
    if (rc < 0 || key_text(c, key_value, &name, err) < 0)
        return -1;
    return compose_member(c, map, name, is_merge_key(key_ev), key_ev->start_mark, err);
}

static int compose_mapping(struct composer *c, struct node *out, struct error *err)
{
    out->value = json_object();
    while (out->value) {
        yaml_event_t ev;
        if (next_event(c, &ev, err) < 0)
            return -1;
        bool end = ev.type == YAML_MAPPING_END_EVENT;
        int rc = end ? 0 : compose_pair(c, &ev, out, err);
        yaml_event_delete(&ev);
        if (end || rc < 0)
            return rc;
    }
    return error_set(err, "out of memory");
}

static const unsigned char *anchor_of(const yaml_event_t *ev)
{
    switch (ev->type) {
    case YAML_SCALAR_EVENT:
        return ev->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return ev->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return ev->data.mapping_start.anchor;
    default:
        return NULL;
    }
}

static int compose_collection(struct composer *c, bool mapping, struct node *out, struct error *err)
{
    if (out->depth == 0) {
        char text[64];
        snprintf(text, sizeof text, "more than %u levels of nesting", c->limits.depth);
        return fail(c, err, text);
    }
    out->depth--;
    return mapping ? compose_mapping(c, out, err) : compose_sequence(c, out, err);
}

/* Reads the node that starts with *ev. On failure out->value is NULL. */
static int compose_node(struct composer *c, yaml_event_t *ev, struct node *out, struct error *err)
{
    if (ev->type == YAML_ALIAS_EVENT)
        return compose_alias(c, (const char *)ev->data.alias.anchor, out, err);
    size_t before = c->nodes;
    if (count_nodes(c, 1, err) < 0 ||
        (out->hash && remember_position(c, out->hash, ev->start_mark)))
        return -1;
    const unsigned char *name = anchor_of(ev);
    long anchor = name ? anchors_add(&c->anchors, (const char *)name) : -1;
    if (name && anchor < 0)
        return error_set(err, "out of memory");
    int rc = ev->type == YAML_SCALAR_EVENT
                 ? compose_scalar(c, ev, out, err)
                 : compose_collection(c, ev->type == YAML_MAPPING_START_EVENT, out, err);
    if (rc < 0) {
        json_decref(out->value);
        out->value = NULL;
    } else if (anchor >= 0) {
        c->anchors.v[anchor].value = json_incref(out->value);
        c->anchors.v[anchor].nodes = c->nodes - before;
    }
    return rc;
}

static int compose_document(struct composer *c, struct document *doc, struct error *err)
{
    yaml_event_t ev;
    anchors_clear(&c->anchors);
    c->nodes = 0;
    positions_free(c->positions);
    c->positions = positions_new();
    if (!c->positions)
        return error_set(err, "out of memory");
    if (next_event(c, &ev, err) < 0)
        return -1;
    doc->line = ev.start_mark.line + c->first_line;
    struct node root = {.depth = c->limits.depth};
    int rc = compose_node(c, &ev, &root, err);
    yaml_event_delete(&ev);
    doc->root = number_normal(root.value);
    if (rc < 0 || next_event(c, &ev, err) < 0) {
        document_free(doc);
        return -1;
    }
    yaml_event_delete(&ev); /* DOCUMENT-END */
    doc->positions = steal_ptr(&c->positions);
    return 1;
}

int composer_next(struct composer *c, struct document *doc, struct error *err)
{
    while (!c->ended) {
        yaml_event_t ev;
        if (next_event(c, &ev, err) < 0) {
            c->ended = true;
            return -1;
        }
        yaml_event_type_t type = ev.type;
        yaml_event_delete(&ev);
        if (type == YAML_DOCUMENT_START_EVENT)
            return compose_document(c, doc, err);
        c->ended = type == YAML_STREAM_END_EVENT;
    }
    return 0;
}
