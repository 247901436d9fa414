/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plain_scan.h"

#include <stdio.h>
#include <string.h>

#define SHOWN 24 /* of what stands where something else should */

void plain_scan_blanks(struct plain_scan *s)
{
    s->at += strspn(s->at, " ");
}

bool plain_scan_take(struct plain_scan *s, char c)
{
    if (*s->at != c)
        return false;
    s->at++;
    return true;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._/", c));
}

struct plain_slice plain_scan_word(struct plain_scan *s)
{
    struct plain_slice word = {s->at, 0};
    while (is_word(*s->at))
        s->at++;
    word.len = (size_t)(s->at - word.at);
    return word;
}

bool plain_slice_is(struct plain_slice slice, const char *text)
{
    return strlen(text) == slice.len && memcmp(slice.at, text, slice.len) == 0;
}

int plain_scan_fail(const struct plain_scan *s, const char *at, const char *fmt, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return error_set(s->err, "at character %zu: %s", (size_t)(at - s->text) + 1, text);
}

int plain_scan_expected(const struct plain_scan *s, const char *what)
{
    char shown[SHOWN + 1];
    size_t n = 0;
    for (; n < SHOWN && s->at[n]; n++)
        shown[n] = s->at[n] >= ' ' && s->at[n] <= '~' ? s->at[n] : '?';
    shown[n] = '\0';
    return n ? plain_scan_fail(s, s->at, "expected %s, found \"%s\"", what, shown)
             : plain_scan_fail(s, s->at, "expected %s, found the end", what);
}

int plain_scan_number(struct plain_scan *s, const char *what, int64_t min, int64_t max,
                      int64_t *out)
{
    const char *start = s->at;
    int64_t n = 0;
    bool fits = true;
    if (*start < '0' || *start > '9')
        return plain_scan_expected(s, what);
    for (; *s->at >= '0' && *s->at <= '9'; s->at++)
        fits = fits && !__builtin_mul_overflow(n, INT64_C(10), &n) &&
               !__builtin_add_overflow(n, (int64_t)(*s->at - '0'), &n);
    if (!fits || n < min || n > max)
        return plain_scan_fail(s, start, "%s must be between %lld and %lld", what, (long long)min,
                               (long long)max);
    *out = n;
    return 0;
}
