/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_scan.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "utf8.h"

struct scan {
    const char *s, *end;
    struct position *at;
    struct positions *positions;
    const struct reader_limits *limits;
    struct error *err;
    size_t nodes;
};

static void take(struct scan *j)
{
    position_advance(j->at, j->s++, 1);
}

static char skip_blanks(struct scan *j)
{
    while (j->s < j->end && strchr(" \t\r\n", *j->s))
        take(j);
    return j->s < j->end ? *j->s : '\0';
}

/* Over one string; returns its length with the quotes. */
static size_t skip_string(struct scan *j)
{
    const char *start = j->s;
    take(j);
    while (j->s < j->end && *j->s != '"') {
        if (*j->s == '\\' && j->s + 1 < j->end)
            take(j);
        take(j);
    }
    if (j->s < j->end)
        take(j);
    return (size_t)(j->s - start);
}

static int scan_value(struct scan *j, uint64_t hash, unsigned depth);

/* A key and its colon; the position of the field is that of the key. */
static int scan_key(struct scan *j, uint64_t parent, uint64_t *hash)
{
    struct position pos = *j->at;
    const char *start = j->s;
    size_t len = skip_string(j);
    j->nodes++;
    cleanup_json json_t *key = json_loadb(start, len, JSON_DECODE_ANY, NULL);
    if (!key)
        return error_set(j->err, "out of memory");
    *hash = positions_child(parent, json_string_value(key));
    if (positions_set(j->positions, *hash, pos) < 0)
        return error_set(j->err, "out of memory");
    if (skip_blanks(j) == ':')
        take(j);
    return 0;
}

static int scan_index(struct scan *j, uint64_t parent, size_t i, uint64_t *hash)
{
    char name[24];
    snprintf(name, sizeof name, "%zu", i);
    *hash = positions_child(parent, name);
    return positions_set(j->positions, *hash, *j->at) < 0 ? error_set(j->err, "out of memory") : 0;
}

/* Members of an object or elements of an array, whose first bracket is at hand. */
static int scan_members(struct scan *j, uint64_t parent, unsigned depth)
{
    bool object = *j->s == '{';
    take(j);
    for (size_t i = 0; j->s < j->end; i++) {
        uint64_t hash = 0;
        char c = skip_blanks(j);
        if (c == ',') {
            take(j);
            c = skip_blanks(j);
        }
        if (c == '}' || c == ']')
            break;
        if ((object ? scan_key(j, parent, &hash) : scan_index(j, parent, i, &hash)) < 0 ||
            scan_value(j, hash, depth) < 0)
            return -1;
    }
    if (j->s < j->end)
        take(j);
    return 0;
}

/* A number, true, false or null. */
static void skip_word(struct scan *j)
{
    while (j->s < j->end && !strchr(",]} \t\r\n", *j->s))
        take(j);
}

static int scan_value(struct scan *j, uint64_t hash, unsigned depth)
{
    char c = skip_blanks(j);
    bool open = c == '{' || c == '[';
    if (++j->nodes > j->limits->nodes)
        return error_set(j->err, "more than %zu values", j->limits->nodes);
    if (open && depth == 0)
        return error_set(j->err, "more than %u levels of nesting", j->limits->depth);
    if (open)
        return scan_members(j, hash, depth - 1);
    if (c == '"')
        skip_string(j);
    else
        skip_word(j);
    return 0;
}

int json_scan(struct positions **out, const char *text, size_t len, struct position *at,
              const struct reader_limits *limits, struct error *err)
{
    struct scan j = {.s = text,
                     .end = text + len,
                     .at = at,
                     .positions = positions_new(),
                     .limits = limits,
                     .err = err};
    if (!j.positions)
        return error_set(err, "out of memory");
    if (scan_value(&j, 0, limits->depth) < 0) {
        positions_free(j.positions);
        return -1;
    }
    *out = j.positions;
    return 0;
}

static int hex_value(const char *s)
{
    static const char digits[] = "00112233445566778899aAbBcCdDeEfF";
    int v = 0;
    for (int i = 0; i < 4; i++) {
        const char *digit = s[i] ? strchr(digits, s[i]) : NULL;
        if (!digit)
            return -1;
        v = v << 4 | (int)(digit - digits) / 2;
    }
    return v;
}

/* Appends one character beyond ASCII, returns its length in text. */
static size_t repair_one(struct strbuf *out, const char *s, const char *end)
{
    uint32_t c;
    size_t n = utf8_decode(s, (size_t)(end - s), &c);
    utf8_append(out, c);
    return n;
}

/* The value of an escape \uXXXX at s, or -1. */
static int escape(const char *s, const char *end)
{
    return end - s >= 6 && s[0] == '\\' && s[1] == 'u' ? hex_value(s + 2) : -1;
}

void json_scan_repair(struct strbuf *out, const char *text, size_t len)
{
    const char *end = text + len;
    const char *s = text;
    while (s < end) {
        const char *from = s;
        int first = escape(s, end);
        int second = first >= 0 ? escape(s + 6, end) : -1;
        bool high = first >= 0xd800 && first < 0xdc00;
        bool low = first >= 0xdc00 && first < 0xe000;
        if (high && second >= 0xdc00 && second < 0xe000)
            s += 12;
        else if (first >= 0)
            s += 6;
        else
            s += *s == '\\' && end - s >= 2 ? 2 : 1;
        if (s - from == 6 && (high || low))
            strbuf_adds(out, "\\ufffd");
        else if ((*from & 0x80) == 0)
            strbuf_add(out, from, (size_t)(s - from));
        else
            s = from + repair_one(out, from, end);
    }
}
