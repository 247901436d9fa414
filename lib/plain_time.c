/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plain_time.h"

#include "plain_scan.h"

#define FORMS                                                                                      \
    "a time (minutes, [hours:]minutes:seconds, days-hours[:minutes[:seconds]], 1h30m, 90s)"

enum { DAY = 86400, HOUR = 3600, MINUTE = 60, SECOND = 1, FIELDS = 3 };

static const struct {
    char letter;
    int64_t seconds;
} units[] = {{'h', HOUR}, {'m', MINUTE}, {'s', SECOND}};

static int number(struct plain_scan *s, int64_t *out)
{
    return plain_scan_number(s, "a number", 0, PLAIN_TIME_MAX, out);
}

/* Neither can overflow: n is at most PLAIN_TIME_MAX, and the sum is checked after every step. */
static int add(const struct plain_scan *s, int64_t *sum, int64_t n, int64_t unit)
{
    *sum += n * unit;
    return *sum <= PLAIN_TIME_MAX ? 0 : plain_scan_fail(s, s->text, "longer than 68 years");
}

static int64_t take_unit(struct plain_scan *s)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (plain_scan_take(s, units[i].letter))
            return units[i].seconds;
    return 0;
}

/* unit is that of n, the first number. */
static int duration(struct plain_scan *s, int64_t n, int64_t unit, int64_t *sum)
{
    while (add(s, sum, n, unit) == 0) {
        if (!*s->at)
            return 0;
        if (number(s, &n))
            return -1;
        unit = take_unit(s);
        if (!unit)
            return plain_scan_expected(s, "h, m or s");
    }
    return -1;
}

/* The numbers between colons, of which first is the first. Returns how many, or -1. */
static int fields(struct plain_scan *s, int64_t first, int64_t v[FIELDS])
{
    int n = 1;
    v[0] = first;
    while (n < FIELDS && plain_scan_take(s, ':'))
        if (number(s, &v[n++]))
            return -1;
    return *s->at ? plain_scan_expected(s, FORMS) : n;
}

static int clock_form(struct plain_scan *s, int64_t first, int64_t *sum)
{
    /* What the first field counts depends on how many there are; after days it is always hours. */
    static const int64_t unit_of_first[] = {MINUTE, MINUTE, HOUR};
    int64_t v[FIELDS];
    int64_t n = first;
    bool days = plain_scan_take(s, '-');
    if (days && (add(s, sum, first, DAY) || number(s, &n)))
        return -1;
    int len = fields(s, n, v);
    int64_t unit = len < 1 || days ? HOUR : unit_of_first[len - 1];
    for (int i = 0; i < len; i++, unit /= MINUTE)
        if (add(s, sum, v[i], unit))
            return -1;
    return len < 0 ? -1 : 0;
}

int plain_time_parse(const char *text, int64_t *seconds, struct error *err)
{
    struct plain_scan s = {text, text, err};
    int64_t n;
    *seconds = 0;
    if (*text < '0' || *text > '9')
        return plain_scan_expected(&s, FORMS);
    if (number(&s, &n))
        return -1;
    int64_t unit = take_unit(&s);
    if (unit ? duration(&s, n, unit, seconds) : clock_form(&s, n, seconds))
        return -1;
    return *seconds ? 0 : plain_scan_fail(&s, text, "must be at least one second");
}
