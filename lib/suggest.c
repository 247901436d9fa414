/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "suggest.h"

#include <string.h>

enum { WORD_MAX = 64 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static unsigned min2(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Edits (insert, drop, replace, swap neighbours) that turn a into b; a and b of at most WORD_MAX
 * bytes. */
static unsigned distance(const char *a, size_t alen, const char *b, size_t blen)
{
    unsigned rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= blen; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= alen; i++) {
        unsigned *now = rows[i % 3];
        const unsigned *up = rows[(i + 2) % 3];
        const unsigned *up2 = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= blen; j++) {
            char x = lower(a[i - 1]);
            char y = lower(b[j - 1]);
            now[j] = min2(up[j - 1] + (x != y), min2(up[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y)
                now[j] = min2(now[j], up2[j - 2] + 1);
        }
    }
    return rows[alen % 3][blen];
}

const char *suggest(const char *word, const char *const *names, size_t n)
{
    const char *best = NULL;
    size_t len = strnlen(word, WORD_MAX + 1);
    /* A third of the letters may be wrong: "imgae" finds "image", "x" finds nothing. */
    unsigned limit = (unsigned)(len / 3);
    if (len > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t name_len = strnlen(names[i], WORD_MAX + 1);
        if (name_len > WORD_MAX)
            continue;
        unsigned d = distance(word, len, names[i], name_len);
        if (d <= limit && (d < limit || !best)) {
            best = names[i];
            limit = d;
        }
    }
    return best;
}
