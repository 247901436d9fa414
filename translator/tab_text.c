/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tab_text.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "printable.h"

#define PADDING 2

struct line {
    const char *text;
    size_t len;
};

static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n + 1;
}

/* The cell in that place when a tab ends it; NULL when the line has none. */
static const char *cell_at(const struct line *l, size_t column, size_t *len)
{
    const char *at = l->text, *end = at + l->len;
    for (;; column--) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        if (!tab)
            return NULL;
        *len = (size_t)(tab - at);
        if (column == 0)
            return at;
        at = tab + 1;
    }
}

/* On screen: continuation bytes of UTF-8 take no place. */
static size_t width_of(const char *s, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)s[i] & 0xc0) != 0x80;
    return n;
}

/* The lines around i that have a cell there, too, share its width. */
static size_t column_width(const struct line *v, size_t n, size_t i, size_t column)
{
    size_t first = i, len, max = 0;
    while (first > 0 && cell_at(&v[first - 1], column, &len))
        first--;
    for (; first < n; first++) {
        const char *cell = cell_at(&v[first], column, &len);
        if (!cell)
            break;
        size_t width = width_of(cell, len);
        max = width > max ? width : max;
    }
    return max + PADDING;
}

/* known: the widths of the line before, which are this one's as well where it had the cell. */
static void print_line(const struct line *v, size_t n, size_t i, size_t known[16], FILE *out)
{
    size_t len, column = 0;
    const char *cell, *rest = v[i].text;
    for (; (cell = cell_at(&v[i], column, &len)); column++) {
        if (column >= 16 || !known[column]) {
            size_t width = column_width(v, n, i, column);
            if (column < 16)
                known[column] = width;
        }
        size_t width = column < 16 ? known[column] : column_width(v, n, i, column);
        fprintf(out, "%.*s%*s", (int)len, cell, (int)(width - width_of(cell, len)), "");
        rest = cell + len + 1;
    }
    for (; column < 16; column++)
        known[column] = 0;
    fprintf(out, "%.*s\n", (int)(v[i].len - (size_t)(rest - v[i].text)), rest);
}

int tab_text_print(const char *raw, FILE *out)
{
    size_t n = 0, known[16] = {0};
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    printable_add_escaped(&shown, raw, strlen(raw));
    const char *text = strbuf_str(&shown);
    cleanup_free struct line *v = calloc(count_lines(text), sizeof *v);
    if (!v || shown.failed)
        return -1;
    while (*text) {
        size_t len = strcspn(text, "\n");
        v[n++] = (struct line){text, len};
        text += len + (text[len] == '\n');
    }
    for (size_t i = 0; i < n; i++)
        print_line(v, n, i, known, out);
    return 0;
}
