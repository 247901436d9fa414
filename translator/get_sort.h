/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * get --sort-by, as kubectl sorts: numbers and quantities by their value, texts with the numbers in
 * them by theirs; objects without the field come first.
 */
#ifndef SKJOB_GET_SORT_H
#define SKJOB_GET_SORT_H

#include "error.h"
#include "listing.h"

/* Sorts what was found by the field that path (a relaxed JSONPath) names. Returns 0, or -1 with
 * err. */
int get_sort(struct listing *l, const char *path, struct error *err);

/* Orders two texts, runs of digits in them by value. */
int get_sort_texts(const char *a, const char *b);

#endif
