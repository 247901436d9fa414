/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "anchors.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t bucket(const struct anchors *a, const char *name)
{
    uint64_t h = 0xcbf29ce484222325ULL;
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 0x100000001b3ULL;
    return (size_t)(h ^ h >> 32) & (a->size - 1);
}

/* Oldest first, so that the newest comes to stand at the head of its chain. */
static void rehash(struct anchors *a)
{
    memset(a->buckets, 0, a->size * sizeof *a->buckets);
    for (size_t i = 0; i < a->len; i++) {
        size_t *head = &a->buckets[bucket(a, a->v[i].name)];
        a->v[i].older = *head;
        *head = i + 1;
    }
}

static int grow(struct anchors *a)
{
    size_t cap = a->cap ? a->cap * 2 : 16;
    struct anchor *v = reallocarray(a->v, cap, sizeof *v);
    if (!v)
        return -1;
    a->v = v;
    size_t *buckets = reallocarray(a->buckets, cap * 2, sizeof *buckets);
    if (!buckets)
        return -1;
    a->buckets = buckets;
    a->size = cap * 2;
    a->cap = cap;
    rehash(a);
    return 0;
}

long anchors_add(struct anchors *a, const char *name)
{
    if (a->len == a->cap && grow(a) < 0)
        return -1;
    size_t *head = &a->buckets[bucket(a, name)];
    struct anchor *new = &a->v[a->len];
    new->name = strdup(name);
    if (!new->name)
        return -1;
    new->value = NULL;
    new->nodes = 0;
    new->older = *head;
    *head = ++a->len;
    return (long)a->len - 1;
}

const struct anchor *anchors_find(const struct anchors *a, const char *name)
{
    size_t i = a->size ? a->buckets[bucket(a, name)] : 0;
    while (i && strcmp(a->v[i - 1].name, name) != 0)
        i = a->v[i - 1].older;
    return i ? &a->v[i - 1] : NULL;
}

void anchors_clear(struct anchors *a)
{
    for (size_t i = 0; i < a->len; i++) {
        json_decref(a->v[i].value);
        free(a->v[i].name);
    }
    free(a->v);
    free(a->buckets);
    *a = (struct anchors){0};
}
