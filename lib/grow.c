/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grow.h"

#include <stdlib.h>

#define LEAST 8

void *grow(void *v, size_t len, size_t size)
{
    size_t room = LEAST, bytes;
    if (len && (len < LEAST || (len & (len - 1))))
        return v;
    if (len >= LEAST && __builtin_mul_overflow(len, 2, &room))
        return NULL;
    return __builtin_mul_overflow(room, size, &bytes) ? NULL : realloc(v, bytes);
}
