/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keys.h"

#include <stdlib.h>
#include <string.h>

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **keys_sorted(const json_t *obj, size_t *n)
{
    const char **keys = calloc(json_object_size(obj) + 1, sizeof *keys);
    const char *key;
    json_t *value;
    *n = 0;
    if (!keys)
        return NULL;
    json_object_foreach ((json_t *)obj, key, value)
        keys[(*n)++] = key;
    qsort(keys, *n, sizeof *keys, by_bytes);
    return keys;
}
