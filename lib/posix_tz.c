/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "posix_tz.h"

#include <string.h>

#include "civil.h"

enum { HOUR = 3600, DAY = 86400, MAX_HOURS = 24 * 7 /* as tzcode; POSIX has 24 */ };

struct text {
    const char *s;
    const char *end;
};

static bool at_end(const struct text *t)
{
    return t->s == t->end;
}

static bool skip(struct text *t, char c)
{
    if (at_end(t) || *t->s != c)
        return false;
    t->s++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool read_number(struct text *t, int low, int high, int *out)
{
    const char *start = t->s;
    *out = 0;
    for (; !at_end(t) && is_digit(*t->s); t->s++) {
        *out = *out * 10 + (*t->s - '0');
        if (*out > high)
            return false;
    }
    return t->s > start && *out >= low;
}

/* A name of three characters or more, or anything in <>. The name itself is of no use here. */
static bool skip_name(struct text *t)
{
    if (skip(t, '<')) {
        while (!at_end(t) && *t->s != '>')
            t->s++;
        return skip(t, '>');
    }
    const char *start = t->s;
    while (!at_end(t) && !is_digit(*t->s) && !strchr(",-+", *t->s))
        t->s++;
    return t->s - start >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(struct text *t, int *out)
{
    int value;
    bool negative = !at_end(t) && *t->s == '-';
    if (!skip(t, '-'))
        skip(t, '+');
    if (!read_number(t, 0, MAX_HOURS, &value))
        return false;
    *out = value * HOUR;
    for (int unit = 60; unit >= 1 && skip(t, ':'); unit /= 60) {
        if (!read_number(t, 0, 59, &value))
            return false;
        *out += value * unit;
    }
    if (negative)
        *out = -*out;
    return true;
}

static bool read_day(struct text *t, struct posix_tz_rule *r)
{
    if (skip(t, 'J')) {
        r->kind = POSIX_TZ_JULIAN;
        return read_number(t, 1, 365, &r->day);
    }
    if (skip(t, 'M')) {
        r->kind = POSIX_TZ_WEEKDAY;
        return read_number(t, 1, 12, &r->month) && skip(t, '.') && read_number(t, 1, 5, &r->week) &&
               skip(t, '.') && read_number(t, 0, 6, &r->day);
    }
    r->kind = POSIX_TZ_DAY;
    return read_number(t, 0, 365, &r->day);
}

static bool read_rule(struct text *t, struct posix_tz_rule *r)
{
    r->time = 2 * HOUR;
    return read_day(t, r) && (!skip(t, '/') || read_time(t, &r->time));
}

/* The rules of the United States, which stand for a missing part as in tzcode. */
static void default_rules(struct posix_tz *tz)
{
    tz->start = (struct posix_tz_rule){POSIX_TZ_WEEKDAY, 0, 2, 3, 2 * HOUR};
    tz->end = (struct posix_tz_rule){POSIX_TZ_WEEKDAY, 0, 1, 11, 2 * HOUR};
}

static bool parse(struct text *t, struct posix_tz *tz)
{
    if (!skip_name(t) || !read_time(t, &tz->std_offset))
        return false;
    tz->std_offset = -tz->std_offset; /* the text counts west of UTC */
    if (at_end(t) || *t->s == ',')
        return true;
    tz->has_dst = true;
    tz->dst_offset = tz->std_offset + HOUR;
    if (!skip_name(t))
        return false;
    if (!at_end(t) && *t->s != ',') {
        if (!read_time(t, &tz->dst_offset))
            return false;
        tz->dst_offset = -tz->dst_offset;
    }
    if (at_end(t)) {
        default_rules(tz);
        return true;
    }
    return skip(t, ',') && read_rule(t, &tz->start) && skip(t, ',') && read_rule(t, &tz->end) &&
           at_end(t);
}

int posix_tz_parse(const char *s, size_t len, struct posix_tz *out)
{
    struct text t = {s, s + len};
    memset(out, 0, sizeof *out);
    return parse(&t, out) ? 0 : -1;
}

static int64_t start_of(int64_t year, int month)
{
    struct civil c = {.year = year, .month = month, .day = 1};
    return civil_to_seconds(&c);
}

/* The day of the month, from 0, that is the week-th (5: last) weekday of its kind. */
static int nth_weekday(const struct posix_tz_rule *r, int64_t year)
{
    struct civil first;
    civil_from_seconds(start_of(year, r->month), &first);
    int day = (r->day - first.weekday + 7) % 7;
    for (int week = 1; week < r->week && day + 7 < civil_days_in_month(year, r->month); week++)
        day += 7;
    return day;
}

/* The instant of a change. offset is the one in force before it. */
static int64_t change_time(const struct posix_tz_rule *r, int64_t year, int offset)
{
    int64_t day = start_of(year, 1);
    bool leap = civil_days_in_month(year, 2) == 29;
    switch (r->kind) {
    case POSIX_TZ_JULIAN:
        day += (int64_t)DAY * (r->day - 1 + (leap && r->day >= 60));
        break;
    case POSIX_TZ_DAY:
        day += (int64_t)DAY * r->day;
        break;
    case POSIX_TZ_WEEKDAY:
        day = start_of(year, r->month) + (int64_t)DAY * nth_weekday(r, year);
        break;
    }
    return day + r->time - offset;
}

int posix_tz_offset(const struct posix_tz *tz, int64_t utc)
{
    if (!tz->has_dst)
        return tz->std_offset;
    struct civil c;
    civil_from_seconds(utc, &c);
    int64_t start = change_time(&tz->start, c.year, tz->std_offset);
    int64_t end = change_time(&tz->end, c.year, tz->dst_offset);
    /* South of the equator the year begins and ends with daylight saving time. */
    bool dst = start <= end ? utc >= start && utc < end : utc < end || utc >= start;
    return dst ? tz->dst_offset : tz->std_offset;
}
