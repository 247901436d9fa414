/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "textpool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS_MAX (UINT32_MAX / 4)

/* FNV-1a, then mixed: the low bits choose the slot. */
static uint32_t hash_of(const char *data, size_t len)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)data[i]) * 16777619u;
    return h ^ h >> 15;
}

static bool is_text(const struct textpool *pool, uint32_t number, const char *data, size_t len)
{
    const struct textpool_entry *e = &pool->entries[number];
    return e->len == len && !memcmp(pool->data + e->at, data, len);
}

/* The slot of the text, or the free one where it belongs. */
static uint32_t find_slot(const struct textpool *pool, const char *data, size_t len, uint32_t hash)
{
    uint32_t mask = pool->n_slots - 1;
    uint32_t at = hash & mask;
    while (pool->slots[at]) {
        uint32_t number = pool->slots[at] - 1;
        if (pool->entries[number].hash == hash && is_text(pool, number, data, len))
            break;
        at = (at + 1) & mask;
    }
    return at;
}

static bool grow_slots(struct textpool *pool)
{
    uint32_t n_slots = pool->n_slots ? pool->n_slots * 2 : 64;
    uint32_t *slots = calloc(n_slots, sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t i = 0; i < pool->n; i++) {
        uint32_t at = pool->entries[i].hash & (n_slots - 1);
        while (slots[at])
            at = (at + 1) & (n_slots - 1);
        slots[at] = i + 1;
    }
    free(pool->slots);
    pool->slots = slots;
    pool->n_slots = n_slots;
    return true;
}

static bool grow_entries(struct textpool *pool)
{
    uint32_t cap = pool->n_cap ? pool->n_cap * 2 : 32;
    struct textpool_entry *entries = realloc(pool->entries, cap * sizeof *entries);
    if (!entries)
        return false;
    pool->entries = entries;
    pool->n_cap = cap;
    return true;
}

static bool grow_data(struct textpool *pool, size_t need)
{
    size_t cap = pool->cap ? pool->cap : 1024;
    while (cap - pool->len < need) {
        if (cap > SIZE_MAX / 2)
            return false;
        cap *= 2;
    }
    char *data = realloc(pool->data, cap);
    if (!data)
        return false;
    pool->data = data;
    pool->cap = cap;
    return true;
}

static bool make_room(struct textpool *pool, size_t len)
{
    if (pool->n >= NUMBERS_MAX || len >= UINT32_MAX)
        return false;
    if (pool->n >= pool->n_slots / 2 && !grow_slots(pool))
        return false;
    if (pool->n == pool->n_cap && !grow_entries(pool))
        return false;
    return pool->cap - pool->len > len || grow_data(pool, len + 1);
}

uint32_t textpool_add(struct textpool *pool, const char *data, size_t len)
{
    if (pool->n > 0 && is_text(pool, pool->last, data, len))
        return pool->last;
    if (!make_room(pool, len))
        return TEXTPOOL_NONE;
    uint32_t hash = hash_of(data, len);
    uint32_t at = find_slot(pool, data, len, hash);
    if (!pool->slots[at]) {
        pool->entries[pool->n] = (struct textpool_entry){pool->len, (uint32_t)len, hash};
        memcpy(pool->data + pool->len, data, len);
        pool->data[pool->len + len] = '\0';
        pool->len += len + 1;
        pool->slots[at] = ++pool->n;
    }
    pool->last = pool->slots[at] - 1;
    return pool->last;
}

const char *textpool_get(const struct textpool *pool, uint32_t number, size_t *len)
{
    bool known = number < pool->n;
    if (len)
        *len = known ? pool->entries[number].len : 0;
    return known ? pool->data + pool->entries[number].at : "";
}

int textpool_compare(const struct textpool *pool, uint32_t a, uint32_t b)
{
    size_t len_a, len_b;
    if (a == b)
        return 0;
    const char *text_a = textpool_get(pool, a, &len_a);
    const char *text_b = textpool_get(pool, b, &len_b);
    int order = memcmp(text_a, text_b, len_a < len_b ? len_a : len_b);
    return order ? order : (len_a > len_b) - (len_a < len_b);
}

void textpool_free(struct textpool *pool)
{
    free(pool->data);
    free(pool->entries);
    free(pool->slots);
    memset(pool, 0, sizeof *pool);
}
