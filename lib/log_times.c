/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log_times.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"

size_t log_times_line(const struct log_time *t, char out[LOG_TIMES_LINE])
{
    return (size_t)snprintf(out, LOG_TIMES_LINE, "%" PRIu64 " %" PRId64 "\n", t->offset, t->us);
}

static int add(struct log_times *t, const struct log_time *one)
{
    struct log_time *v = grow(t->v, t->len, sizeof *v);
    if (!v)
        return -1;
    t->v = v;
    t->v[t->len++] = *one;
    return 0;
}

/* The n bytes of line are two numbers; one that is too large, or has a sign, would hide all lines
 * behind it. */
static bool read_line(const char *line, size_t n, struct log_time *out)
{
    char *end;
    errno = 0;
    out->offset = strtoull(line, &end, 10);
    if (!isdigit((unsigned char)line[0]) || *end != ' ' || !isdigit((unsigned char)end[1]))
        return false;
    out->us = strtoll(end + 1, &end, 10);
    return errno == 0 && (size_t)(end - line) == n;
}

int64_t log_times_add(struct log_times *t, const char *text, size_t len)
{
    size_t at = 0;
    for (const char *end; (end = memchr(text + at, '\n', len - at));) {
        char line[LOG_TIMES_LINE] = "";
        size_t n = (size_t)(end - text) - at;
        struct log_time one;
        memcpy(line, text + at, n < sizeof line ? n : 0);
        at += n + 1;
        struct log_time *last = t->len ? &t->v[t->len - 1] : NULL;
        if (!read_line(line, n, &one) || (last && one.offset < last->offset))
            continue;
        if (last && one.offset == last->offset)
            last->us = one.us;
        else if (add(t, &one) < 0)
            return -1;
    }
    return (int64_t)at;
}

/* How many stand at or before the byte. */
static size_t before(const struct log_times *t, uint64_t offset)
{
    size_t low = 0, high = t->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->v[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t log_times_at(const struct log_times *t, uint64_t offset, int64_t start_us)
{
    size_t n = before(t, offset);
    return n ? t->v[n - 1].us : start_us;
}

uint64_t log_times_from(const struct log_times *t, int64_t us, int64_t start_us)
{
    if (start_us >= us)
        return 0;
    for (size_t i = 0; i < t->len; i++)
        if (t->v[i].us >= us)
            return t->v[i].offset;
    return UINT64_MAX;
}

void log_times_free(struct log_times *t)
{
    free(t->v);
    *t = (struct log_times){0};
}
