/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "interval.h"

#include <string.h>

#include "goint.h"
#include "goquote.h"

/* An error about a piece of the text, which is put in quotes between two halves of a sentence. */
static int fail(struct error *err, const char *before, const char *s, size_t len, const char *after)
{
    cleanup_strbuf struct strbuf piece = STRBUF_INIT;
    cleanup_strbuf struct strbuf quoted = STRBUF_INIT;
    strbuf_add(&piece, s, len);
    goquote_add(&quoted, strbuf_str(&piece));
    return error_set(err, "%s %s%s", before, strbuf_str(&quoted), after);
}

static int parse_index(const char *s, size_t len, int32_t completions, int64_t *out,
                       struct error *err)
{
    if (goint_parse(s, len, out) != GOINT_OK)
        return fail(err, "cannot convert string to integer for index:", s, len, "");
    if (*out >= completions)
        return fail(err, "too large index:", s, len, "");
    return 0;
}

static int out_of_order(struct error *err, int64_t previous, int64_t current)
{
    return error_set(err, "non-increasing order, previous: %lld, current: %lld",
                     (long long)previous, (long long)current);
}

/* One part: N or A-B. */
static int parse_part(const char *s, size_t len, int32_t completions, int64_t *first, int64_t *last,
                      struct error *err)
{
    const char *dash = memchr(s, '-', len);
    size_t head = dash ? (size_t)(dash - s) : len;
    if (dash && memchr(dash + 1, '-', len - head - 1))
        return fail(err, "the fragment", s, len,
                    " violates the requirement that an index interval can have at most two parts "
                    "separated by '-'");
    if (parse_index(s, head, completions, first, err) < 0)
        return -1;
    *last = *first;
    if (!dash)
        return 0;
    if (parse_index(dash + 1, len - head - 1, completions, last, err) < 0)
        return -1;
    return *first >= *last ? out_of_order(err, *first, *last) : 0;
}

int interval_parse(const char *text, int32_t completions, int64_t *count, struct error *err)
{
    int64_t previous = -1;
    *count = 0;
    if (!*text)
        return 0;
    for (const char *s = text;; s++) {
        size_t len = strcspn(s, ",");
        int64_t first;
        int64_t last;
        if (parse_part(s, len, completions, &first, &last, err) < 0)
            return *count = 0, -1;
        if (previous >= first)
            return *count = 0, out_of_order(err, previous, first);
        *count += last - first + 1;
        previous = last;
        s += len;
        if (!*s)
            return 0;
    }
}
