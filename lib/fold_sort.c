/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A radix sort from the lowest digit up. Keys are times or indexes: most of their digits are the
 * same in all items, and those are skipped.
 */
#include "fold_sort.h"
#include "cleanup.h"

#include <stdbool.h>
#include <string.h>

#define BITS   11
#define VALUES (1u << BITS)
#define DIGITS 6 /* of 11 bits: 64 bits */

struct counts {
    size_t of[DIGITS][VALUES];
};

static size_t digit(struct fold_item item, int d)
{
    return fold_item_key(item) >> (d * BITS) & (VALUES - 1);
}

static bool is_sorted(const struct fold_item *items, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (fold_item_key(items[i - 1]) > fold_item_key(items[i]))
            return false;
    return true;
}

static void count(const struct fold_item *items, size_t n, struct counts *counts)
{
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < DIGITS; d++)
            counts->of[d][digit(items[i], d)]++;
}

/* Turns the counts of a digit into places. */
static void place(size_t count[VALUES])
{
    size_t at = 0;
    for (size_t v = 0; v < VALUES; v++) {
        size_t n = count[v];
        count[v] = at;
        at += n;
    }
}

int fold_sort(struct fold_item *items, size_t n)
{
    if (is_sorted(items, n))
        return 0;
    cleanup_free struct counts *counts = calloc(1, sizeof *counts);
    cleanup_free struct fold_item *other = calloc(n, sizeof *other);
    if (!counts || !other)
        return -1;
    struct fold_item *from = items;
    struct fold_item *to = other;
    count(items, n, counts);
    for (int d = 0; d < DIGITS; d++) {
        if (counts->of[d][digit(items[0], d)] == n)
            continue;
        place(counts->of[d]);
        for (size_t i = 0; i < n; i++)
            to[counts->of[d][digit(from[i], d)]++] = from[i];
        struct fold_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, n * sizeof *items);
    return 0;
}
