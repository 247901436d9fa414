/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexset.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BITS  4096u
#define CHUNK_WORDS (CHUNK_BITS / 64)
#define ALL_ONES    UINT64_MAX

/* bits is NULL for an empty chunk (count 0) and for a full one (count CHUNK_BITS). */
struct indexset_chunk {
    uint64_t *bits;
    uint32_t count;
};

static uint64_t get_word(const struct indexset_chunk *c, uint32_t w)
{
    if (c->bits)
        return c->bits[w];
    return c->count ? ALL_ONES : 0;
}

/* The bits first..last of a word. */
static uint64_t mask_of(uint32_t first, uint32_t last)
{
    return (ALL_ONES << first) & (ALL_ONES >> (63 - last));
}

static void set_uniform(struct indexset_chunk *c, bool full)
{
    free(c->bits);
    c->bits = NULL;
    c->count = full ? CHUNK_BITS : 0;
}

static int make_bits(struct indexset_chunk *c)
{
    if (c->bits)
        return 0;
    c->bits = malloc(CHUNK_WORDS * sizeof *c->bits);
    if (!c->bits)
        return -1;
    memset(c->bits, c->count ? 0xff : 0, CHUNK_WORDS * sizeof *c->bits);
    return 0;
}

static int reserve(struct indexset *s, uint32_t chunk)
{
    if (chunk < s->n_chunks)
        return 0;
    uint32_t n = s->n_chunks * 2 > chunk ? s->n_chunks * 2 : chunk + 1;
    if (n > INDEXSET_MAX / CHUNK_BITS + 1)
        n = INDEXSET_MAX / CHUNK_BITS + 1;
    struct indexset_chunk *v = realloc(s->chunk, n * sizeof *v);
    if (!v)
        return -1;
    memset(v + s->n_chunks, 0, (n - s->n_chunks) * sizeof *v);
    s->chunk = v;
    s->n_chunks = n;
    return 0;
}

/* The lowest index >= from whose membership is want. An index beyond the last chunk is absent. */
static uint32_t next_with(const struct indexset *s, uint32_t from, bool want)
{
    for (uint32_t c = from / CHUNK_BITS; c < s->n_chunks; c++) {
        const struct indexset_chunk *k = &s->chunk[c];
        uint32_t base = c * CHUNK_BITS;
        uint32_t at = from > base ? from - base : 0;
        if (!k->bits) {
            if ((k->count > 0) == want)
                return base + at;
            continue;
        }
        for (uint32_t w = at / 64; w < CHUNK_WORDS; w++) {
            uint64_t word = (want ? k->bits[w] : ~k->bits[w]);
            if (w == at / 64)
                word &= ALL_ONES << (at % 64);
            if (word)
                return base + w * 64 + (uint32_t)__builtin_ctzll(word);
        }
    }
    uint32_t end = s->n_chunks * CHUNK_BITS;
    return want ? INDEXSET_NONE : from > end ? from : end;
}

static void move_first_gap(struct indexset *s, uint32_t inserted)
{
    if (inserted == s->first_gap)
        s->first_gap = next_with(s, inserted, false);
}

int indexset_insert(struct indexset *s, uint32_t index)
{
    if (index > INDEXSET_MAX || reserve(s, index / CHUNK_BITS))
        return -1;
    struct indexset_chunk *c = &s->chunk[index / CHUNK_BITS];
    uint32_t w = index % CHUNK_BITS / 64;
    uint64_t bit = (uint64_t)1 << (index % 64);
    if (get_word(c, w) & bit)
        return 0;
    if (make_bits(c))
        return -1;
    c->bits[w] |= bit;
    s->count++;
    if (++c->count == CHUNK_BITS)
        set_uniform(c, true);
    move_first_gap(s, index);
    return 1;
}

int indexset_remove(struct indexset *s, uint32_t index)
{
    if (index > INDEXSET_MAX)
        return -1;
    if (!indexset_contains(s, index))
        return 0;
    struct indexset_chunk *c = &s->chunk[index / CHUNK_BITS];
    if (make_bits(c))
        return -1;
    c->bits[index % CHUNK_BITS / 64] &= ~((uint64_t)1 << (index % 64));
    s->count--;
    if (--c->count == 0)
        set_uniform(c, false);
    if (index < s->first_gap)
        s->first_gap = index;
    return 1;
}

/* Sets or clears the bits first..last of one chunk. */
static int fill_chunk(struct indexset *s, struct indexset_chunk *c, uint32_t first, uint32_t last,
                      bool value)
{
    uint32_t before = c->count;
    if (first == 0 && last == CHUNK_BITS - 1) {
        set_uniform(c, value);
    } else {
        if (make_bits(c))
            return -1;
        for (uint32_t w = first / 64; w <= last / 64; w++) {
            uint64_t mask =
                mask_of(w == first / 64 ? first % 64 : 0, w == last / 64 ? last % 64 : 63);
            uint64_t old = c->bits[w];
            c->bits[w] = value ? old | mask : old & ~mask;
            c->count += (uint32_t)__builtin_popcountll(c->bits[w]);
            c->count -= (uint32_t)__builtin_popcountll(old);
        }
        if (c->count == 0 || c->count == CHUNK_BITS)
            set_uniform(c, c->count > 0);
    }
    s->count = s->count + c->count - before;
    return 0;
}

static int fill_range(struct indexset *s, uint32_t first, uint32_t last, bool value)
{
    for (uint32_t c = first / CHUNK_BITS; c <= last / CHUNK_BITS; c++) {
        uint32_t base = c * CHUNK_BITS;
        uint32_t a = first > base ? first - base : 0;
        uint32_t b = last - base < CHUNK_BITS ? last - base : CHUNK_BITS - 1;
        if (fill_chunk(s, &s->chunk[c], a, b, value))
            return -1;
    }
    return 0;
}

int indexset_insert_range(struct indexset *s, uint32_t first, uint32_t last)
{
    if (first > last)
        return 0;
    if (last > INDEXSET_MAX || reserve(s, last / CHUNK_BITS))
        return -1;
    uint64_t before = s->count;
    int rc = fill_range(s, first, last, true);
    if (s->first_gap >= first && s->first_gap <= last)
        s->first_gap = next_with(s, s->first_gap, false);
    return rc ? -1 : s->count != before;
}

int indexset_remove_from(struct indexset *s, uint32_t limit)
{
    uint32_t end = s->n_chunks * CHUNK_BITS;
    if (limit >= end)
        return 0;
    if (s->first_gap > limit)
        s->first_gap = limit;
    return fill_range(s, limit, end - 1, false);
}

int indexset_merge(struct indexset *s, const struct indexset *other)
{
    uint32_t first, last;
    for (uint32_t at = 0; indexset_next(other, at, &first, &last); at = last + 1)
        if (indexset_insert_range(s, first, last) < 0)
            return -1;
    return 0;
}

bool indexset_contains(const struct indexset *s, uint32_t index)
{
    if (index / CHUNK_BITS >= s->n_chunks)
        return false;
    uint64_t word = get_word(&s->chunk[index / CHUNK_BITS], index % CHUNK_BITS / 64);
    return word >> (index % 64) & 1;
}

uint64_t indexset_count(const struct indexset *s)
{
    return s->count;
}

uint64_t indexset_count_common(const struct indexset *a, const struct indexset *b)
{
    uint64_t n = 0;
    for (uint32_t c = 0; c < a->n_chunks && c < b->n_chunks; c++) {
        const struct indexset_chunk *x = &a->chunk[c], *y = &b->chunk[c];
        if (!x->bits || !y->bits) { /* one of them is full or empty */
            n += x->count < y->count ? x->count : y->count;
            continue;
        }
        for (uint32_t w = 0; w < CHUNK_WORDS; w++)
            n += (uint32_t)__builtin_popcountll(x->bits[w] & y->bits[w]);
    }
    return n;
}

bool indexset_next(const struct indexset *s, uint32_t from, uint32_t *first, uint32_t *last)
{
    *first = next_with(s, from, true);
    if (*first == INDEXSET_NONE)
        return false;
    *last = next_with(s, *first, false) - 1;
    return true;
}

/* The lowest free index at or above from inside chunk c, or INDEXSET_NONE. */
static uint32_t free_in_chunk(const struct indexset *const *sets, size_t n, uint32_t c,
                              uint32_t from)
{
    for (uint32_t w = from / 64; w < CHUNK_WORDS; w++) {
        uint64_t taken = w == from / 64 ? ~(ALL_ONES << (from % 64)) : 0;
        for (size_t i = 0; i < n && taken != ALL_ONES; i++)
            if (sets[i] && c < sets[i]->n_chunks)
                taken |= get_word(&sets[i]->chunk[c], w);
        if (taken != ALL_ONES)
            return c * CHUNK_BITS + w * 64 + (uint32_t)__builtin_ctzll(~taken);
    }
    return INDEXSET_NONE;
}

static bool full_in_any(const struct indexset *const *sets, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (sets[i] && c < sets[i]->n_chunks && sets[i]->chunk[c].count == CHUNK_BITS)
            return true;
    return false;
}

uint32_t indexset_next_free(const struct indexset *const *sets, size_t n, uint32_t from)
{
    for (size_t i = 0; i < n; i++)
        if (sets[i] && sets[i]->first_gap > from)
            from = sets[i]->first_gap;
    for (uint32_t c = from / CHUNK_BITS; c <= INDEXSET_MAX / CHUNK_BITS; c++) {
        uint32_t base = c * CHUNK_BITS;
        if (full_in_any(sets, n, c))
            continue;
        uint32_t found = free_in_chunk(sets, n, c, from > base ? from - base : 0);
        if (found != INDEXSET_NONE)
            return found <= INDEXSET_MAX ? found : INDEXSET_NONE;
    }
    return INDEXSET_NONE;
}

void indexset_free(struct indexset *s)
{
    for (uint32_t c = 0; c < s->n_chunks; c++)
        free(s->chunk[c].bits);
    free(s->chunk);
    *s = (struct indexset)INDEXSET_INIT;
}
