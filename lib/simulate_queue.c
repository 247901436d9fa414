/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "simulate_queue.h"

#include <stdlib.h>

static bool before(const struct queue_item *a, const struct queue_item *b)
{
    if (a->major != b->major)
        return a->major < b->major;
    return a->minor != b->minor ? a->minor < b->minor : a->id < b->id;
}

static void swap(struct queue *q, size_t a, size_t b)
{
    struct queue_item t = q->v[a];
    q->v[a] = q->v[b];
    q->v[b] = t;
}

int queue_push(struct queue *q, struct queue_item item)
{
    if (q->len == q->cap) {
        size_t cap = q->cap ? q->cap * 2 : 16;
        struct queue_item *v = realloc(q->v, cap * sizeof *v);
        if (!v)
            return -1;
        q->v = v;
        q->cap = cap;
    }
    size_t at = q->len++;
    q->v[at] = item;
    for (; at > 0 && before(&q->v[at], &q->v[(at - 1) / 2]); at = (at - 1) / 2)
        swap(q, at, (at - 1) / 2);
    return 0;
}

const struct queue_item *queue_first(const struct queue *q)
{
    return q->len ? &q->v[0] : NULL;
}

void queue_pop(struct queue *q)
{
    if (q->len == 0)
        return;
    q->v[0] = q->v[--q->len];
    for (size_t at = 0;;) {
        size_t least = at, child = 2 * at + 1;
        if (child < q->len && before(&q->v[child], &q->v[least]))
            least = child;
        if (child + 1 < q->len && before(&q->v[child + 1], &q->v[least]))
            least = child + 1;
        if (least == at)
            return;
        swap(q, at, least);
        at = least;
    }
}

void queue_free(struct queue *q)
{
    free(q->v);
    *q = (struct queue){0};
}
