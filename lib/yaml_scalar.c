/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "yaml_scalar.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "cleanup.h"

#define TAG_PREFIX "tag:yaml.org,2002:"

enum kind { K_NULL, K_TRUE, K_FALSE, K_INF, K_MINUS_INF, K_NAN };

static const struct {
    const char *text;
    enum kind kind;
} words[] = {
    {"", K_NULL},       {"~", K_NULL},     {"null", K_NULL},  {"Null", K_NULL},  {"NULL", K_NULL},
    {"y", K_TRUE},      {"Y", K_TRUE},     {"yes", K_TRUE},   {"Yes", K_TRUE},   {"YES", K_TRUE},
    {"true", K_TRUE},   {"True", K_TRUE},  {"TRUE", K_TRUE},  {"on", K_TRUE},    {"On", K_TRUE},
    {"ON", K_TRUE},     {"n", K_FALSE},    {"N", K_FALSE},    {"no", K_FALSE},   {"No", K_FALSE},
    {"NO", K_FALSE},    {"false", K_FALSE}, {"False", K_FALSE}, {"FALSE", K_FALSE},
    {"off", K_FALSE},   {"Off", K_FALSE},  {"OFF", K_FALSE},  {".nan", K_NAN},   {".NaN", K_NAN},
    {".NAN", K_NAN},    {".inf", K_INF},   {".Inf", K_INF},   {".INF", K_INF},   {"+.inf", K_INF},
    {"+.Inf", K_INF},   {"+.INF", K_INF},  {"-.inf", K_MINUS_INF}, {"-.Inf", K_MINUS_INF},
    {"-.INF", K_MINUS_INF},
};

static bool digits_of(const char *s, unsigned base)
{
    if (!*s)
        return false;
    for (; *s; s++) {
        unsigned d = 99;
        if (*s >= '0' && *s <= '9')
            d = (unsigned)(*s - '0');
        else if ((*s | 32) >= 'a' && (*s | 32) <= 'f')
            d = (unsigned)((*s | 32) - 'a' + 10);
        if (d >= base)
            return false;
    }
    return true;
}

/* Go's strconv.ParseInt(s, 0, 64) on text whose underscores are gone. Returns 1 and *value, 2 for
 * an integer beyond int64 (*approx holds it), 0 when it is no integer. */
static int parse_int(const char *s, json_int_t *value, double *approx)
{
    static const struct {
        char mark;
        unsigned base;
    } prefixes[] = {{'x', 16}, {'o', 8}, {'b', 2}};
    bool negative = *s == '-';
    if (*s == '-' || *s == '+')
        s++;
    unsigned base = 10;
    if (s[0] == '0' && s[1]) {
        base = 8;
        s++;
        for (size_t i = 0; i < 3; i++)
            if ((*s | 32) == prefixes[i].mark) {
                base = prefixes[i].base;
                s++;
                break;
            }
    }
    if (!digits_of(s, base))
        return 0;
    errno = 0;
    unsigned long long u = strtoull(s, NULL, (int)base);
    unsigned long long max = negative ? (unsigned long long)INT64_MAX + 1 : INT64_MAX;
    if (errno == 0 && u <= max) {
        *value = negative ? (json_int_t)(0 - u) : (json_int_t)u;
        return 1;
    }
    *approx = base == 10 ? strtod(s, NULL) : (double)u;
    if (negative)
        *approx = -*approx;
    return 2;
}

/* ^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$ */
static bool looks_like_float(const char *s)
{
    static const char dec[] = "0123456789";
    s += *s == '-' || *s == '+';
    size_t whole = strspn(s, dec);
    s += whole;
    if (*s == '.') {
        size_t frac = strspn(s + 1, dec);
        if (!whole && !frac)
            return false;
        s += 1 + frac;
    } else if (!whole) {
        return false;
    }
    if ((*s | 32) == 'e') {
        s++;
        s += *s == '-' || *s == '+';
        size_t exponent = strspn(s, dec);
        if (!exponent)
            return false;
        s += exponent;
    }
    return !*s;
}

/* JSON has no infinities: Go's encoder refuses them with these words. */
static json_t *not_json(const char *text, struct error *err)
{
    error_set(err, "json: unsupported value: %s", text);
    return NULL;
}

static json_t *from_real(double d, const char *text, struct error *err)
{
    if (!isfinite(d))
        return not_json(d > 0 ? "+Inf" : d < 0 ? "-Inf" : text, err);
    /* Go prints an integral float64 without fraction, and an integer is what the API then reads. */
    if (d == trunc(d) && fabs(d) < 9.2e18)
        return json_integer((json_int_t)d);
    return json_real(d);
}

static bool without_underscores(const char *text, size_t len, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '_')
            continue;
        if (n + 1 >= size)
            return false;
        out[n++] = text[i];
    }
    out[n] = '\0';
    return true;
}

static json_t *resolve_number(const char *text, size_t len, struct error *err)
{
    char s[128];
    if (!strchr("+-.0123456789", text[0]) || !without_underscores(text, len, s, sizeof s))
        return NULL;
    json_int_t i;
    double d;
    switch (parse_int(s, &i, &d)) {
    case 1:
        return json_integer(i);
    case 2:
        return from_real(d, s, err);
    default:
        return looks_like_float(s) ? from_real(strtod(s, NULL), s, err) : NULL;
    }
}

static json_t *resolve_plain(const char *text, size_t len, struct error *err)
{
    if (strlen(text) == len)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (strcmp(words[i].text, text) == 0) {
                switch (words[i].kind) {
                case K_NULL:
                    return json_null();
                case K_TRUE:
                    return json_true();
                case K_FALSE:
                    return json_false();
                case K_INF:
                    return not_json("+Inf", err);
                case K_MINUS_INF:
                    return not_json("-Inf", err);
                case K_NAN:
                    return not_json("NaN", err);
                }
            }
    err->text[0] = '\0';
    json_t *number = len && strlen(text) == len ? resolve_number(text, len, err) : NULL;
    if (number || err->text[0])
        return number;
    return json_stringn_nocheck(text, len);
}

static json_t *resolve_binary(const char *text, struct error *err)
{
    cleanup_free unsigned char *data = NULL;
    size_t len;
    if (base64_decode(text, &data, &len) < 0) {
        error_set(err, "yaml: !!binary value contains invalid base64 data");
        return NULL;
    }
    json_t *s = json_stringn((const char *)data, len);
    if (!s)
        error_set(err, "yaml: !!binary value is not UTF-8 text");
    return s;
}

static bool fits_tag(const char *tag, const json_t *v)
{
    if (strcmp(tag, "int") == 0)
        return json_is_integer(v);
    if (strcmp(tag, "float") == 0)
        return json_is_number(v);
    if (strcmp(tag, "bool") == 0)
        return json_is_boolean(v);
    if (strcmp(tag, "null") == 0)
        return json_is_null(v);
    return true;
}

json_t *yaml_scalar_resolve(const char *text, size_t len, bool plain, const char *tag,
                            struct error *err)
{
    if (plain && !tag)
        return resolve_plain(text, len, err);
    if (!tag || strncmp(tag, TAG_PREFIX, strlen(TAG_PREFIX)) != 0)
        return json_stringn_nocheck(text, len);
    tag += strlen(TAG_PREFIX);
    if (strcmp(tag, "binary") == 0)
        return resolve_binary(text, err);
    static const char *const resolvable[] = {"int", "float", "bool", "null"};
    for (size_t i = 0; i < 4; i++) {
        if (strcmp(tag, resolvable[i]) != 0)
            continue;
        json_t *v = resolve_plain(text, len, err);
        if (v && !fits_tag(tag, v)) {
            json_decref(v);
            error_set(err, "yaml: cannot decode !!str `%.100s` as a !!%s", text, tag);
            return NULL;
        }
        return v;
    }
    return json_stringn_nocheck(text, len);
}

bool yaml_scalar_needs_quotes(const char *text)
{
    struct error err;
    cleanup_json json_t *v = resolve_plain(text, strlen(text), &err);
    return !json_is_string(v);
}
