/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "goint.h"

#include <stdbool.h>

enum goint_status goint_parse(const char *s, size_t len, int64_t *out)
{
    bool negative = len && *s == '-';
    size_t i = len && (*s == '-' || *s == '+');
    uint64_t v = 0;
    if (i == len)
        return GOINT_SYNTAX;
    for (; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return GOINT_SYNTAX;
        /* Go gives up at the digit that no longer fits, whatever follows it. */
        if (__builtin_mul_overflow(v, (uint64_t)10, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s[i] - '0'), &v))
            return GOINT_RANGE;
    }
    if (v > (uint64_t)INT64_MAX + negative)
        return GOINT_RANGE;
    *out = negative ? (int64_t)-v : (int64_t)v;
    return GOINT_OK;
}
