/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniff_flow.h"

#include <string.h>

/* A scalar, as far as it can be one of those that are looked for: the longest has 10 bytes. */
struct scalar {
    char text[16];
    size_t len;
};

struct flow {
    struct source *source;
    int next; /* a byte that was read ahead; 0 = none */
    int depth;
    struct scalar scalar; /* the last one */
    struct scalar key;    /* of the outer mapping */
    bool has_key;         /* its value is to come */
    struct sniff_keys keys;
};

static int next_byte(struct flow *f)
{
    int c = f->next ? f->next : source_next(f->source);
    f->next = 0;
    return c;
}

static void add(struct scalar *s, int c)
{
    if (s->len < sizeof s->text)
        s->text[s->len++] = (char)c;
}

static bool is(const struct scalar *s, const char *text)
{
    return s->len == strlen(text) && memcmp(s->text, text, s->len) == 0;
}

/* Escapes are kept as they stand: neither the keys nor their values need any. Returns the quote
 * that ends it, or -1. */
static int read_quoted(struct flow *f, struct scalar *s, int quote)
{
    int c;
    while ((c = next_byte(f)) >= 0 && c != quote) {
        add(s, c);
        if (c == '\\' && quote == '"')
            add(s, next_byte(f));
    }
    return c;
}

static void read_plain(struct flow *f, struct scalar *s, int c)
{
    for (; c >= 0 && !strchr(" \t\r\n{}[],:", c); c = next_byte(f))
        add(s, c);
    f->next = c;
}

static void skip_comment(struct flow *f)
{
    int c;
    while ((c = next_byte(f)) >= 0 && c != '\n')
        ;
}

static enum sniff_result look_value(struct flow *f)
{
    if (!f->has_key)
        return SNIFF_MORE;
    f->has_key = false;
    for (size_t i = 0; i < SNIFF_KEYS; i++)
        if (is(&f->key, sniff_keys[i].key))
            return sniff_keys_found(&f->keys, i, is(&f->scalar, sniff_keys[i].value));
    return SNIFF_MORE;
}

static enum sniff_result read_scalar(struct flow *f, int c)
{
    struct scalar s = {.len = 0};
    if (c != '"' && c != '\'')
        read_plain(f, &s, c);
    else if (read_quoted(f, &s, c) < 0)
        return SNIFF_NO;
    f->scalar = s;
    return look_value(f);
}

static enum sniff_result open_collection(struct flow *f)
{
    f->scalar.len = 0;
    f->depth++;
    return look_value(f);
}

static enum sniff_result look_byte(struct flow *f, int c)
{
    if (c == '{' || c == '[') {
        return open_collection(f);
    } else if (c == '}' || c == ']') {
        f->depth--;
        return f->depth > 0 ? SNIFF_MORE : SNIFF_NO;
    } else if (c == ':' && f->depth == 1) {
        f->key = f->scalar;
        f->has_key = true;
    } else if (c == '#') {
        skip_comment(f);
    } else if (!strchr(" \t\r\n,:", c)) {
        return read_scalar(f, c);
    }
    return SNIFF_MORE;
}

enum sniff_result sniff_flow(struct source *source)
{
    struct flow f = {.source = source};
    int c;
    while ((c = next_byte(&f)) >= 0) {
        enum sniff_result r = look_byte(&f, c);
        if (r != SNIFF_MORE)
            return r;
    }
    return SNIFF_NO;
}
