/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A growing argument vector or environment. Its failure is sticky, as strbuf's: tested once, when
 * it is taken.
 */
#ifndef SKJOB_POD_ARGLIST_H
#define SKJOB_POD_ARGLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct arglist {
    char **v; /* NULL-terminated once something was added; the strings are owned */
    size_t len;
    bool failed;
};

void arglist_add(struct arglist *a, const char *text);
void arglist_addf(struct arglist *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* All of a NULL-terminated list; NULL is an empty one. */
void arglist_add_all(struct arglist *a, char *const *list);
/* The words of a text, parted by blanks; NULL has none. */
void arglist_add_words(struct arglist *a, const char *words);

/* Returns 0 when everything is there and v is not NULL, else -1 with err. */
int arglist_check(struct arglist *a, struct error *err);

void arglist_free(struct arglist *a);

#define cleanup_arglist __attribute__((cleanup(arglist_free)))

#endif
