/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cron_field.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "goint.h"
#include "goquote.h"

static const struct bounds {
    int min;
    int max;
    const char *names; /* three letters each, for min, min + 1, … */
} bounds[CRON_FIELDS] = {
    [CRON_MINUTE] = {0, 59, ""},
    [CRON_HOUR] = {0, 23, ""},
    [CRON_DOM] = {1, 31, ""},
    [CRON_MONTH] = {1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    [CRON_DOW] = {0, 6, "sunmontuewedthufrisat"},
};

/* A piece of the text. */
struct span {
    const char *s;
    size_t len;
};

/* Cuts the span at each sep, as strings.Split of Go. Fills up to max pieces; returns how many there
 * are. */
static size_t split(struct span in, char sep, struct span *out, size_t max)
{
    size_t n = 0;
    const char *end = in.s + in.len;
    for (const char *s = in.s;; n++) {
        const char *cut = memchr(s, sep, (size_t)(end - s));
        const char *stop = cut ? cut : end;
        if (n < max)
            out[n] = (struct span){s, (size_t)(stop - s)};
        if (!cut)
            return n + 1;
        s = cut + 1;
    }
}

static bool is(struct span p, char c)
{
    return p.len == 1 && *p.s == c;
}

static int parse_int(struct span p, int64_t *out, struct error *err)
{
    enum goint_status status = goint_parse(p.s, p.len, out);
    if (status == GOINT_OK && *out < 0)
        return error_set(err, "negative number (%lld) not allowed: %.*s", (long long)*out,
                         (int)p.len, p.s);
    if (status == GOINT_OK)
        return 0;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_strbuf struct strbuf quoted = STRBUF_INIT;
    strbuf_add(&text, p.s, p.len);
    goquote_add(&quoted, strbuf_str(&text));
    return error_set(err, "failed to parse int from %s: strconv.Atoi: parsing %s: %s",
                     strbuf_str(&text), strbuf_str(&quoted),
                     status == GOINT_RANGE ? "value out of range" : "invalid syntax");
}

static int parse_value(struct span p, const struct bounds *b, int64_t *out, struct error *err)
{
    for (int i = 0; p.len == 3 && b->names[i * 3]; i++) {
        if (strncasecmp(p.s, b->names + i * 3, 3) == 0) {
            *out = b->min + i;
            return 0;
        }
    }
    return parse_int(p, out, err);
}

/* A range being read; text is all of it, for messages. */
struct range {
    struct span text;
    int64_t start;
    int64_t end;
    int64_t step;
    bool star;
};

static int parse_ends(struct span p, const struct bounds *b, struct range *r, bool *single,
                      struct error *err)
{
    struct span part[2];
    size_t n = split(p, '-', part, 2);
    *single = n == 1;
    r->star = is(part[0], '*') || is(part[0], '?');
    r->start = b->min;
    r->end = b->max;
    if (r->star)
        return 0; /* whatever follows a hyphen here is not looked at, as there */
    if (parse_value(part[0], b, &r->start, err) < 0)
        return -1;
    r->end = r->start;
    if (n > 2)
        return error_set(err, "too many hyphens: %.*s", (int)r->text.len, r->text.s);
    return n == 2 ? parse_value(part[1], b, &r->end, err) : 0;
}

static int check_range(const struct range *r, const struct bounds *b, struct error *err)
{
    int len = (int)r->text.len;
    const char *s = r->text.s;
    if (r->start < b->min)
        return error_set(err, "beginning of range (%lld) below minimum (%d): %.*s",
                         (long long)r->start, b->min, len, s);
    if (r->end > b->max)
        return error_set(err, "end of range (%lld) above maximum (%d): %.*s", (long long)r->end,
                         b->max, len, s);
    if (r->start > r->end)
        return error_set(err, "beginning of range (%lld) beyond end of range (%lld): %.*s",
                         (long long)r->start, (long long)r->end, len, s);
    if (r->step == 0)
        return error_set(err, "step of range should be a positive number: %.*s", len, s);
    return 0;
}

static uint64_t range_bits(const struct range *r)
{
    uint64_t bits = r->star ? CRON_STAR : 0;
    for (int64_t v = r->start; v <= r->end; v += r->step) {
        bits |= (uint64_t)1 << v;
        if (r->step > r->end)
            break;
    }
    return bits;
}

static int parse_range(struct span text, const struct bounds *b, uint64_t *bits, struct error *err)
{
    struct range r = {.text = text, .step = 1};
    struct span part[2];
    bool single;
    size_t n = split(text, '/', part, 2);
    if (parse_ends(part[0], b, &r, &single, err) < 0)
        return -1;
    if (n > 2)
        return error_set(err, "too many slashes: %.*s", (int)text.len, text.s);
    if (n == 2) {
        if (parse_int(part[1], &r.step, err) < 0)
            return -1;
        if (single)
            r.end = b->max; /* N/step means N-max/step */
        r.star = r.star && r.step <= 1;
    }
    if (check_range(&r, b, err) < 0)
        return -1;
    *bits |= range_bits(&r);
    return 0;
}

int cron_field_parse(const char *s, size_t len, enum cron_field which, uint64_t *bits,
                     struct error *err)
{
    const char *end = s + len;
    *bits = 0;
    while (s < end) {
        const char *comma = memchr(s, ',', (size_t)(end - s));
        struct span text = {s, (size_t)((comma ? comma : end) - s)};
        if (text.len && parse_range(text, &bounds[which], bits, err) < 0)
            return -1;
        s += text.len + 1;
    }
    return 0;
}
