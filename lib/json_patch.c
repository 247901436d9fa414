/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_patch.h"

#include <string.h>

#include "cleanup.h"
#include "goint.h"
#include "strbuf.h"
#include "tree.h"

#define TOKEN_MAX ((size_t)4096)

struct patching {
    json_t *doc;   /* owned */
    size_t copied; /* bytes */
    struct error *err;
};

/* ---- pointers ---- */

/* Takes the next token of a pointer, which stands at its '/'. Returns 0, or -1. */
static int next_token(const char **pointer, char token[TOKEN_MAX], struct error *err)
{
    const char *p = *pointer + 1;
    size_t n = 0;
    for (; *p && *p != '/'; p++) {
        if (*p == '~' && p[1] != '0' && p[1] != '1')
            return error_set(err, "~ is followed by 0 or 1 in a pointer");
        if (n + 1 == TOKEN_MAX)
            return error_set(err, "a part of the pointer is too long");
        token[n++] = *p != '~' ? *p : *++p == '0' ? '~' : '/';
    }
    token[n] = '\0';
    *pointer = p;
    return 0;
}

/* Numbers without leading zeros; end: the place behind the last element is fine, too. */
static int array_place(const json_t *array, const char *token, bool end, size_t *at,
                       struct error *err)
{
    size_t size = json_array_size(array), len = strlen(token);
    int64_t n;
    if (end && strcmp(token, "-") == 0) {
        *at = size;
        return 0;
    }
    bool is_number = len > 0 && strspn(token, "0123456789") == len && (len == 1 || *token != '0') &&
                     goint_parse(token, len, &n) == GOINT_OK;
    if (!is_number)
        return error_set(err, "\"%.64s\" is not an index of a list", token);
    if ((size_t)n >= size + end)
        return error_set(err, "index %.20s is out of the list's range", token);
    *at = (size_t)n;
    return 0;
}

static json_t *child(const json_t *parent, const char *token, struct error *err)
{
    size_t at;
    json_t *v = NULL;
    if (json_is_array(parent)) {
        if (array_place(parent, token, false, &at, err) < 0)
            return NULL;
        return json_array_get(parent, at);
    }
    v = tree_get(parent, token);
    if (!v)
        error_set(err, "there is no \"%.200s\"", token);
    return v;
}

/* The value that contains what the pointer names, and the pointer's last token. */
static json_t *find_parent(json_t *doc, const char *pointer, char token[TOKEN_MAX],
                           struct error *err)
{
    json_t *v = doc;
    for (;;) {
        if (next_token(&pointer, token, err) < 0)
            return NULL;
        if (!*pointer)
            break;
        v = child(v, token, err);
        if (!v)
            return NULL;
    }
    if (json_is_object(v) || json_is_array(v))
        return v;
    error_set(err, "\"%.200s\" is asked of what is no object and no list", token);
    return NULL;
}

/* Borrowed. */
static json_t *find(json_t *doc, const char *pointer, struct error *err)
{
    char token[TOKEN_MAX];
    if (!*pointer)
        return doc;
    json_t *parent = find_parent(doc, pointer, token, err);
    return parent ? child(parent, token, err) : NULL;
}

/* ---- the changes ---- */

static int replace_all(struct patching *p, json_t *value)
{
    json_decref(p->doc);
    p->doc = value;
    return 0;
}

/* Takes the reference to value, also on failure. */
static int add_at(struct patching *p, const char *pointer, json_t *value)
{
    char token[TOKEN_MAX];
    cleanup_json json_t *v = value;
    size_t at;
    if (!v)
        return error_set(p->err, "out of memory");
    if (!*pointer)
        return replace_all(p, steal_ptr(&v));
    json_t *parent = find_parent(p->doc, pointer, token, p->err);
    if (!parent || (json_is_array(parent) && array_place(parent, token, true, &at, p->err) < 0))
        return -1;
    int rc = json_is_array(parent) ? json_array_insert(parent, at, v)
                                   : json_object_set_nocheck(parent, token, v);
    return rc < 0 ? error_set(p->err, "out of memory") : 0;
}

static int remove_at(struct patching *p, const char *pointer)
{
    char token[TOKEN_MAX];
    size_t at;
    if (!*pointer)
        return error_set(p->err, "the whole object cannot be removed");
    json_t *parent = find_parent(p->doc, pointer, token, p->err);
    if (!parent || !child(parent, token, p->err))
        return -1;
    if (json_is_object(parent))
        return json_object_del(parent, token);
    return array_place(parent, token, false, &at, p->err) < 0 ? -1 : json_array_remove(parent, at);
}

/* A copy of what the pointer names: a new reference, or NULL. */
static json_t *copy_of(struct patching *p, const char *pointer)
{
    const json_t *v = find(p->doc, pointer, p->err);
    if (!v)
        return NULL;
    p->copied += json_dumpb(v, NULL, 0, JSON_ENCODE_ANY | JSON_COMPACT);
    if (p->copied <= JSON_PATCH_COPY_MAX)
        return json_deep_copy(v);
    error_set(p->err, "the copies are too large together");
    return NULL;
}

/* ---- operations ---- */

struct operation {
    const char *path, *from;
    const json_t *value;
};

static int do_add(struct patching *p, const struct operation *o)
{
    return add_at(p, o->path, json_deep_copy(o->value));
}

static int do_remove(struct patching *p, const struct operation *o)
{
    return remove_at(p, o->path);
}

static int do_replace(struct patching *p, const struct operation *o)
{
    char token[TOKEN_MAX];
    size_t at;
    cleanup_json json_t *value = json_deep_copy(o->value);
    if (!*o->path)
        return add_at(p, o->path, steal_ptr(&value));
    json_t *parent = find_parent(p->doc, o->path, token, p->err);
    if (!parent || !child(parent, token, p->err))
        return -1;
    if (json_is_object(parent))
        return json_object_set_nocheck(parent, token, value);
    return array_place(parent, token, false, &at, p->err) < 0 ? -1
                                                              : json_array_set(parent, at, value);
}

/* Nothing can be moved into itself. */
static int do_move(struct patching *p, const struct operation *o)
{
    size_t n = strlen(o->from);
    if (strncmp(o->path, o->from, n) == 0 && o->path[n] == '/')
        return error_set(p->err, "a value cannot be moved into itself");
    cleanup_json json_t *v = json_incref(find(p->doc, o->from, p->err));
    if (!v)
        return -1;
    if (strcmp(o->path, o->from) == 0)
        return 0;
    return remove_at(p, o->from) < 0 ? -1 : add_at(p, o->path, json_incref(v));
}

static int do_copy(struct patching *p, const struct operation *o)
{
    json_t *v = copy_of(p, o->from);
    return v ? add_at(p, o->path, v) : -1;
}

static int do_test(struct patching *p, const struct operation *o)
{
    const json_t *v = find(p->doc, o->path, p->err);
    if (!v)
        return -1;
    bool is_number = json_is_number(v) && json_is_number(o->value);
    if (is_number && json_typeof(v) != json_typeof(o->value) &&
        json_number_value(v) == json_number_value(o->value))
        return 0;
    return json_equal(v, o->value) ? 0 : error_set(p->err, "the value is another");
}

static const struct {
    const char *name;
    bool has_value, has_from;
    int (*run)(struct patching *p, const struct operation *o);
} operations[] = {
    {"add", true, false, do_add},         {"remove", false, false, do_remove},
    {"replace", true, false, do_replace}, {"move", false, true, do_move},
    {"copy", false, true, do_copy},       {"test", true, false, do_test},
};

static int read_pointer(const json_t *op, const char *name, const char **out, struct error *err)
{
    *out = json_string_value(tree_get(op, name));
    if (!*out)
        return error_set(err, "\"%s\" is missing", name);
    return **out && **out != '/' ? error_set(err, "\"%s\" does not start with /", name) : 0;
}

static int run_operation(struct patching *p, const json_t *op)
{
    struct operation o = {.value = tree_get(op, "value")};
    const char *name = tree_str(op, "op");
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (strcmp(name, operations[i].name) != 0)
            continue;
        if (read_pointer(op, "path", &o.path, p->err) < 0 ||
            (operations[i].has_from && read_pointer(op, "from", &o.from, p->err) < 0))
            return -1;
        if (operations[i].has_value && !o.value)
            return error_set(p->err, "\"value\" is missing");
        return operations[i].run(p, &o);
    }
    return error_set(p->err, "\"op\" is none of add, remove, replace, move, copy, test");
}

json_t *json_patch(const json_t *doc, const json_t *patch, struct error *err)
{
    struct patching p = {.err = err, .doc = json_deep_copy(doc)};
    size_t i;
    json_t *op;
    if (!p.doc)
        error_set(err, "out of memory");
    if (p.doc && json_is_array(patch) && json_array_size(patch) <= JSON_PATCH_OPERATIONS_MAX) {
        json_array_foreach (patch, i, op)
            if (run_operation(&p, op) < 0) {
                error_prefix(err, "operation %zu", i);
                json_decref(p.doc);
                return NULL;
            }
        return p.doc;
    }
    if (p.doc)
        error_set(err, "a JSON patch is a list of %d operations at most",
                  JSON_PATCH_OPERATIONS_MAX);
    json_decref(p.doc);
    return NULL;
}
