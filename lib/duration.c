/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "duration.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "strbuf.h"

#define LIMIT ((uint64_t)1 << 63)

static const struct unit {
    const char *name;
    uint64_t nanoseconds;
} units[] = {
    {"ns", 1},           {"us", 1000},      {"\xc2\xb5s", 1000}, /* U+00B5 micro sign */
    {"\xce\xbcs", 1000},                                         /* U+03BC Greek mu */
    {"ms", 1000000},     {"s", 1000000000}, {"m", 60000000000},  {"h", 3600000000000},
};

/* Quotes as Go's time package does: every byte that is not printable ASCII as \xNN. */
static void quote(struct strbuf *out, const char *s, size_t len)
{
    strbuf_addc(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c < ' ' || c >= 0x80)
            strbuf_addf(out, "\\x%02x", c);
        else
            strbuf_addf(out, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
    }
    strbuf_addc(out, '"');
}

static int fail(struct error *err, const char *text, const char *what, const char *unit,
                size_t unit_len)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b, "time: %s ", what);
    if (unit_len) {
        quote(&b, unit, unit_len);
        strbuf_adds(&b, " in duration ");
    }
    quote(&b, text, strlen(text));
    return error_set(err, "%s", strbuf_str(&b));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int read_integer(const char **s, uint64_t *out)
{
    *out = 0;
    for (; is_digit(**s); (*s)++) {
        if (*out > LIMIT / 10)
            return -1;
        *out = *out * 10 + (unsigned)(**s - '0');
        if (*out > LIMIT)
            return -1;
    }
    return 0;
}

/* Digits after the point; those that no longer fit are dropped. */
static void read_fraction(const char **s, uint64_t *out, double *scale)
{
    bool full = false;
    *out = 0;
    *scale = 1;
    for (; is_digit(**s); (*s)++) {
        full = full || *out > (LIMIT - 1) / 10;
        uint64_t next = *out * 10 + (unsigned)(**s - '0');
        full = full || next > LIMIT;
        if (full)
            continue;
        *out = next;
        *scale *= 10;
    }
}

static const struct unit *find_unit(const char *s, size_t len)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strlen(units[i].name) == len && memcmp(units[i].name, s, len) == 0)
            return &units[i];
    }
    return NULL;
}

/* Adds value.fraction units to *total. Floating point, as Go: the last nanosecond must agree. */
static int add(uint64_t *total, uint64_t value, uint64_t fraction, double scale,
               const struct unit *unit)
{
    if (value > LIMIT / unit->nanoseconds)
        return -1;
    value *= unit->nanoseconds;
    if (fraction)
        value += (uint64_t)((double)fraction * ((double)unit->nanoseconds / scale));
    if (value > LIMIT)
        return -1;
    *total += value;
    return *total > LIMIT ? -1 : 0;
}

/* Reads one number with its unit. */
static int read_part(const char *text, const char **s, uint64_t *total, struct error *err)
{
    uint64_t value;
    uint64_t fraction = 0;
    double scale = 1;
    const char *start = *s;
    if (read_integer(s, &value) < 0)
        return fail(err, text, "invalid duration", NULL, 0);
    size_t digits = (size_t)(*s - start);
    if (**s == '.') {
        start = ++*s;
        read_fraction(s, &fraction, &scale);
        digits += (size_t)(*s - start);
    }
    if (!digits)
        return fail(err, text, "invalid duration", NULL, 0);
    size_t len = strcspn(*s, ".0123456789");
    const struct unit *unit = find_unit(*s, len);
    if (!len)
        return fail(err, text, "missing unit in duration", NULL, 0);
    if (!unit)
        return fail(err, text, "unknown unit", *s, len);
    *s += len;
    if (add(total, value, fraction, scale, unit) < 0)
        return fail(err, text, "invalid duration", NULL, 0);
    return 0;
}

int duration_parse(const char *text, int64_t *nanoseconds, struct error *err)
{
    const char *s = text;
    bool negative = *s == '-';
    uint64_t total = 0;
    s += *s == '-' || *s == '+';
    if (strcmp(s, "0") == 0) {
        *nanoseconds = 0;
        return 0;
    }
    if (!*s)
        return fail(err, text, "invalid duration", NULL, 0);
    while (*s) {
        if (read_part(text, &s, &total, err) < 0)
            return -1;
    }
    if (!negative && total == LIMIT)
        return fail(err, text, "invalid duration", NULL, 0);
    *nanoseconds = negative ? (int64_t)-total : (int64_t)total;
    return 0;
}

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, YEAR = 365 * 86400 };

/* Below limit, an age prints as so many big units, and the rest in small ones if that is more than
 * none (small == 0: the rest is not shown). */
static const struct step {
    int64_t limit;
    int big;
    char big_name;
    int small;
    char small_name;
} steps[] = {
    {2 * MINUTE, 1, 's', 0, 0},          {10 * MINUTE, MINUTE, 'm', 1, 's'},
    {3 * HOUR, MINUTE, 'm', 0, 0},       {8 * HOUR, HOUR, 'h', MINUTE, 'm'},
    {2 * DAY, HOUR, 'h', 0, 0},          {8 * DAY, DAY, 'd', HOUR, 'h'},
    {2 * (int64_t)YEAR, DAY, 'd', 0, 0}, {8 * (int64_t)YEAR, YEAR, 'y', DAY, 'd'},
    {INT64_MAX, YEAR, 'y', 0, 0},
};

const char *duration_human(int64_t seconds, char buf[DURATION_HUMAN_MAX])
{
    const struct step *p = steps;
    if (seconds < 0) {
        snprintf(buf, DURATION_HUMAN_MAX, "%s", seconds < -1 ? "<invalid>" : "0s");
        return buf;
    }
    while (seconds >= p->limit && p->limit != INT64_MAX)
        p++;
    int64_t big = seconds / p->big;
    int64_t rest = p->small ? seconds % p->big / p->small : 0;
    int n = snprintf(buf, DURATION_HUMAN_MAX, "%lld%c", (long long)big, p->big_name);
    if (rest)
        snprintf(buf + n, DURATION_HUMAN_MAX - (size_t)n, "%lld%c", (long long)rest, p->small_name);
    return buf;
}
