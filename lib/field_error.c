/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "field_error.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "goquote.h"
#include "grow.h"

const char field_no_value;

static const struct {
    const char *text;
    bool shows_value;
} types[] = {
    [FIELD_REQUIRED] = {"Required value", false},
    [FIELD_INVALID] = {"Invalid value", true},
    [FIELD_UNSUPPORTED] = {"Unsupported value", true},
    [FIELD_NOT_FOUND] = {"Not found", true},
    [FIELD_DUPLICATE] = {"Duplicate value", true},
    [FIELD_FORBIDDEN] = {"Forbidden", false},
    [FIELD_TOO_LONG] = {"Too long", false},
    [FIELD_TOO_MANY] = {"Too many", true},
    [FIELD_INTERNAL] = {"Internal error", false},
};

static void append(struct field_errors *errs, struct field_error **v, size_t *len,
                   const struct path *path, struct strbuf *message)
{
    struct strbuf field = STRBUF_INIT;
    path_render(path, &field);
    struct field_error e = {.field = strbuf_steal(&field), .message = strbuf_steal(message)};
    struct field_error *w = grow(*v, *len, sizeof *w);
    if (w)
        *v = w;
    if (!w || !e.field || !e.message) {
        free(e.field);
        free(e.message);
        errs->failed = true;
        return;
    }
    w[(*len)++] = e;
}

static void add_value(struct strbuf *out, const json_t *bad)
{
    if (json_is_string(bad)) {
        goquote_add(out, json_string_value(bad));
        return;
    }
    cleanup_free char *text = bad ? json_dumps(bad, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    strbuf_adds(out, text ? text : "null");
}

static void vappend(struct field_errors *errs, const struct path *path, enum field_error_type type,
                    const json_t *bad, const char *fmt, va_list ap)
    __attribute__((format(printf, 5, 0)));

static void vappend(struct field_errors *errs, const struct path *path, enum field_error_type type,
                    const json_t *bad, const char *fmt, va_list ap)
{
    struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, types[type].text);
    if (types[type].shows_value && bad != FIELD_NO_VALUE) {
        strbuf_adds(&b, ": ");
        add_value(&b, bad);
    }
    if (fmt && *fmt) {
        strbuf_adds(&b, ": ");
        strbuf_vaddf(&b, fmt, ap);
    }
    append(errs, &errs->v, &errs->len, path, &b);
}

void field_error(struct field_errors *errs, const struct path *path, enum field_error_type type,
                 const json_t *bad, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vappend(errs, path, type, bad, fmt, ap);
    va_end(ap);
}

void field_error_str(struct field_errors *errs, const struct path *path, enum field_error_type type,
                     const char *bad, const char *fmt, ...)
{
    cleanup_json json_t *value = json_string_nocheck(bad ? bad : "");
    va_list ap;
    va_start(ap, fmt);
    vappend(errs, path, type, value, fmt, ap);
    va_end(ap);
}

void field_error_int(struct field_errors *errs, const struct path *path, enum field_error_type type,
                     long long bad, const char *fmt, ...)
{
    cleanup_json json_t *value = json_integer(bad);
    va_list ap;
    va_start(ap, fmt);
    vappend(errs, path, type, value, fmt, ap);
    va_end(ap);
}

void field_unsupported(struct field_errors *errs, const struct path *path, const json_t *bad,
                       const char *const *supported)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; supported[i]; i++) {
        strbuf_adds(&b, i ? ", " : "");
        goquote_add(&b, supported[i]);
    }
    field_error(errs, path, FIELD_UNSUPPORTED, bad, "supported values: %s", strbuf_str(&b));
}

void field_warning(struct field_errors *errs, const struct path *path, const char *fmt, ...)
{
    struct strbuf b = STRBUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(&b, fmt, ap);
    va_end(ap);
    append(errs, &errs->warnings, &errs->warnings_len, path, &b);
}

static void free_list(struct field_error *v, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        free(v[i].field);
        free(v[i].message);
    }
    free(v);
}

void field_errors_free(struct field_errors *errs)
{
    free_list(errs->v, errs->len);
    free_list(errs->warnings, errs->warnings_len);
    *errs = (struct field_errors){0};
}
