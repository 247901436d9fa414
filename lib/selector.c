/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "selector.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"
#include "names.h"
#include "strbuf.h"
#include "tree.h"

#define SELECTOR_MAX ((size_t)1 << 18)

enum operator{
    OP_EXISTS,
    OP_NOT_EXISTS,
    OP_IN,     /* also = and == */
    OP_NOT_IN, /* also != */
    OP_GREATER,
    OP_LESS,
};

struct requirement {
    enum operator op;
    char *key;
    char **values;
    size_t n_values;
};

struct selector {
    struct requirement *v;
    size_t len;
};

/* ---- requirements ---- */

static struct requirement *add_requirement(struct selector *s, const char *key, size_t len)
{
    struct requirement *v = grow(s->v, s->len, sizeof *v);
    if (!v)
        return NULL;
    s->v = v;
    v[s->len] = (struct requirement){.op = OP_EXISTS, .key = strndup(key, len)};
    return v[s->len].key ? &v[s->len++] : NULL;
}

static int add_value(struct requirement *r, const char *value, size_t len, struct error *err)
{
    char **v = grow(r->values, r->n_values, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    r->values = v;
    v[r->n_values] = strndup(value, len);
    if (!v[r->n_values])
        return error_set(err, "out of memory");
    r->n_values++;
    return 0;
}

void selector_free(struct selector *s)
{
    for (size_t i = 0; s && i < s->len; i++) {
        for (size_t k = 0; k < s->v[i].n_values; k++)
            free(s->v[i].values[k]);
        free(s->v[i].values);
        free(s->v[i].key);
    }
    if (s)
        free(s->v);
    free(s);
}

/* ---- the words of a label selector ---- */

enum token { T_END, T_CLOSE, T_COMMA, T_NOT, T_SIGN, T_WORD, T_OPEN, T_ERROR };

struct scanner {
    const char *at;
    size_t len; /* of the token at at */
    enum token token;
    struct error *err;
};

static bool is_special(char c)
{
    return c && strchr("=!(),><", c);
}

static enum token sign_token(struct scanner *s)
{
    static const struct {
        const char *text;
        enum token token;
    } signs[] = {{"==", T_SIGN}, {"!=", T_SIGN}, {"=", T_SIGN},  {">", T_SIGN}, {"<", T_SIGN},
                 {"!", T_NOT},   {"(", T_OPEN},  {")", T_CLOSE}, {",", T_COMMA}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(s->at, signs[i].text, strlen(signs[i].text)) == 0) {
            s->len = strlen(signs[i].text);
            return signs[i].token;
        }
    return T_ERROR;
}

/* Moves on to the next token. */
static void next(struct scanner *s)
{
    s->at += s->len;
    s->at += strspn(s->at, " \t\r\n");
    s->len = strcspn(s->at, "=!(),>< \t\r\n");
    s->token = !*s->at ? T_END : is_special(*s->at) ? sign_token(s) : T_WORD;
}

static bool is_word(const struct scanner *s, const char *word)
{
    return s->token != T_END && s->len == strlen(word) && memcmp(s->at, word, s->len) == 0;
}

static int expected(const struct scanner *s, const char *what)
{
    return error_set(s->err, "found '%.*s'%s", (int)(s->len > 200 ? 200 : s->len), s->at, what);
}

/* ---- validity ---- */

static void add_why(void *arg, const char *bad, const char *message)
{
    struct strbuf *text = arg;
    (void)bad;
    strbuf_addf(text, "%s%s", text->len ? "; " : "", message);
}

static int check_key(const char *key, struct error *err)
{
    cleanup_strbuf struct strbuf why = STRBUF_INIT;
    return names_qualified_name(key, add_why, &why)
               ? 0
               : error_set(err, "<nil>: Invalid value: \"%.200s\": %s", key, strbuf_str(&why));
}

static int check_integer(const struct requirement *r, struct error *err)
{
    char *end;
    errno = 0;
    strtoll(r->values[0], &end, 10);
    if (!errno && !*end && end > r->values[0] && !isspace((unsigned char)*r->values[0]))
        return 0;
    return error_set(err,
                     "values[0]: Invalid value: \"%.200s\": for 'Gt', 'Lt' operators, the value "
                     "must be an integer",
                     r->values[0]);
}

static int check_values(const struct requirement *r, struct error *err)
{
    if ((r->op == OP_GREATER || r->op == OP_LESS) && check_integer(r, err) < 0)
        return -1;
    for (size_t i = 0; i < r->n_values; i++) {
        cleanup_strbuf struct strbuf why = STRBUF_INIT;
        if (!names_label_value(r->values[i], add_why, &why))
            return error_set(err, "values[%zu][%s]: Invalid value: \"%.200s\": %s", i, r->key,
                             r->values[i], strbuf_str(&why));
    }
    return 0;
}

/* ---- the grammar ---- */

/* (a,b), (), (,a): an empty place is the empty value. */
static int parse_set(struct scanner *s, struct requirement *r)
{
    if (s->token != T_OPEN)
        return expected(s, " expected: '('");
    next(s);
    for (bool more = true; more; next(s)) {
        bool is_value = s->token == T_WORD;
        if (!is_value && s->token != T_COMMA && s->token != T_CLOSE)
            return expected(s, r->n_values ? ", expected: ',', or identifier"
                                           : ", expected: ',', ')' or identifier");
        if (add_value(r, s->at, is_value ? s->len : 0, s->err) < 0)
            return -1;
        if (is_value)
            next(s);
        if (s->token != T_COMMA && s->token != T_CLOSE)
            return expected(s, ", expected: ',' or ')'");
        more = s->token == T_COMMA;
    }
    return 0;
}

static int parse_exact(struct scanner *s, struct requirement *r)
{
    if (s->token == T_END || s->token == T_COMMA)
        return add_value(r, "", 0, s->err);
    if (s->token != T_WORD)
        return expected(s, ", expected: identifier");
    int rc = add_value(r, s->at, s->len, s->err);
    next(s);
    return rc;
}

static int parse_operator(struct scanner *s, struct requirement *r)
{
    static const struct {
        const char *word;
        enum operator op;
        bool set;
    } operators[] = {{"in", OP_IN, true},  {"notin", OP_NOT_IN, true}, {"=", OP_IN, false},
                     {"==", OP_IN, false}, {"!=", OP_NOT_IN, false},   {">", OP_GREATER, false},
                     {"<", OP_LESS, false}};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (is_word(s, operators[i].word)) {
            r->op = operators[i].op;
            next(s);
            return operators[i].set ? parse_set(s, r) : parse_exact(s, r);
        }
    return expected(s, ", expected: in, notin, =, ==, !=, gt, lt");
}

static int parse_requirement(struct scanner *s, struct selector *out)
{
    bool negated = s->token == T_NOT;
    if (negated)
        next(s);
    if (s->token != T_WORD)
        return expected(s, ", expected: identifier");
    struct requirement *r = add_requirement(out, s->at, s->len);
    if (!r)
        return error_set(s->err, "out of memory");
    if (check_key(r->key, s->err) < 0)
        return -1;
    next(s);
    if (negated)
        r->op = OP_NOT_EXISTS;
    if (negated || s->token == T_END || s->token == T_COMMA)
        return 0;
    return parse_operator(s, r) < 0 ? -1 : check_values(r, s->err);
}

static int parse_labels(struct scanner *s, struct selector *out)
{
    next(s);
    while (s->token != T_END) {
        if (s->token != T_WORD && s->token != T_NOT)
            return expected(s, ", expected: !, identifier, or 'end of string'");
        if (parse_requirement(s, out) < 0)
            return error_prefix(s->err, "unable to parse requirement");
        if (s->token == T_END)
            return 0;
        if (s->token != T_COMMA)
            return expected(s, ", expected: ',' or 'end of string'");
        next(s);
        if (s->token != T_WORD && s->token != T_NOT)
            return expected(s, ", expected: identifier after ','");
    }
    return 0;
}

int selector_parse_labels(const char *text, struct selector **out, struct error *err)
{
    *out = NULL;
    cleanup_selector struct selector *s = calloc(1, sizeof *s);
    struct scanner scanner = {.at = text, .err = err};
    if (!s)
        return error_set(err, "out of memory");
    if (strlen(text) > SELECTOR_MAX)
        return error_set(err, "the selector is longer than %zu bytes", SELECTOR_MAX);
    if (parse_labels(&scanner, s) < 0)
        return -1;
    *out = steal_ptr(&s);
    return 0;
}

/* ---- fields ---- */

static int unescape(const char *text, size_t len, struct strbuf *out, struct error *err)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\\') {
            if (++i == len || !strchr("\\,=", text[i]))
                return error_set(err, "invalid field selector: invalid escape sequence: \\%.*s",
                                 i < len, text + i);
        } else if (text[i] == '=') {
            return error_set(err, "invalid field selector: unescaped character in value: =");
        }
        strbuf_addc(out, text[i]);
    }
    return 0;
}

static int parse_field(struct selector *s, const char *term, size_t len, struct error *err)
{
    size_t key = 0;
    while (key < len && term[key] != '=' && !(term[key] == '!' && term[key + 1] == '='))
        key += term[key] == '\\' && key + 1 < len ? 2 : 1;
    if (key >= len)
        return error_set(err, "can't understand '%.*s'", (int)len, term);
    size_t sign = term[key] == '!' || (key + 1 < len && term[key + 1] == '=') ? 2 : 1;
    cleanup_strbuf struct strbuf value = STRBUF_INIT;
    if (unescape(term + key + sign, len - key - sign, &value, err) < 0)
        return -1;
    struct requirement *r = add_requirement(s, term, key);
    if (!r)
        return error_set(err, "out of memory");
    r->op = term[key] == '!' ? OP_NOT_IN : OP_IN;
    return add_value(r, strbuf_str(&value), value.len, err);
}

int selector_parse_fields(const char *text, struct selector **out, struct error *err)
{
    *out = NULL;
    cleanup_selector struct selector *s = calloc(1, sizeof *s);
    if (!s)
        return error_set(err, "out of memory");
    if (strlen(text) > SELECTOR_MAX)
        return error_set(err, "the selector is longer than %zu bytes", SELECTOR_MAX);
    for (const char *at = text; *at;) {
        size_t len = 0;
        while (at[len] && at[len] != ',')
            len += at[len] == '\\' && at[len + 1] ? 2 : 1;
        if (len && parse_field(s, at, len, err) < 0)
            return error_prefix(err, "invalid selector: '%.200s'", text);
        at += len + (at[len] == ',');
    }
    *out = steal_ptr(&s);
    return 0;
}

/* ---- matching ---- */

static bool has_value(const struct requirement *r, const char *value)
{
    for (size_t i = 0; i < r->n_values; i++)
        if (strcmp(r->values[i], value) == 0)
            return true;
    return false;
}

static bool compares(const struct requirement *r, const char *value)
{
    char *end;
    errno = 0;
    long long a = strtoll(value, &end, 10), b = strtoll(r->values[0], NULL, 10);
    if (errno || *end || end == value)
        return false;
    return r->op == OP_GREATER ? a > b : a < b;
}

/* value NULL: there is none. */
static bool holds(const struct requirement *r, const char *value)
{
    switch (r->op) {
    case OP_EXISTS:
        return value;
    case OP_NOT_EXISTS:
        return !value;
    case OP_IN:
        return value && has_value(r, value);
    case OP_NOT_IN:
        return !value || !has_value(r, value);
    default:
        return value && compares(r, value);
    }
}

bool selector_matches_labels(const struct selector *s, const json_t *labels)
{
    for (size_t i = 0; s && i < s->len; i++)
        if (!holds(&s->v[i], json_string_value(tree_get(labels, s->v[i].key))))
            return false;
    return true;
}

/* The text of a field, "" when it is not there; number holds that of a number. */
static const char *field_text(const json_t *object, const char *path, char number[24])
{
    cleanup_free char *copy = strdup(path);
    char *rest = copy;
    for (const char *name; rest && (name = strsep(&rest, "."));)
        object = json_object_get(object, name);
    if (json_is_integer(object)) {
        snprintf(number, 24, "%lld", (long long)json_integer_value(object));
        return number;
    }
    if (json_is_boolean(object))
        return json_is_true(object) ? "true" : "false";
    return json_is_string(object) ? json_string_value(object) : "";
}

bool selector_matches_fields(const struct selector *s, const json_t *object)
{
    char number[24];
    for (size_t i = 0; s && i < s->len; i++)
        if (!holds(&s->v[i], field_text(object, s->v[i].key, number)))
            return false;
    return true;
}

const char *selector_unknown_field(const struct selector *s, const char *const *names)
{
    for (size_t i = 0; s && i < s->len; i++) {
        size_t k = 0;
        while (names[k] && strcmp(names[k], s->v[i].key) != 0)
            k++;
        if (!names[k])
            return s->v[i].key;
    }
    return NULL;
}

const char *selector_exact(const struct selector *s, const char *key)
{
    for (size_t i = 0; s && i < s->len; i++)
        if (s->v[i].op == OP_IN && s->v[i].n_values == 1 && strcmp(s->v[i].key, key) == 0)
            return s->v[i].values[0];
    return NULL;
}
