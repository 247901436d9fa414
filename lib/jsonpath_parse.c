/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One expression is parsed in a loop: each step looks at the next character and adds a node. A
 * union, a key in brackets and the sides of a filter are expressions of their own, parsed from
 * their part of the text.
 */
#include "jsonpath_impl.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "goquote.h"
#include "grow.h"
#include "utf8.h"

#define DEPTH_MAX 32
#define TEXT_MAX  ((size_t)1 << 20)

struct parser {
    const char *at;
    const char *end;
    int depth;
    struct jsonpath_list *list;
    struct error *err;
};

static int parse_expression(struct parser *p, bool braced);

static void list_free(struct jsonpath_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        struct jsonpath_node *n = &list->nodes[i];
        for (size_t k = 0; k < n->n_lists; k++)
            list_free(&n->lists[k]);
        free(n->lists);
        free(n->name);
        json_decref(n->value);
    }
    free(list->nodes);
    *list = (struct jsonpath_list){0};
}

static struct jsonpath_node *add_node(struct parser *p, enum jsonpath_type type)
{
    struct jsonpath_list *l = p->list;
    struct jsonpath_node *v = grow(l->nodes, l->len, sizeof *v);
    if (!v) {
        error_set(p->err, "out of memory");
        return NULL;
    }
    l->nodes = v;
    v[l->len] = (struct jsonpath_node){.type = type};
    return &v[l->len++];
}

static int add_named(struct parser *p, enum jsonpath_type type, const char *name, size_t len)
{
    struct jsonpath_node *n = add_node(p, type);
    if (!n)
        return -1;
    n->name = strndup(name, len);
    return n->name ? 0 : error_set(p->err, "out of memory");
}

/* Steals value. */
static int add_literal(struct parser *p, json_t *value)
{
    struct jsonpath_node *n = value ? add_node(p, JSONPATH_LITERAL) : NULL;
    if (!n) {
        json_decref(value);
        return error_set(p->err, "out of memory");
    }
    n->value = value;
    return 0;
}

static bool has(const struct parser *p, const char *prefix)
{
    size_t n = strlen(prefix);
    return (size_t)(p->end - p->at) >= n && memcmp(p->at, prefix, n) == 0;
}

static bool is_letter(char c)
{
    return c == '_' || isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool is_terminator(const struct parser *p)
{
    return p->at == p->end || memchr(" \t\r\n.,[]$@{}", *p->at, 12);
}

/* An expression that is a part of this one, into a new list of the newest node. */
static int parse_part(struct parser *p, struct jsonpath_node *n, const char *text, size_t len)
{
    struct jsonpath_list *v = grow(n->lists, n->n_lists, sizeof *v);
    if (!v)
        return error_set(p->err, "out of memory");
    n->lists = v;
    v[n->n_lists] = (struct jsonpath_list){0};
    struct parser part = {text, text + len, p->depth + 1, &v[n->n_lists++], p->err};
    return part.depth > DEPTH_MAX ? error_set(p->err, "the expression is nested too deeply")
                                  : parse_expression(&part, false);
}

/* ---- strings, numbers, words ---- */

static int parse_quote(struct parser *p)
{
    const char *start = p->at++;
    for (;; p->at++) {
        if (p->at == p->end || *p->at == '\n')
            return error_set(p->err, "unterminated quoted string");
        if (*p->at == *start && p->at[-1] != '\\')
            break;
    }
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (goquote_read(&text, start + 1, p->at++, *start) < 0)
        return error_set(p->err, "unquote string %.*s error invalid syntax", (int)(p->at - start),
                         start);
    return add_literal(p, json_stringn(strbuf_str(&text), text.len));
}

static int parse_number(struct parser *p)
{
    char *end;
    const char *start = p->at++;
    while (p->at < p->end && (*p->at == '.' || isdigit((unsigned char)*p->at)))
        p->at++;
    cleanup_free char *text = strndup(start, (size_t)(p->at - start));
    if (!text)
        return error_set(p->err, "out of memory");
    errno = 0;
    long n = strtol(text, &end, 10);
    if (!*end && end > text && !errno)
        return add_literal(p, json_integer(n));
    double d = strtod(text, &end);
    return *end || end == text ? error_set(p->err, "cannot parse number %s", text)
                               : add_literal(p, json_real(d));
}

static int parse_identifier(struct parser *p)
{
    const char *start = p->at;
    while (!is_terminator(p))
        p->at++;
    size_t len = (size_t)(p->at - start);
    if (len == 4 && memcmp(start, "true", 4) == 0)
        return add_literal(p, json_true());
    if (len == 5 && memcmp(start, "false", 5) == 0)
        return add_literal(p, json_false());
    return add_named(p, JSONPATH_IDENTIFIER, start, len);
}

/* ---- steps into the data ---- */

/* Behind the dot. */
static int parse_field(struct parser *p)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    const char *start = p->at;
    for (; !is_terminator(p); p->at++) {
        if (*p->at == '\\' && ++p->at == p->end)
            break;
        if (*p->at != '\\')
            strbuf_addc(&name, *p->at);
    }
    if (p->at == start + 1 && *start == '*')
        return add_node(p, JSONPATH_WILDCARD) ? 0 : -1;
    return add_named(p, JSONPATH_FIELD, strbuf_str(&name), name.len);
}

static int parse_recursive(struct parser *p)
{
    const struct jsonpath_list *l = p->list;
    if (l->len && l->nodes[l->len - 1].type == JSONPATH_RECURSIVE)
        return error_set(p->err, "invalid multiple recursive descent");
    p->at += 2;
    if (!add_node(p, JSONPATH_RECURSIVE))
        return -1;
    return p->at < p->end && is_letter(*p->at) ? parse_field(p) : 0;
}

/* One of the three numbers of a slice; at is behind it afterwards. */
static int slice_number(struct parser *p, const char **at, const char *end, long *value)
{
    char text[24] = "";
    size_t n = 0;
    for (; *at < end && (isdigit((unsigned char)**at) || (**at == '-' && n == 0)); ++*at)
        if (n < sizeof text - 1)
            text[n++] = **at;
    char *stop;
    errno = 0;
    *value = strtol(text, &stop, 10);
    if (n && (stop == text || errno || *value > INT32_MAX || *value < INT32_MIN))
        return error_set(p->err, "array index %s is not a number", text);
    return n != 0;
}

static int parse_slice(struct parser *p, const char *text, size_t len)
{
    struct jsonpath_slice s = {0};
    const char *at = text, *end = text + len;
    int i = 0;
    for (;; at++, i++) {
        int rc = slice_number(p, &at, end, &s.part[i].value);
        if (rc < 0)
            return -1;
        s.part[i].known = rc;
        if (at == end || *at != ':' || i == 2)
            break;
    }
    if (at != end)
        return error_set(p->err, "invalid array index %.*s", (int)len, text);
    if (i == 0) {
        s.part[1].known = s.derived = true;
        s.part[1].value = s.part[0].value + 1;
    }
    struct jsonpath_node *n = add_node(p, JSONPATH_SLICE);
    if (n)
        n->slice = s;
    return n ? 0 : -1;
}

static int parse_bracket(struct parser *p, const char *text, size_t len);

static int parse_union(struct parser *p, const char *text, size_t len)
{
    struct jsonpath_node *n = add_node(p, JSONPATH_UNION);
    const char *end = text + len;
    while (n && text <= end) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        const char *stop = comma ? comma : end, *next = stop + 1;
        while (text < stop && *text == ' ')
            text++;
        while (text < stop && stop[-1] == ' ')
            stop--;
        cleanup_strbuf struct strbuf one = STRBUF_INIT;
        strbuf_addf(&one, "[%.*s]", (int)(stop - text), text);
        if (one.failed || parse_part(p, n, strbuf_str(&one), one.len) < 0)
            return one.failed ? error_set(p->err, "out of memory") : -1;
        text = next;
    }
    return n ? 0 : -1;
}

/* ['a.b'] is .a.b: dots in a name are escaped here, too. */
static int parse_key(struct parser *p, const char *text, size_t len)
{
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    strbuf_addc(&key, '.');
    strbuf_add(&key, text, len);
    struct parser part = {strbuf_str(&key), strbuf_str(&key) + key.len, p->depth + 1, p->list,
                          p->err};
    return part.depth > DEPTH_MAX ? error_set(p->err, "the expression is nested too deeply")
                                  : parse_expression(&part, false);
}

static int parse_bracket(struct parser *p, const char *text, size_t len)
{
    if (len == 1 && *text == '*')
        return parse_slice(p, ":", 1);
    if (memchr(text, ',', len))
        return parse_union(p, text, len);
    if (len >= 2 && text[0] == '\'' && text[len - 1] == '\'' && !memchr(text + 1, '\'', len - 2))
        return parse_key(p, text + 1, len - 2);
    return parse_slice(p, text, len);
}

static int parse_array(struct parser *p)
{
    const char *start = ++p->at;
    while (p->at < p->end && *p->at != ']' && *p->at != '\n')
        p->at++;
    if (p->at == p->end || *p->at == '\n')
        return error_set(p->err, "unterminated array");
    return parse_bracket(p, start, (size_t)(p->at++ - start));
}

/* ---- filters ---- */

/* The end of a filter: a parenthesis that is not inside of quotes, of which there may be one pair.
 */
static const char *filter_end(const struct parser *p)
{
    char pair = 0;
    bool closed = false;
    for (const char *at = p->at; at < p->end && *at != '\n'; at++) {
        if ((*at == '"' || *at == '\'') && !pair)
            pair = *at;
        else if (pair && *at == pair && at[-1] != '\\')
            closed = true;
        else if (*at == ')' && (!pair || closed))
            return at;
    }
    return NULL;
}

static int parse_comparison(struct parser *p, const char *text, size_t len)
{
    static const char signs[] = "!<>=";
    size_t left = 0, op = 0;
    while (left < len && !memchr(signs, text[left], 4))
        left++;
    while (left + op < len && memchr(signs, text[left + op], 4))
        op++;
    if (op > 1 && left + op == len)
        op--; /* the right side is never empty */
    if (!left || !op || left + op == len)
        left = len, op = 0;
    if (add_named(p, JSONPATH_FILTER, text + left, op) < 0)
        return -1;
    struct jsonpath_node *n = &p->list->nodes[p->list->len - 1];
    if (parse_part(p, n, text, left) < 0)
        return -1;
    return op ? parse_part(p, n, text + left + op, len - left - op) : 0;
}

static int parse_filter(struct parser *p)
{
    const char *start = p->at += 3;
    const char *end = filter_end(p);
    if (!end)
        return error_set(p->err, "unterminated filter");
    if (end + 1 == p->end || end[1] != ']')
        return error_set(p->err, "unclosed array expect ]");
    p->at = end + 2;
    return parse_comparison(p, start, (size_t)(end - start));
}

/* ---- expressions and templates ---- */

static int unrecognized(const struct parser *p)
{
    bool printable = isprint((unsigned char)*p->at);
    return error_set(p->err, "unrecognized character in action: U+%04X%s%.*s%s",
                     (unsigned)(unsigned char)*p->at, printable ? " '" : "", printable, p->at,
                     printable ? "'" : "");
}

static int parse_step(struct parser *p)
{
    char c = *p->at;
    if (has(p, "[?("))
        return parse_filter(p);
    if (has(p, ".."))
        return parse_recursive(p);
    if (c == '[')
        return parse_array(p);
    if (c == '"' || c == '\'')
        return parse_quote(p);
    if (c == '.')
        return p->at++, parse_field(p);
    if (c == '+' || c == '-' || isdigit((unsigned char)c))
        return parse_number(p);
    if (is_letter(c))
        return parse_identifier(p);
    return unrecognized(p);
}

/* Up to the closing brace, or to the end of the text of a part. */
static int parse_expression(struct parser *p, bool braced)
{
    for (;;) {
        while (p->at < p->end && memchr(" @$", *p->at, 3))
            p->at++;
        if (p->at == p->end && !braced)
            return 0;
        if (p->at == p->end || *p->at == '\n' || *p->at == '\r')
            return error_set(p->err, "unclosed action");
        if (*p->at == '}')
            return p->at++, 0;
        if (parse_step(p) < 0)
            return -1;
    }
}

static struct jsonpath_list *add_part(struct jsonpath *path, struct error *err)
{
    struct jsonpath_list *v = grow(path->parts, path->len, sizeof *v);
    if (!v) {
        error_set(err, "out of memory");
        return NULL;
    }
    path->parts = v;
    v[path->len] = (struct jsonpath_list){0};
    return &v[path->len++];
}

static int parse_template(struct jsonpath *path, const char *text, struct error *err)
{
    struct parser p = {.at = text, .end = text + strlen(text), .err = err};
    if ((size_t)(p.end - p.at) > TEXT_MAX)
        return error_set(err, "the template is longer than %zu bytes", TEXT_MAX);
    while (p.at < p.end) {
        const char *brace = memchr(p.at, '{', (size_t)(p.end - p.at));
        const char *stop = brace ? brace : p.end;
        if (!(p.list = add_part(path, err)))
            return -1;
        if (stop > p.at) {
            if (add_literal(&p, json_stringn(p.at, (size_t)(stop - p.at))) < 0)
                return -1;
            p.at = stop;
            continue;
        }
        p.at++;
        if (parse_expression(&p, true) < 0)
            return -1;
    }
    return 0;
}

int jsonpath_parse(const char *text, struct jsonpath **out, struct error *err)
{
    *out = NULL;
    cleanup_jsonpath struct jsonpath *path = calloc(1, sizeof *path);
    if (!path)
        return error_set(err, "out of memory");
    path->allow_missing = true;
    cleanup_strbuf struct strbuf valid = STRBUF_INIT;
    utf8_repair(&valid, text, strlen(text));
    if (valid.failed)
        return error_set(err, "out of memory");
    if (parse_template(path, strbuf_str(&valid), err) < 0)
        return -1;
    *out = steal_ptr(&path);
    return 0;
}

int jsonpath_parse_relaxed(const char *text, struct jsonpath **out, struct error *err)
{
    size_t len = strlen(text);
    *out = NULL;
    if (len == 0)
        return jsonpath_parse("", out, err);
    bool braced = len > 2 && *text == '{' && text[len - 1] == '}';
    const char *start = text + braced;
    len -= braced ? 2 : 0;
    if (*start == '.')
        start++, len--;
    if (!len || memchr(start, '{', len) || memchr(start, '}', len))
        return error_set(err,
                         "unexpected path string, expected a 'name1.name2' or '.name1.name2' or "
                         "'{name1.name2}' or '{.name1.name2}'");
    cleanup_strbuf struct strbuf full = STRBUF_INIT;
    strbuf_addf(&full, "{.%.*s}", (int)len, start);
    return full.failed ? error_set(err, "out of memory")
                       : jsonpath_parse(strbuf_str(&full), out, err);
}

void jsonpath_allow_missing(struct jsonpath *path, bool allow)
{
    path->allow_missing = allow;
}

void jsonpath_free(struct jsonpath *path)
{
    for (size_t i = 0; path && i < path->len; i++)
        list_free(&path->parts[i]);
    if (path)
        free(path->parts);
    free(path);
}
