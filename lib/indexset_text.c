/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexset.h"

#include <limits.h>
#include <string.h>

/* Decimal digits of v, without printf: a set may have a million intervals. */
static void add_number(struct strbuf *out, uint32_t v)
{
    char digits[10];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + v % 10);
    while (v /= 10);
    strbuf_add(out, digits + at, sizeof digits - at);
}

void indexset_print(const struct indexset *s, struct strbuf *out)
{
    uint32_t first, last;
    bool comma = false;
    for (uint32_t at = 0; indexset_next(s, at, &first, &last); at = last + 1) {
        if (comma)
            strbuf_addc(out, ',');
        comma = true;
        add_number(out, first);
        if (last == first)
            continue;
        strbuf_addc(out, last == first + 1 ? ',' : '-');
        add_number(out, last);
    }
}

/* A decimal integer as Go's strconv.Atoi takes it: a sign and digits, nothing else. */
static bool parse_number(const char *s, size_t len, int64_t *out)
{
    bool minus = len > 0 && *s == '-';
    size_t i = len > 0 && (*s == '-' || *s == '+');
    if (i == len)
        return false;
    int64_t v = 0;
    for (; i < len; i++) {
        if (s[i] < '0' || s[i] > '9' || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, s[i] - '0', &v))
            return false;
    }
    *out = minus ? -v : v;
    return true;
}

/* "a" or "a-b": as the controller, what follows a second "-" is not looked at. */
static bool parse_part(const char *part, size_t len, int64_t *first, int64_t *last)
{
    const char *dash = memchr(part, '-', len);
    size_t head = dash ? (size_t)(dash - part) : len;
    if (!parse_number(part, head, first))
        return false;
    *last = *first;
    if (!dash)
        return true;
    const char *tail = dash + 1;
    size_t tail_len = len - head - 1;
    const char *end = memchr(tail, '-', tail_len);
    return parse_number(tail, end ? (size_t)(end - tail) : tail_len, last);
}

int indexset_parse(struct indexset *s, const char *text, uint32_t limit)
{
    for (const char *part = text; *part;) {
        size_t len = strcspn(part, ",");
        int64_t first, last;
        bool ok = parse_part(part, len, &first, &last);
        part += len + (part[len] == ',');
        if (!ok || first < 0)
            continue;
        if (first >= limit) /* the text is in increasing order: nothing smaller follows */
            break;
        if (last >= limit)
            last = (int64_t)limit - 1;
        if (first <= last && indexset_insert_range(s, (uint32_t)first, (uint32_t)last) < 0)
            return -1;
    }
    return 0;
}
