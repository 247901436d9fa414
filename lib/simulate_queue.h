/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A priority queue of numbers (a binary heap): the smallest (major, minor) comes first.
 */
#ifndef SKJOB_SIMULATE_QUEUE_H
#define SKJOB_SIMULATE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue_item {
    int64_t major;
    uint32_t minor;
    uint32_t id;
};

struct queue {
    struct queue_item *v;
    size_t len;
    size_t cap;
};

/* Returns 0, or -1 when out of memory. */
int queue_push(struct queue *q, struct queue_item item);

/* The first item, or NULL; valid until the next push or pop. */
const struct queue_item *queue_first(const struct queue *q);
void queue_pop(struct queue *q);
void queue_free(struct queue *q);

#endif
