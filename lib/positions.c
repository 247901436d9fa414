/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "positions.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    uint64_t hash; /* 0 = free */
    struct position pos;
};

struct positions {
    struct entry *table;
    size_t size; /* a power of two */
    size_t used;
};

void position_advance(struct position *at, const char *text, size_t len)
{
    for (const char *end = text + len; text < end; text++)
        if (*text == '\n')
            *at = (struct position){.line = at->line + 1, .column = 1};
        else if ((*text & 0xc0) != 0x80)
            at->column++;
}

#define FNV_OFFSET 0xcbf29ce484222325ULL
#define FNV_PRIME  0x100000001b3ULL

/* FNV-1a over the parent's hash and the name: good enough where a collision shows one wrong line.
 */
static uint64_t open_name(uint64_t parent)
{
    return ((parent ? parent : FNV_OFFSET) ^ '/') * FNV_PRIME;
}

static uint64_t add_byte(uint64_t h, char c)
{
    return (h ^ (unsigned char)c) * FNV_PRIME;
}

static uint64_t close_name(uint64_t h)
{
    return h ? h : 1;
}

uint64_t positions_child(uint64_t parent, const char *name)
{
    uint64_t h = open_name(parent);
    while (*name)
        h = add_byte(h, *name++);
    return close_name(h);
}

struct positions *positions_new(void)
{
    return calloc(1, sizeof(struct positions));
}

void positions_free(struct positions *p)
{
    if (!p)
        return;
    free(p->table);
    free(p);
}

static struct entry *slot(struct entry *table, size_t size, uint64_t hash)
{
    size_t i = (size_t)(hash ^ (hash >> 29)) & (size - 1);
    while (table[i].hash && table[i].hash != hash)
        i = (i + 1) & (size - 1);
    return &table[i];
}

static int grow(struct positions *p)
{
    size_t size = p->size ? p->size * 2 : 64;
    struct entry *table = calloc(size, sizeof *table);
    if (!table)
        return -1;
    for (size_t i = 0; i < p->size; i++)
        if (p->table[i].hash)
            *slot(table, size, p->table[i].hash) = p->table[i];
    free(p->table);
    p->table = table;
    p->size = size;
    return 0;
}

int positions_set(struct positions *p, uint64_t hash, struct position pos)
{
    if (p->used * 4 >= p->size * 3 && grow(p) < 0)
        return -1;
    struct entry *e = slot(p->table, p->size, hash);
    p->used += e->hash == 0;
    *e = (struct entry){.hash = hash, .pos = pos};
    return 0;
}

static struct position get(const struct positions *p, uint64_t hash)
{
    if (!p || !p->size || !hash)
        return (struct position){0};
    const struct entry *e = slot(p->table, p->size, hash);
    return e->hash ? e->pos : (struct position){0};
}

/* One step of a path: the shortest name that is known, up to one of the ends ('.' and '[', or ']'
 * for an index or a map key). Returns the hash, with *path behind the name; 0 when none is known.
 */
static uint64_t step(const struct positions *p, uint64_t parent, const char **path)
{
    bool bracket = **path == '[';
    uint64_t h = open_name(parent);
    for (const char *s = *path + bracket;; s++) {
        bool end = bracket ? *s == ']' : *s == '.' || *s == '[' || !*s;
        if (end && get(p, close_name(h)).line) {
            *path = s + (bracket || *s == '.');
            if (bracket && **path == '.')
                ++*path;
            return close_name(h);
        }
        if (!*s)
            return 0;
        h = add_byte(h, *s);
    }
}

struct position positions_find(const struct positions *p, const char *path)
{
    uint64_t best = 0, next;
    while (*path && (next = step(p, best, &path)))
        best = next;
    return get(p, best);
}
