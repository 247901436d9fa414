/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The anchors of one YAML document: names with the values that aliases stand for.
 */
#ifndef SKJOB_ANCHORS_H
#define SKJOB_ANCHORS_H

#include <jansson.h>
#include <stddef.h>

struct anchor {
    char *name;
    json_t *value; /* owned; NULL while the anchored node is still being read */
    size_t nodes;  /* how many values it expands to */
    size_t older;  /* chain of the same hash bucket, as index + 1 */
};

struct anchors {
    struct anchor *v;
    size_t len, cap;
    size_t *buckets; /* index + 1 of the newest anchor, 0 = none */
    size_t size;     /* a power of two */
};

/* A new anchor; an older one of the same name is hidden by it. Returns its index, or -1 when out
 * of memory. */
long anchors_add(struct anchors *a, const char *name);

/* The newest anchor of that name, or NULL; borrowed until the next anchors_add(). */
const struct anchor *anchors_find(const struct anchors *a, const char *name);

/* Forgets all. */
void anchors_clear(struct anchors *a);

#endif
