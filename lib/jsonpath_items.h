/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A template on a List, of which one item is there at a time. This works where the template only
 * goes through the items, in one place: {.items[*].spec.containers[*].image},
 * {.items..metadata.name}, {range .items[?(@.status.phase=="Failed")]}...{end}, with texts before
 * and behind. What it prints is what jsonpath_print() makes of the whole List.
 */
#ifndef SKJOB_JSONPATH_ITEMS_H
#define SKJOB_JSONPATH_ITEMS_H

#include "jsonpath.h"

/* The fields are private. */
struct jsonpath_items {
    const struct jsonpath *path; /* borrowed */
    size_t part;                 /* the one that goes through the items, up to end */
    size_t end;
    bool is_range;
    bool any; /* a result was printed */
    bool cut; /* nothing more comes of this template: a slice was empty */
    bool begun;
};

/* Returns whether the template is such a one. */
bool jsonpath_items_begin(struct jsonpath_items *it, const struct jsonpath *path);

/* Appends what it makes of the next item, and in the end what stands behind. Return 0, or -1 with
 * err. */
int jsonpath_items_print(struct jsonpath_items *it, json_t *item, struct strbuf *out,
                         struct error *err);
int jsonpath_items_end(struct jsonpath_items *it, struct strbuf *out, struct error *err);

#endif
