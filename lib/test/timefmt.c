/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>

#include "../timefmt.h"

static const struct {
    const char *text;
    long long t;
    const char *utc; /* printed again; NULL = refused */
    const char *proves;
} rows[] = {
    {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z", "epoch"},
    {"1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z", "before it"},
    {"2024-02-29T12:34:56Z", 1709210096, "2024-02-29T12:34:56Z", "leap day"},
    {"2000-02-29T00:00:00Z", 951782400, "2000-02-29T00:00:00Z", "leap year of the century"},
    {"2020-01-02T03:04:05+01:00", 1577930645, "2020-01-02T02:04:05Z", "east"},
    {"2020-01-01T00:00:00-05:30", 1577856600, "2020-01-01T05:30:00Z", "west"},
    {"2020-01-01T00:00:00.999999999Z", 1577836800, "2020-01-01T00:00:00Z", "fraction dropped"},
    {"2020-01-01T00:00:00,5Z", 1577836800, "2020-01-01T00:00:00Z", "comma as in ISO 8601"},
    {"2020-01-01T5:00:00Z", 1577854800, "2020-01-01T05:00:00Z", "one digit of an hour"},
    {"0000-01-01T00:00:00Z", -62167219200, "0000-01-01T00:00:00Z", "year 0"},
    {"9999-12-31T23:59:59Z", 253402300799, "9999-12-31T23:59:59Z", "year 9999"},
    {"9999-12-31T23:59:59-01:00", 253402304399, "", "beyond what the API can print"},
    {"2023-02-29T00:00:00Z", 0, NULL, "no leap year"},
    {"1900-02-29T00:00:00Z", 0, NULL, "no leap year of the century"},
    {"2020-13-01T00:00:00Z", 0, NULL, "month"},
    {"2020-00-01T00:00:00Z", 0, NULL, "month 0"},
    {"2020-04-31T00:00:00Z", 0, NULL, "day"},
    {"2020-01-00T00:00:00Z", 0, NULL, "day 0"},
    {"2020-01-01T24:00:00Z", 0, NULL, "hour"},
    {"2020-01-01T00:60:00Z", 0, NULL, "minute"},
    {"2020-01-01T00:00:60Z", 0, NULL, "leap second"},
    {"2020-01-01T00:00:00", 0, NULL, "no zone"},
    {"2020-01-01T00:00:00.Z", 0, NULL, "no fraction behind the point"},
    {"2020-01-01T00:00:00z", 0, NULL, "small z"},
    {"2020-01-01t00:00:00Z", 0, NULL, "small t"},
    {"2020-01-01 00:00:00Z", 0, NULL, "blank"},
    {"2020-01-01", 0, NULL, "date only"},
    {"2020-1-01T00:00:00Z", 0, NULL, "one digit of a month"},
    {"20-01-01T00:00:00Z", 0, NULL, "two digits of a year"},
    {"2020-01-01T00:00:00+0100", 0, NULL, "no colon"},
    {"2020-01-01T00:00:00+25:00", 0, NULL, "offset"},
    {"2020-01-01T00:00:00Zx", 0, NULL, "more behind"},
    {"", 0, NULL, "empty"},
};

Test(timefmt, rfc3339)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char buf[TIMEFMT_MAX];
        int64_t t = 0;
        int rc = timefmt_parse_rfc3339(rows[i].text, &t);
        cr_expect_eq(rc, rows[i].utc ? 0 : -1, "\"%s\" (%s)", rows[i].text, rows[i].proves);
        cr_expect_eq(t, rows[i].t, "\"%s\" (%s): %lld", rows[i].text, rows[i].proves, (long long)t);
        if (rows[i].utc)
            cr_expect_str_eq(timefmt_rfc3339(t, buf), rows[i].utc, "%s: %s", rows[i].proves, buf);
    }
}

static const struct {
    long long t;
    int offset;
    const char *text;
} described[] = {
    {0, 0, "Thu, 01 Jan 1970 00:00:00 +0000"},
    {1577930645, 0, "Thu, 02 Jan 2020 02:04:05 +0000"},
    {1577930645, 3600, "Thu, 02 Jan 2020 03:04:05 +0100"},
    {1577930645, -19800, "Wed, 01 Jan 2020 20:34:05 -0530"},
    {1709210096, 45 * 60, "Thu, 29 Feb 2024 13:19:56 +0045"},
    {-1, 0, "Wed, 31 Dec 1969 23:59:59 +0000"},
    {INT64_MAX, 0, ""},
    {INT64_MAX, 3600, ""},
    {INT64_MIN, -3600, ""},
};

Test(timefmt, rfc1123z)
{
    for (size_t i = 0; i < sizeof described / sizeof *described; i++) {
        char buf[TIMEFMT_MAX];
        cr_expect_str_eq(timefmt_rfc1123z(described[i].t, described[i].offset, buf),
                         described[i].text, "%s", buf);
    }
}

Test(timefmt, prints_nothing_beyond_the_years_of_the_api)
{
    char buf[TIMEFMT_MAX];
    cr_expect_str_eq(timefmt_rfc3339(253402300800, buf), "");
    cr_expect_str_eq(timefmt_rfc3339(-62167219201, buf), "");
    cr_expect_str_eq(timefmt_rfc3339(INT64_MAX, buf), "");
    cr_expect_str_eq(timefmt_rfc3339(INT64_MIN, buf), "");
}

Test(timefmt, microseconds)
{
    char buf[TIMEFMT_MAX];
    cr_expect_str_eq(timefmt_rfc3339_us(0, buf), "1970-01-01T00:00:00.000000Z");
    cr_expect_str_eq(timefmt_rfc3339_us(1577836800000042, buf), "2020-01-01T00:00:00.000042Z");
    cr_expect_str_eq(timefmt_rfc3339_us(-1, buf), "1969-12-31T23:59:59.999999Z");
    cr_expect_str_eq(timefmt_rfc3339_us(INT64_MIN, buf), "");
}
