/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timefmt.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "civil.h"

static bool representable(const struct civil *c)
{
    return c->year >= 0 && c->year <= 9999;
}

static bool break_down(int64_t t, struct civil *c)
{
    if (t > CIVIL_MAX || t < -CIVIL_MAX)
        return false;
    civil_from_seconds(t, c);
    return representable(c);
}

const char *timefmt_rfc3339(int64_t t, char buf[TIMEFMT_MAX])
{
    struct civil c;
    buf[0] = '\0';
    if (break_down(t, &c))
        snprintf(buf, TIMEFMT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)c.year, c.month, c.day,
                 c.hour, c.minute, c.second);
    return buf;
}

const char *timefmt_rfc3339_us(int64_t us, char buf[TIMEFMT_MAX])
{
    int64_t rest = us % 1000000;
    int64_t second = us / 1000000 - (rest < 0);
    size_t n = strlen(timefmt_rfc3339(second, buf));
    if (n)
        snprintf(buf + n - 1, TIMEFMT_MAX - n + 1, ".%06dZ",
                 (int)(rest < 0 ? rest + 1000000 : rest));
    return buf;
}

const char *timefmt_rfc1123z(int64_t t, int offset, char buf[TIMEFMT_MAX])
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil c;
    int64_t local;
    buf[0] = '\0';
    if (__builtin_add_overflow(t, (int64_t)offset, &local) || !break_down(local, &c))
        return buf;
    int minutes = offset / 60;
    char sign = minutes < 0 ? '-' : '+';
    if (minutes < 0)
        minutes = -minutes;
    snprintf(buf, TIMEFMT_MAX, "%s, %02d %s %04d %02d:%02d:%02d %c%02d%02d", days[c.weekday], c.day,
             months[c.month - 1], (int)c.year, c.hour, c.minute, c.second, sign, minutes / 60,
             minutes % 60);
    return buf;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads min to max digits. Returns whether they were there and the value is within low to high. */
static bool read_int(const char **s, int min, int max, int low, int high, int *out)
{
    int n = 0;
    *out = 0;
    for (; n < max && is_digit(**s); n++)
        *out = *out * 10 + (*(*s)++ - '0');
    return n >= min && *out >= low && *out <= high;
}

static bool read_char(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static void skip_fraction(const char **s)
{
    if ((**s == '.' || **s == ',') && is_digit((*s)[1]))
        *s += 1 + strspn(*s + 1, "0123456789");
}

/* Z, or a sign, hours and minutes. Go lets 24 and 60 pass here. */
static bool read_offset(const char **s, int *offset)
{
    int hours;
    int minutes;
    *offset = 0;
    if (read_char(s, 'Z'))
        return true;
    int sign = **s == '-' ? -1 : 1;
    if (!read_char(s, '+') && !read_char(s, '-'))
        return false;
    if (!read_int(s, 2, 2, 0, 24, &hours) || !read_char(s, ':') ||
        !read_int(s, 2, 2, 0, 60, &minutes))
        return false;
    *offset = sign * (hours * 3600 + minutes * 60);
    return true;
}

int timefmt_parse_rfc3339(const char *text, int64_t *t)
{
    struct civil c = {0};
    int year;
    int offset;
    const char *s = text;
    /* Go reads the hour with one or two digits. */
    if (!read_int(&s, 4, 4, 0, 9999, &year) || !read_char(&s, '-') ||
        !read_int(&s, 2, 2, 1, 12, &c.month) || !read_char(&s, '-') ||
        !read_int(&s, 2, 2, 1, civil_days_in_month(year, c.month), &c.day) || !read_char(&s, 'T') ||
        !read_int(&s, 1, 2, 0, 23, &c.hour) || !read_char(&s, ':') ||
        !read_int(&s, 2, 2, 0, 59, &c.minute) || !read_char(&s, ':') ||
        !read_int(&s, 2, 2, 0, 59, &c.second))
        return -1;
    skip_fraction(&s);
    if (!read_offset(&s, &offset) || *s)
        return -1;
    c.year = year;
    *t = civil_to_seconds(&c) - offset;
    return 0;
}
