/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arglist.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"

/* Makes room for one more; the NULL is an element as well. */
static bool make_room(struct arglist *a)
{
    char **v = grow(a->v, a->len ? a->len + 1 : 0, sizeof *v);
    if (!v)
        return false;
    a->v = v;
    v[a->len] = NULL;
    return true;
}

/* Takes text. */
static void take(struct arglist *a, char *text)
{
    if (!text || a->failed || !make_room(a)) {
        free(text);
        a->failed = true;
        return;
    }
    a->v[a->len++] = text;
    a->v[a->len] = NULL;
}

void arglist_add(struct arglist *a, const char *text)
{
    take(a, strdup(text));
}

void arglist_addf(struct arglist *a, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        text = NULL;
    va_end(ap);
    take(a, text);
}

void arglist_add_all(struct arglist *a, char *const *list)
{
    for (; list && *list; list++)
        arglist_add(a, *list);
}

void arglist_add_words(struct arglist *a, const char *words)
{
    cleanup_free char *copy = strdup(words ? words : "");
    char *rest = copy, *word;
    if (!copy)
        a->failed = true;
    while ((word = strsep(&rest, " \t")))
        if (*word)
            arglist_add(a, word);
}

int arglist_check(struct arglist *a, struct error *err)
{
    return a->failed || !make_room(a) ? error_set(err, "out of memory") : 0;
}

void arglist_free(struct arglist *a)
{
    for (size_t i = 0; i < a->len; i++)
        free(a->v[i]);
    free(a->v);
    *a = (struct arglist){0};
}
