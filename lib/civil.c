/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "civil.h"

#include <stdbool.h>

enum {
    DAY = 86400,
    ERA_DAYS = 146097 /* in 400 years */,
    EPOCH = 719468 /* 1970, from 0000-03-01 */
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Both conversions count years from March, so that the leap day is the last of a year. */
static int64_t days_before(int64_t year, int month)
{
    int from_march = (month + 9) % 12;
    year -= month <= 2;
    return year * 365 + floor_div(year, 4) - floor_div(year, 100) + floor_div(year, 400) +
           (153 * from_march + 2) / 5 - EPOCH;
}

void civil_from_seconds(int64_t seconds, struct civil *out)
{
    int64_t days = floor_div(seconds, DAY);
    int rest = (int)(seconds - days * DAY);
    int64_t era = floor_div(days + EPOCH, ERA_DAYS);
    int in_era = (int)(days + EPOCH - era * ERA_DAYS);
    int year = (in_era - in_era / 1460 + in_era / 36524 - in_era / (ERA_DAYS - 1)) / 365;
    int in_year = in_era - (365 * year + year / 4 - year / 100);
    int from_march = (5 * in_year + 2) / 153;
    out->month = from_march < 10 ? from_march + 3 : from_march - 9;
    out->day = in_year - (153 * from_march + 2) / 5 + 1;
    out->year = era * 400 + year + (out->month <= 2);
    out->hour = rest / 3600;
    out->minute = rest / 60 % 60;
    out->second = rest % 60;
    out->weekday = (int)(days + 4 - floor_div(days + 4, 7) * 7); /* 1970-01-01 was a Thursday */
}

int64_t civil_to_seconds(const struct civil *c)
{
    int64_t years = floor_div((int64_t)c->month - 1, 12);
    int month = (int)(c->month - years * 12);
    int64_t days = days_before(c->year + years, month) + c->day - 1;
    return days * DAY + (int64_t)c->hour * 3600 + (int64_t)c->minute * 60 + c->second;
}

int civil_days_in_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}
