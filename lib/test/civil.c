/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>

#include "../civil.h"

static const struct {
    struct civil c;
    long long seconds;
    const char *proves;
} rows[] = {
    {{1970, 1, 1, 0, 0, 0, 4}, 0, "epoch, a Thursday"},
    {{1969, 12, 31, 23, 59, 59, 3}, -1, "before the epoch"},
    {{2000, 2, 29, 0, 0, 0, 2}, 951782400, "leap year of the century"},
    {{2000, 3, 1, 0, 0, 0, 3}, 951868800, "day after"},
    {{1900, 3, 1, 0, 0, 0, 4}, -2203891200, "no leap year"},
    {{2024, 12, 31, 12, 0, 0, 2}, 1735646400, "last day of a leap year"},
    {{1, 1, 1, 0, 0, 0, 1}, -62135596800, "year 1"},
    {{0, 2, 29, 0, 0, 0, 2}, -62162121600, "year 0 is a leap year"},
    {{-1, 12, 31, 0, 0, 0, 5}, -62167305600, "before year 0"},
};

Test(civil, converts_both_ways)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct civil *want = &rows[i].c;
        struct civil c;
        cr_expect_eq(civil_to_seconds(want), rows[i].seconds, "%s: %lld", rows[i].proves,
                     (long long)civil_to_seconds(want));
        civil_from_seconds(rows[i].seconds, &c);
        cr_expect(c.year == want->year && c.month == want->month && c.day == want->day &&
                      c.hour == want->hour && c.minute == want->minute && c.second == want->second,
                  "%s: %lld-%d-%d", rows[i].proves, (long long)c.year, c.month, c.day);
        cr_expect_eq(c.weekday, want->weekday, "%s: weekday %d", rows[i].proves, c.weekday);
    }
}

static const struct {
    struct civil in;
    struct civil out;
    const char *proves;
} carried[] = {
    {{2020, 13, 1, 0, 0, 0, 0}, {2021, 1, 1, 0, 0, 0, 0}, "month 13"},
    {{2020, 0, 1, 0, 0, 0, 0}, {2019, 12, 1, 0, 0, 0, 0}, "month 0"},
    {{2020, -11, 1, 0, 0, 0, 0}, {2019, 1, 1, 0, 0, 0, 0}, "a year of months back"},
    {{2020, 3, 0, 0, 0, 0, 0}, {2020, 2, 29, 0, 0, 0, 0}, "day 0"},
    {{2021, 2, 29, 0, 0, 0, 0}, {2021, 3, 1, 0, 0, 0, 0}, "a day that is not there"},
    {{2020, 12, 31, 23, 59, 60, 0}, {2021, 1, 1, 0, 0, 0, 0}, "second 60"},
    {{2020, 1, 1, -1, 0, 0, 0}, {2019, 12, 31, 23, 0, 0, 0}, "hour -1"},
};

Test(civil, carries_over)
{
    for (size_t i = 0; i < sizeof carried / sizeof *carried; i++)
        cr_expect_eq(civil_to_seconds(&carried[i].in), civil_to_seconds(&carried[i].out), "%s",
                     carried[i].proves);
}

Test(civil, every_day_of_four_centuries_follows_the_one_before)
{
    struct civil last;
    civil_from_seconds(-86400, &last);
    for (int64_t day = 0; day < 146097; day++) {
        struct civil c;
        civil_from_seconds(day * 86400, &c);
        cr_assert_eq(civil_to_seconds(&c), day * 86400);
        bool same_month = c.month == last.month && c.day == last.day + 1;
        bool next_month = c.day == 1 && last.day == civil_days_in_month(last.year, last.month) &&
                          (c.month == last.month + 1 || (c.month == 1 && last.month == 12));
        cr_assert(same_month || next_month, "%lld-%d-%d", (long long)c.year, c.month, c.day);
        cr_assert_eq(c.weekday, (last.weekday + 1) % 7);
        last = c;
    }
    cr_expect_eq(last.year, 2369);
}

Test(civil, limits_are_safe)
{
    struct civil c;
    civil_from_seconds(CIVIL_MAX, &c);
    cr_expect_eq(civil_to_seconds(&c), CIVIL_MAX);
    civil_from_seconds(-CIVIL_MAX, &c);
    cr_expect_eq(civil_to_seconds(&c), -CIVIL_MAX);
}
