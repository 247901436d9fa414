/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A stable sort by 64-bit keys in linear time, for the million events of a big Job.
 */
#ifndef SKJOB_FOLD_SORT_H
#define SKJOB_FOLD_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Two halves of the key: the item takes 12 bytes, not 16. */
struct fold_item {
    uint32_t low;
    uint32_t high;
    uint32_t ref;
};

static inline struct fold_item fold_item(uint64_t key, uint32_t ref)
{
    return (struct fold_item){(uint32_t)key, (uint32_t)(key >> 32), ref};
}

static inline uint64_t fold_item_key(struct fold_item item)
{
    return (uint64_t)item.high << 32 | item.low;
}

/* Returns 0, or -1 when out of memory (then the items are as they were). */
int fold_sort(struct fold_item *items, size_t n);

#endif
