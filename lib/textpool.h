/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each different text once, known by a small number: a million attempts have a handful of outcomes
 * and some dozen nodes. Numbers count from 0 in the order of first use.
 *
 * A zeroed struct is an empty pool. The fields are private.
 */
#ifndef SKJOB_TEXTPOOL_H
#define SKJOB_TEXTPOOL_H

#include <stddef.h>
#include <stdint.h>

#define TEXTPOOL_NONE UINT32_MAX

struct textpool_entry {
    size_t at;
    uint32_t len;
    uint32_t hash;
};

struct textpool {
    char *data;
    size_t len;
    size_t cap;
    struct textpool_entry *entries;
    uint32_t n;
    uint32_t n_cap;
    uint32_t *slots;  /* number + 1, 0 = free */
    uint32_t n_slots; /* a power of two */
    uint32_t last;    /* tried first: the same text tends to come again */
};

/* The number of the text, or TEXTPOOL_NONE when out of memory. */
uint32_t textpool_add(struct textpool *pool, const char *data, size_t len);

/* The text of a number, borrowed until the next textpool_add(), with a NUL behind it. "" for
 * TEXTPOOL_NONE. len may be NULL. */
const char *textpool_get(const struct textpool *pool, uint32_t number, size_t *len);

/* As memcmp(), a shorter text before its extension: an order that does not depend on the numbers.
 */
int textpool_compare(const struct textpool *pool, uint32_t a, uint32_t b);

/* Frees the content; the pool is empty afterwards. */
void textpool_free(struct textpool *pool);

#endif
