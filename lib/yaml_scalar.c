/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "yaml_scalar.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "cleanup.h"
#include "utf8.h"

#define TAG_PREFIX "tag:yaml.org,2002:"

enum kind { K_NULL, K_TRUE, K_FALSE, K_INF, K_MINUS_INF, K_NAN };

static const struct {
    const char *text;
    enum kind kind;
} words[] = {
    {"", K_NULL},           {"~", K_NULL},          {"null", K_NULL},       {"Null", K_NULL},
    {"NULL", K_NULL},       {"y", K_TRUE},          {"Y", K_TRUE},          {"yes", K_TRUE},
    {"Yes", K_TRUE},        {"YES", K_TRUE},        {"true", K_TRUE},       {"True", K_TRUE},
    {"TRUE", K_TRUE},       {"on", K_TRUE},         {"On", K_TRUE},         {"ON", K_TRUE},
    {"n", K_FALSE},         {"N", K_FALSE},         {"no", K_FALSE},        {"No", K_FALSE},
    {"NO", K_FALSE},        {"false", K_FALSE},     {"False", K_FALSE},     {"FALSE", K_FALSE},
    {"off", K_FALSE},       {"Off", K_FALSE},       {"OFF", K_FALSE},       {".nan", K_NAN},
    {".NaN", K_NAN},        {".NAN", K_NAN},        {".inf", K_INF},        {".Inf", K_INF},
    {".INF", K_INF},        {"+.inf", K_INF},       {"+.Inf", K_INF},       {"+.INF", K_INF},
    {"-.inf", K_MINUS_INF}, {"-.Inf", K_MINUS_INF}, {"-.INF", K_MINUS_INF},
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

/* The base that Go's literals announce; *s comes to stand behind the prefix. */
static unsigned take_base(const char **s)
{
    static const struct {
        char mark;
        unsigned base;
    } prefixes[] = {{'x', 16}, {'o', 8}, {'b', 2}};
    if ((*s)[0] != '0' || !(*s)[1])
        return 10;
    ++*s;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if ((**s | 32) == prefixes[i].mark) {
            ++*s;
            return prefixes[i].base;
        }
    return 8;
}

/* Go's strconv.ParseInt and ParseUint (s, 0, 64) on text whose underscores are gone. NULL when the
 * text is no integer or does not fit. An integer beyond int64 becomes a real, as it does in the
 * JSON decoder. */
static json_t *parse_int(const char *s)
{
    bool negative = *s == '-';
    bool sign = negative || *s == '+';
    s += sign;
    unsigned base = take_base(&s);
    if (!digits_of(s, base))
        return NULL;
    errno = 0;
    unsigned long long u = strtoull(s, NULL, (int)base);
    unsigned long long max = negative ? (unsigned long long)INT64_MAX + 1 : INT64_MAX;
    if (errno || (sign && u > max))
        return NULL;
    if (u > max)
        return json_real((double)u);
    return json_integer(negative ? (json_int_t)(0 - u) : (json_int_t)u);
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

/* A float that is too large stays a string, as in go-yaml. */
static json_t *parse_float(const char *s)
{
    double d = looks_like_float(s) ? strtod(s, NULL) : HUGE_VAL;
    return isfinite(d) ? json_real(d) : NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* After a leading point, go-yaml allows underscores between digits only. */
static bool underscores_fit(const char *s)
{
    if (*s != '.')
        return true;
    for (size_t i = 1; s[i]; i++)
        if (s[i] == '_' && !(is_digit(s[i - 1]) && is_digit(s[i + 1])))
            return false;
    return true;
}

static json_t *resolve_number(const char *text)
{
    if (!strchr("+-.0123456789", text[0]) || !underscores_fit(text))
        return NULL;
    cleanup_free char *plain = strdup(text);
    if (!plain)
        return NULL;
    size_t n = 0;
    for (const char *s = text; *s; s++)
        if (*s != '_')
            plain[n++] = *s;
    plain[n] = '\0';
    json_t *v = *text == '.' ? NULL : parse_int(plain);
    return v ? v : parse_float(plain);
}

/* JSON has no infinities: Go's encoder refuses them with these words. */
static json_t *not_json(const char *text, struct error *err)
{
    error_set(err, "json: unsupported value: %s", text);
    return NULL;
}

static json_t *from_word(enum kind kind, struct error *err)
{
    switch (kind) {
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
    default:
        return not_json("NaN", err);
    }
}

static json_t *resolve_plain(const char *text, struct error *err)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].text, text) == 0)
            return from_word(words[i].kind, err);
    json_t *v = resolve_number(text);
    if (!v && !(v = json_string(text)))
        error_set(err, "out of memory");
    return v;
}

/* Bytes that are no text come out as U+FFFD, as Go's JSON encoder writes them. */
static json_t *resolve_binary(const char *text, struct error *err)
{
    cleanup_free unsigned char *data = NULL;
    cleanup_strbuf struct strbuf repaired = STRBUF_INIT;
    size_t len;
    if (base64_decode(text, &data, &len) < 0) {
        error_set(err, "!!binary value contains invalid base64 data");
        return NULL;
    }
    if (memchr(data, '\0', len)) {
        error_set(err, "a string contains a NUL character");
        return NULL;
    }
    utf8_repair(&repaired, (const char *)data, len);
    json_t *v = repaired.failed ? NULL : json_string(strbuf_str(&repaired));
    if (!v)
        error_set(err, "out of memory");
    return v;
}

/* Takes a run of 1 to max digits; false when there is none or its value is above limit. */
static bool take_digits(const char **s, size_t max, long limit)
{
    long v = 0;
    size_t n = 0;
    for (; n < max && is_digit(**s); n++)
        v = v * 10 + *(*s)++ - '0';
    return n > 0 && v <= limit;
}

static bool take_char(const char **s, const char *set)
{
    if (!**s || !strchr(set, **s))
        return false;
    ++*s;
    return true;
}

/* The part of a timestamp after its day: "T15:4:5.9Z", "t15:4:5+01:00", " 15:4:5". */
static bool is_clock(const char *s)
{
    bool zoned = *s != ' ';
    if (!take_char(&s, "Tt ") || !take_digits(&s, 2, 23) || !take_char(&s, ":") ||
        !take_digits(&s, 2, 59) || !take_char(&s, ":") || !take_digits(&s, 2, 59))
        return false;
    if (take_char(&s, ".,") && !take_digits(&s, 9, 999999999))
        return false;
    if (!zoned || take_char(&s, "Z"))
        return !*s;
    return take_char(&s, "+-") && take_digits(&s, 2, 24) && take_char(&s, ":") &&
           take_digits(&s, 2, 60) && !*s;
}

/* What go-yaml takes for a timestamp; it stays a string, but is written in quotes. */
static bool is_timestamp(const char *s)
{
    const char *year = s;
    if (!take_digits(&s, 4, 9999) || s - year != 4 || !take_char(&s, "-") ||
        !take_digits(&s, 2, 12) || !take_char(&s, "-") || !take_digits(&s, 2, 31))
        return false;
    return !*s || is_clock(s);
}

/* YAML 1.1 numbers to base 60 ("190:20:30"): strings here, numbers to other readers. */
static bool is_base60(const char *s)
{
    s += *s == '-' || *s == '+';
    if (!is_digit(*s))
        return false;
    s += strspn(s, "0123456789_");
    if (*s != ':')
        return false;
    while (take_char(&s, ":"))
        if (!take_digits(&s, 2, 59))
            return false;
    if (take_char(&s, "."))
        s += strspn(s, "0123456789_");
    return !*s;
}

static const char *tag_of(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_INTEGER:
        return "int";
    case JSON_REAL:
        return "float";
    case JSON_TRUE:
    case JSON_FALSE:
        return "bool";
    case JSON_NULL:
        return "null";
    default:
        return "str";
    }
}

static bool fits_tag(const char *wanted, const char *is, const char *text)
{
    if (strcmp(wanted, "timestamp") == 0)
        return strcmp(is, "str") == 0 && is_timestamp(text);
    return strcmp(wanted, is) == 0 || (strcmp(wanted, "float") == 0 && strcmp(is, "int") == 0);
}

static json_t *resolve_tagged(const char *tag, const char *text, struct error *err)
{
    static const char *const resolvable[] = {"int", "float", "bool", "null", "timestamp"};
    if (strcmp(tag, "binary") == 0)
        return resolve_binary(text, err);
    for (size_t i = 0; i < sizeof resolvable / sizeof *resolvable; i++) {
        if (strcmp(tag, resolvable[i]) != 0)
            continue;
        json_t *v = resolve_plain(text, err);
        if (!v || fits_tag(tag, tag_of(v), text))
            return v;
        error_set(err, "cannot decode !!%s `%.100s` as a !!%s", tag_of(v), text, tag);
        json_decref(v);
        return NULL;
    }
    return json_string(text);
}

json_t *yaml_scalar_resolve(const char *text, bool plain, const char *tag, struct error *err)
{
    size_t prefix = strlen(TAG_PREFIX);
    error_set(err, "the text is not UTF-8"); /* unless a better reason is found */
    if (tag && strncmp(tag, TAG_PREFIX, prefix) == 0)
        return resolve_tagged(tag + prefix, text, err);
    return plain && !tag ? resolve_plain(text, err) : json_string(text);
}

bool yaml_scalar_needs_quotes(const char *text)
{
    struct error err;
    cleanup_json json_t *v = resolve_plain(text, &err);
    return !json_is_string(v) || is_timestamp(text) || is_base60(text);
}
