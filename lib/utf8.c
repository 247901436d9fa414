/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "utf8.h"

#include <stdbool.h>
#include <string.h>

static bool is_surrogate(uint32_t c)
{
    return c >= 0xd800 && c <= 0xdfff;
}

size_t utf8_decode(const char *s, size_t len, uint32_t *c)
{
    /* By the number of leading ones: how long, which bits count, and the least value that needs
     * that length. */
    static const struct {
        unsigned char mask, lead;
        unsigned char size;
        unsigned char bits;
        uint32_t least;
    } forms[] = {
        {0x80, 0x00, 1, 0x7f, 0},
        {0xe0, 0xc0, 2, 0x1f, 0x80},
        {0xf0, 0xe0, 3, 0x0f, 0x800},
        {0xf8, 0xf0, 4, 0x07, 0x10000},
    };
    const unsigned char *u = (const unsigned char *)s;
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        if ((u[0] & forms[f].mask) != forms[f].lead || forms[f].size > len)
            continue;
        uint32_t value = u[0] & forms[f].bits;
        size_t i = 1;
        for (; i < forms[f].size && (u[i] & 0xc0) == 0x80; i++)
            value = value << 6 | (u[i] & 0x3fu);
        if (i < forms[f].size || value < forms[f].least || value > 0x10ffff || is_surrogate(value))
            break;
        *c = value;
        return i;
    }
    *c = UTF8_REPLACEMENT;
    return 1;
}

void utf8_append(struct strbuf *out, uint32_t c)
{
    if (c > 0x10ffff || is_surrogate(c))
        c = UTF8_REPLACEMENT;
    unsigned more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned lead[] = {0, 0xc0, 0xe0, 0xf0};
    strbuf_addc(out, (char)(lead[more] | c >> 6 * more));
    while (more-- > 0)
        strbuf_addc(out, (char)(0x80 | (c >> 6 * more & 0x3f)));
}

void utf8_repair(struct strbuf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint32_t c;
        size_t n = utf8_decode(s + i, len - i, &c);
        if (n == 1 && c == UTF8_REPLACEMENT)
            utf8_append(out, c);
        else
            strbuf_add(out, s + i, n);
        i += n;
    }
}

/* How many bytes of a bad sequence one U+FFFD stands for in a file: all that could have begun a
 * character ("maximal subpart" of the Unicode standard). */
static size_t bad_length(const char *s, size_t len)
{
    static const struct {
        unsigned char first, last; /* range of the lead byte */
        unsigned char low, high;   /* range of the second byte */
        unsigned char size;
    } leads[] = {{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
                 {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
                 {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
                 {0xf4, 0xf4, 0x80, 0x8f, 4}};
    const unsigned char *u = (const unsigned char *)s;
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        if (u[0] < leads[i].first || u[0] > leads[i].last)
            continue;
        if (len < 2 || u[1] < leads[i].low || u[1] > leads[i].high)
            return 1;
        return len > 2 && leads[i].size == 4 && (u[2] & 0xc0) == 0x80 ? 3 : 2;
    }
    return 1;
}

static void from_unmarked(struct strbuf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint32_t c;
        size_t n = utf8_decode(s + i, len - i, &c);
        if (n == 1 && c == UTF8_REPLACEMENT)
            n = bad_length(s + i, len - i);
        utf8_append(out, c);
        i += n;
    }
}

static uint32_t unit(const unsigned char *u, bool little)
{
    return little ? u[0] | (uint32_t)u[1] << 8 : (uint32_t)u[0] << 8 | u[1];
}

static void from_utf16(struct strbuf *out, const unsigned char *u, size_t len, bool little)
{
    size_t i = 0;
    while (i + 1 < len) {
        uint32_t c = unit(u + i, little);
        i += 2;
        uint32_t low = c >= 0xd800 && c < 0xdc00 && i + 1 < len ? unit(u + i, little) : 0;
        if (low >= 0xdc00 && low <= 0xdfff) {
            c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
            i += 2;
        }
        utf8_append(out, c);
    }
    if (i < len)
        utf8_append(out, UTF8_REPLACEMENT);
}

void utf8_from_file(struct strbuf *out, const char *s, size_t len)
{
    const unsigned char *u = (const unsigned char *)s;
    if (len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        strbuf_add(out, s + 3, len - 3);
    else if (len >= 2 && memcmp(s, "\xff\xfe", 2) == 0)
        from_utf16(out, u + 2, len - 2, true);
    else if (len >= 2 && memcmp(s, "\xfe\xff", 2) == 0)
        from_utf16(out, u + 2, len - 2, false);
    else
        from_unmarked(out, s, len);
}
