/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "positions.h"

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

/* FNV-1a over the parent's hash and the name: good enough where a collision shows one wrong line. */
static uint64_t mix(uint64_t h, const char *s, size_t len)
{
    h = (h ^ '/') * 0x100000001b3ULL;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)s[i]) * 0x100000001b3ULL;
    return h ? h : 1;
}

static uint64_t child(uint64_t parent, const char *s, size_t len)
{
    return mix(parent ? parent : 0xcbf29ce484222325ULL, s, len);
}

uint64_t positions_child(uint64_t parent, const char *name)
{
    return child(parent, name, strlen(name));
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
    if (!p || !p->size)
        return (struct position){0};
    const struct entry *e = slot(p->table, p->size, hash);
    return e->hash ? e->pos : (struct position){0};
}

struct position positions_find(const struct positions *p, const char *path)
{
    struct position best = {0};
    uint64_t h = 0;
    while (*path) {
        size_t len = *path == '[' ? strcspn(path, "]") : strcspn(path, ".[");
        size_t skip = *path == '[';
        h = child(h, path + skip, len - skip);
        struct position pos = get(p, h);
        if (!pos.line)
            break;
        best = pos;
        path += len;
        path += *path == ']';
        path += *path == '.';
    }
    return best;
}
