/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where each field of a document stands in its file. Paths are kept as 64-bit hashes: 16 bytes a
 * node, whatever the length of its path.
 */
#ifndef SKJOB_POSITIONS_H
#define SKJOB_POSITIONS_H

#include <stddef.h>
#include <stdint.h>

struct position {
    uint32_t line;   /* 1 = first line of the file; 0 = not known */
    uint32_t column; /* 1 = first column */
};

/* Moves *at over text. Columns count characters. */
void position_advance(struct position *at, const char *text, size_t len);

struct positions;

/* NULL when out of memory. */
struct positions *positions_new(void);
void positions_free(struct positions *p);

/* The hash of a child from its parent's (0 = the document). List elements and map keys use the
 * decimal index or the key as their name. */
uint64_t positions_child(uint64_t parent, const char *name);

/* Returns 0, or -1 when out of memory. */
int positions_set(struct positions *p, uint64_t hash, struct position pos);

/* The position of a rendered path (spec.containers[0].name), or of its nearest ancestor that is
 * known; {0, 0} when there is none. Names with dots or brackets in them are found, too. */
struct position positions_find(const struct positions *p, const char *path);

#endif
