/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decode.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "cleanup.h"
#include "gofloat.h"
#include "gospace.h"
#include "grow.h"
#include "keys.h"
#include "path.h"
#include "quantity.h"
#include "suggest.h"
#include "timefmt.h"

struct ctx {
    struct decode_report *report;
    struct error *err;
    const char *owner; /* Go struct that the field at hand belongs to */
};

typedef json_t *decode_fn(struct ctx *c, const struct field *f, enum field_type type,
                          const json_t *in, const struct path *path);

static json_t *decode_value(struct ctx *c, const struct field *f, enum field_type type,
                            const json_t *in, const struct path *path);
static json_t *decode_struct(struct ctx *c, const struct schema *s, const json_t *in,
                             const struct path *path);

/* ---- errors ---- */

static json_t *fail_at(struct ctx *c, const struct path *path)
{
    struct strbuf b = STRBUF_INIT;
    path_render(path, &b);
    free(c->report->bad_path);
    c->report->bad_path = strbuf_steal(&b);
    return NULL;
}

static void describe(const json_t *in, bool integer_wanted, char *buf, size_t size)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "object",  [JSON_ARRAY] = "array", [JSON_STRING] = "string",
        [JSON_INTEGER] = "number", [JSON_REAL] = "number", [JSON_TRUE] = "bool",
        [JSON_FALSE] = "bool",     [JSON_NULL] = "null",
    };
    char number[GOFLOAT_TEXT_MAX];
    if (integer_wanted && json_is_integer(in)) {
        snprintf(buf, size, "number %" JSON_INTEGER_FORMAT, json_integer_value(in));
    } else if (integer_wanted && json_is_real(in)) {
        snprintf(buf, size, "number %s", gofloat_json(json_real_value(in), number));
    } else {
        snprintf(buf, size, "%s", names[json_typeof(in)]);
    }
}

static void type_name(const struct field *f, enum field_type type, char *buf, size_t size)
{
    static const char *const names[] = {
        [F_STRING] = "string",
        [F_BOOL] = "bool",
        [F_INT32] = "int32",
        [F_INT64] = "int64",
        [F_QUANTITY] = "resource.Quantity",
        [F_INT_OR_STR] = "intstr.IntOrString",
        [F_TIME] = "v1.Time",
        [F_OBJECT] = "object",
        [F_LIST] = "[]",
        [F_MAP] = "map[string]string",
        [F_MAP_QUANTITY] = "v1.ResourceList",
        [F_MAP_BYTES] = "map[string][]uint8",
        [F_ANY] = "any",
    };
    const char *go = f->go_type;
    if (type == F_LIST && f->elem == F_OBJECT)
        snprintf(buf, size, "[]v1.%s", f->sub->name);
    else if (type == F_LIST)
        snprintf(buf, size, "[]%s", go ? go : names[f->elem]);
    else if (type == F_OBJECT)
        snprintf(buf, size, "v1.%s", f->sub->name);
    else
        snprintf(buf, size, "%s", go ? go : names[type]);
}

static json_t *wrong_type(struct ctx *c, const struct field *f, enum field_type type,
                          const json_t *in, const struct path *path)
{
    char what[96], wanted[96];
    describe(in, type == F_INT32 || type == F_INT64, what, sizeof what);
    type_name(f, type, wanted, sizeof wanted);
    cleanup_strbuf struct strbuf where = STRBUF_INIT;
    path_render_go(path, &where);
    error_set(c->err, "json: cannot unmarshal %s into Go struct field %s.%s of type %s", what,
              c->owner, strbuf_str(&where), wanted);
    return fail_at(c, path);
}

static int note_unknown(struct ctx *c, const struct schema *s, const char *key,
                        const struct path *path)
{
    struct decode_report *r = c->report;
    struct unknown_field *v = grow(r->unknown, r->unknown_len, sizeof *v);
    if (!v)
        return error_set(c->err, "out of memory");
    r->unknown = v;
    const char *names[64];
    size_t n = 0;
    for (const struct field *f = s->fields; f->name && n < 64; f++)
        names[n++] = f->name;
    struct strbuf b = STRBUF_INIT;
    path_render(PATH_FIELD(path, key), &b);
    struct unknown_field u = {.path = strbuf_steal(&b), .suggestion = suggest(key, names, n)};
    if (!u.path)
        return error_set(c->err, "out of memory");
    v[r->unknown_len++] = u;
    return 0;
}

/* ---- scalars ---- */

static json_t *decode_string(struct ctx *c, const struct field *f, enum field_type type,
                             const json_t *in, const struct path *path)
{
    if (!json_is_string(in))
        return wrong_type(c, f, type, in, path);
    return json_incref((json_t *)in);
}

static json_t *decode_bool(struct ctx *c, const struct field *f, enum field_type type,
                           const json_t *in, const struct path *path)
{
    if (!json_is_boolean(in))
        return wrong_type(c, f, type, in, path);
    return json_incref((json_t *)in);
}

static json_t *decode_int(struct ctx *c, const struct field *f, enum field_type type,
                          const json_t *in, const struct path *path)
{
    json_int_t v = json_integer_value(in);
    if (json_is_real(in)) {
        double d = json_real_value(in);
        if (d != trunc(d) || d < -0x1p63 || d >= 0x1p63)
            return wrong_type(c, f, type, in, path);
        v = (json_int_t)d;
    } else if (!json_is_integer(in)) {
        return wrong_type(c, f, type, in, path);
    }
    if (type == F_INT32 && (v < INT32_MIN || v > INT32_MAX))
        return wrong_type(c, f, type, in, path);
    return json_integer(v);
}

static json_t *decode_int_or_str(struct ctx *c, const struct field *f, enum field_type type,
                                 const json_t *in, const struct path *path)
{
    if (json_is_string(in))
        return json_incref((json_t *)in);
    return json_is_number(in) ? decode_int(c, f, F_INT32, in, path)
                              : wrong_type(c, f, type, in, path);
}

/* Quantities read the JSON text itself: of a string, without its quotes and blanks around it; of
 * anything else, the number or what is then no quantity. Control characters are escapes there, and
 * no blanks. NULL when out of memory. */
static char *quantity_text(const json_t *in)
{
    char number[GOFLOAT_TEXT_MAX];
    const char *s = json_string_value(in);
    if (json_is_real(in))
        return strdup(gofloat_json(json_real_value(in), number));
    if (!s)
        return json_dumps(in, JSON_ENCODE_ANY | JSON_COMPACT);
    return strpbrk(s, "\t\n\v\f\r") ? strdup(s) : gospace_trim(s);
}

static json_t *decode_quantity(struct ctx *c, const struct field *f, enum field_type type,
                               const json_t *in, const struct path *path)
{
    cleanup_free char *text = quantity_text(in);
    struct quantity q;
    const char *why;
    char out[QUANTITY_TEXT_MAX];
    (void)type;
    if (!text)
        return NULL;
    if (quantity_parse(&q, text, &why) < 0) {
        error_set(c->err, "%s", why);
        return fail_at(c, path);
    }
    if (f->type == F_MAP_QUANTITY)
        quantity_round_milli(&q);
    quantity_format(&q, out);
    return json_string(out);
}

static json_t *decode_time(struct ctx *c, const struct field *f, enum field_type type,
                           const json_t *in, const struct path *path)
{
    int64_t t;
    if (!json_is_string(in))
        return wrong_type(c, f, type, in, path);
    if (timefmt_parse_rfc3339(json_string_value(in), &t) < 0) {
        error_set(c->err,
                  "parsing time \"%.100s\" as \"2006-01-02T15:04:05Z07:00\": cannot parse it",
                  json_string_value(in));
        return fail_at(c, path);
    }
    return json_incref((json_t *)in);
}

static json_t *decode_bytes(struct ctx *c, const struct field *f, enum field_type type,
                            const json_t *in, const struct path *path)
{
    cleanup_free unsigned char *data = NULL;
    size_t len;
    if (!json_is_string(in))
        return wrong_type(c, f, type, in, path);
    if (base64_decode(json_string_value(in), &data, &len) < 0) {
        error_set(c->err, "illegal base64 data at input byte %zu", len);
        return fail_at(c, path);
    }
    return json_incref((json_t *)in);
}

static json_t *decode_any(struct ctx *c, const struct field *f, enum field_type type,
                          const json_t *in, const struct path *path)
{
    (void)c, (void)f, (void)type, (void)path;
    return json_deep_copy(in);
}

/* ---- collections ---- */

static json_t *zero_value(struct ctx *c, const struct field *f, enum field_type type,
                          const struct path *path)
{
    switch (type) {
    case F_INT32:
    case F_INT64:
        return json_integer(0);
    case F_BOOL:
        return json_false();
    case F_OBJECT: {
        cleanup_json json_t *empty = json_object();
        return decode_struct(c, f->sub, empty, path);
    }
    case F_LIST:
    case F_ANY:
        return json_null();
    case F_QUANTITY:
        return json_string("0");
    default:
        return json_string("");
    }
}

static json_t *decode_list(struct ctx *c, const struct field *f, enum field_type type,
                           const json_t *in, const struct path *path)
{
    if (!json_is_array(in))
        return wrong_type(c, f, type, in, path);
    cleanup_json json_t *out = json_array();
    const json_t *v;
    size_t i;
    json_array_foreach (in, i, v) {
        const struct path *p = PATH_INDEX(path, i);
        json_t *e =
            json_is_null(v) ? zero_value(c, f, f->elem, p) : decode_value(c, f, f->elem, v, p);
        if (!e || json_array_append_new(out, e) < 0)
            return NULL;
    }
    return steal_ptr(&out);
}

static json_t *decode_map(struct ctx *c, const struct field *f, enum field_type type,
                          const json_t *in, const struct path *path)
{
    static const enum field_type elems[] = {
        [F_MAP] = F_STRING, [F_MAP_QUANTITY] = F_QUANTITY, [F_MAP_BYTES] = F_STRING};
    if (!json_is_object(in))
        return wrong_type(c, f, type, in, path);
    cleanup_json json_t *out = json_object();
    const char *key;
    json_t *v;
    json_object_foreach ((json_t *)in, key, v) {
        const struct path *p = PATH_KEY(path, key);
        json_t *e;
        if (json_is_null(v))
            e = zero_value(c, f, elems[type], p);
        else if (type == F_MAP_BYTES)
            e = decode_bytes(c, f, F_STRING, v, p);
        else
            e = decode_value(c, f, elems[type], v, p);
        if (!e || json_object_set_new_nocheck(out, key, e) < 0)
            return NULL;
    }
    return steal_ptr(&out);
}

static json_t *decode_object(struct ctx *c, const struct field *f, enum field_type type,
                             const json_t *in, const struct path *path)
{
    if (!json_is_object(in))
        return wrong_type(c, f, type, in, path);
    return decode_struct(c, f->sub, in, path);
}

static json_t *decode_value(struct ctx *c, const struct field *f, enum field_type type,
                            const json_t *in, const struct path *path)
{
    static decode_fn *const by_type[] = {
        [F_STRING] = decode_string,     [F_BOOL] = decode_bool,
        [F_INT32] = decode_int,         [F_INT64] = decode_int,
        [F_QUANTITY] = decode_quantity, [F_INT_OR_STR] = decode_int_or_str,
        [F_TIME] = decode_time,         [F_OBJECT] = decode_object,
        [F_LIST] = decode_list,         [F_MAP] = decode_map,
        [F_MAP_QUANTITY] = decode_map,  [F_MAP_BYTES] = decode_map,
        [F_ANY] = decode_any,
    };
    return by_type[type](c, f, type, in, path);
}

static bool is_zero(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_STRING:
        return json_string_length(v) == 0;
    case JSON_INTEGER:
        return json_integer_value(v) == 0;
    case JSON_FALSE:
    case JSON_NULL:
        return true;
    case JSON_ARRAY:
        return json_array_size(v) == 0;
    case JSON_OBJECT:
        return json_object_size(v) == 0;
    default:
        return false;
    }
}

/* Whether Go's omitempty would drop the value. */
static bool dropped(const struct field *f, const json_t *v)
{
    return !(f->flags & (FIELD_PTR | FIELD_KEEP)) && f->type != F_OBJECT && f->type != F_QUANTITY &&
           f->type != F_INT_OR_STR && is_zero(v);
}

/* The fields in the order of the Go struct, as Kubernetes prints them; those that must be there
 * are. NULL when out of memory. */
static json_t *in_order(struct ctx *c, const struct schema *s, const json_t *found,
                        const struct path *path)
{
    cleanup_json json_t *out = json_object();
    for (const struct field *f = s->fields; f->name; f++) {
        json_t *v = json_incref(json_object_get(found, f->name));
        if (!v && !(f->flags & FIELD_KEEP))
            continue;
        if (!v)
            v = zero_value(c, f, f->type, PATH_FIELD(path, f->name));
        if (!v || json_object_set_new_nocheck(out, f->name, v) < 0)
            return NULL;
    }
    return steal_ptr(&out);
}

static int decode_field(struct ctx *c, const struct schema *s, const char *key, const json_t *in,
                        json_t *out, const struct path *path)
{
    const struct field *f = schema_field(s, key);
    if (!f)
        return note_unknown(c, s, key, path);
    if (json_is_null(in))
        return 0;
    c->owner = s->name;
    json_t *e = decode_value(c, f, f->type, in, PATH_FIELD(path, f->name));
    if (!e)
        return -1;
    if (!dropped(f, e))
        return json_object_set_new_nocheck(out, f->name, e);
    json_decref(e);
    return 0;
}

/* In the order of the names: so kubectl sends them, and the first wrong one is the one reported. */
static json_t *decode_struct(struct ctx *c, const struct schema *s, const json_t *in,
                             const struct path *path)
{
    size_t n;
    cleanup_json json_t *found = json_object();
    cleanup_free const char **keys = keys_sorted(in, &n);
    for (size_t i = 0; keys && i < n; i++)
        if (decode_field(c, s, keys[i], json_object_get(in, keys[i]), found, path) < 0)
            return NULL;
    return keys ? in_order(c, s, found, path) : NULL;
}

json_t *decode(const struct schema *schema, const json_t *in, struct decode_report *report,
               struct error *err)
{
    struct ctx c = {.report = report, .err = err, .owner = schema->name};
    error_set(err, "out of memory"); /* unless a better reason is found */
    if (!json_is_object(in)) {
        error_set(err, "json: cannot unmarshal into Go value of type v1.%s: not an object",
                  schema->name);
        return NULL;
    }
    return decode_struct(&c, schema, in, NULL);
}

void decode_report_free(struct decode_report *report)
{
    for (size_t i = 0; i < report->unknown_len; i++)
        free(report->unknown[i].path);
    free(report->unknown);
    free(report->bad_path);
    *report = (struct decode_report){0};
}
