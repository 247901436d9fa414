/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "printable.h"

#define MIN_WIDTH 6
#define PADDING   3

static char *cell_text(const char *s)
{
    size_t n = strcspn(s, "\n\r\f");
    struct strbuf b = STRBUF_INIT;
    printable_add_escaped(&b, s, n);
    strbuf_adds(&b, s[n] ? "..." : "");
    return strbuf_steal(&b);
}

void table_row(struct table *t, const char *const *cells)
{
    size_t n = 0;
    while (cells[n] && n < TABLE_COLUMNS_MAX)
        n++;
    if (!t->rows)
        t->columns = n;
    char **v = grow(t->cells, t->rows, t->columns * sizeof *v);
    if (!v) {
        t->failed = true;
        return;
    }
    t->cells = v;
    for (size_t i = 0; i < t->columns; i++) {
        char *text = cell_text(i < n ? cells[i] : "");
        t->failed |= !text;
        v[t->rows * t->columns + i] = text;
    }
    t->rows++;
}

/* The width on screen: continuation bytes of UTF-8 take no place. */
static size_t width(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

int table_print(struct table *t, FILE *out)
{
    size_t *widths = t->widths;
    if (t->failed)
        return -1;
    for (size_t i = 0; i < t->rows * t->columns; i++) {
        size_t w = width(t->cells[i]) + PADDING, *max = &widths[i % t->columns];
        *max = w > *max ? w : *max;
        *max = *max < MIN_WIDTH ? MIN_WIDTH : *max;
    }
    for (size_t i = 0; i < t->rows * t->columns; i++) {
        bool last = i % t->columns + 1 == t->columns;
        size_t pad = last ? 0 : widths[i % t->columns] - width(t->cells[i]);
        fprintf(out, "%s%*s%s", t->cells[i], (int)pad, "", last ? "\n" : "");
    }
    return 0;
}

void table_clear(struct table *t)
{
    for (size_t i = 0; i < t->rows * t->columns; i++)
        free(t->cells[i]);
    t->rows = 0;
}

void table_free(struct table *t)
{
    table_clear(t);
    free(t->cells);
    *t = (struct table){0};
}
