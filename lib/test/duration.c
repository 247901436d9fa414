/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>

#include "../duration.h"

static const struct {
    const char *text;
    long long nanoseconds;
    const char *error; /* NULL = accepted */
    const char *proves;
} rows[] = {
    {"0", 0, NULL, "zero needs no unit"},
    {"-0", 0, NULL, "signed zero"},
    {"1ns", 1, NULL, "ns"},
    {"1us", 1000, NULL, "us"},
    {"1\xc2\xb5s", 1000, NULL, "micro sign"},
    {"1\xce\xbcs", 1000, NULL, "Greek mu"},
    {"1ms", 1000000, NULL, "ms"},
    {"1s", 1000000000, NULL, "s"},
    {"1m", 60000000000, NULL, "m"},
    {"1h", 3600000000000, NULL, "h"},
    {"1h30m", 5400000000000, NULL, "two parts"},
    {"1m1h1m", 3720000000000, NULL, "any order, repeated"},
    {"1.5h", 5400000000000, NULL, "fraction"},
    {".5s", 500000000, NULL, "no digit before the point"},
    {"1.s", 1000000000, NULL, "no digit behind the point"},
    {"+5s", 5000000000, NULL, "plus"},
    {"-1.5s", -1500000000, NULL, "minus"},
    {"0.9ns", 0, NULL, "less than a nanosecond is dropped"},
    {"0.100000000000000000000h", 360000000000, NULL, "more digits than fit"},
    {"0.3333333333333333333h", 1200000000000, NULL, "long fraction"},
    {"9223372036854775807ns", INT64_MAX, NULL, "largest"},
    {"-9223372036854775808ns", INT64_MIN, NULL, "smallest"},
    {"2562047h47m16.854775807s", INT64_MAX, NULL, "largest, in parts"},
    {"9223372036854775808ns", 0, "time: invalid duration \"9223372036854775808ns\"", "overflow"},
    {"2562048h", 0, "time: invalid duration \"2562048h\"", "overflow of the unit"},
    {"9223372036s1s", 0, "time: invalid duration \"9223372036s1s\"", "overflow of the sum"},
    {"99999999999999999999s", 0, "time: invalid duration \"99999999999999999999s\"", "digits"},
    {"", 0, "time: invalid duration \"\"", "empty"},
    {"x", 0, "time: invalid duration \"x\"", "no number"},
    {"-", 0, "time: invalid duration \"-\"", "sign only"},
    {".s", 0, "time: invalid duration \".s\"", "point only"},
    {"--1s", 0, "time: invalid duration \"--1s\"", "two signs"},
    {" 1s", 0, "time: invalid duration \" 1s\"", "blank"},
    {"1", 0, "time: missing unit in duration \"1\"", "no unit"},
    {"1.5", 0, "time: missing unit in duration \"1.5\"", "no unit, fraction"},
    {"1d", 0, "time: unknown unit \"d\" in duration \"1d\"", "days are no unit"},
    {"1hh", 0, "time: unknown unit \"hh\" in duration \"1hh\"", "doubled"},
    {"1S", 0, "time: unknown unit \"S\" in duration \"1S\"", "case"},
    {"1s ", 0, "time: unknown unit \"s \" in duration \"1s \"", "blank behind"},
    {"\"\\\t", 0, "time: invalid duration \"\\\"\\\\\\x09\"", "quoting"},
    {"1\xc2\xb5", 0, "time: unknown unit \"\\xc2\\xb5\" in duration \"1\\xc2\\xb5\"", "UTF-8"},
};

Test(duration, reads_as_go_does)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        int64_t ns = 0;
        int rc = duration_parse(rows[i].text, &ns, &err);
        cr_expect_eq(rc, rows[i].error ? -1 : 0, "\"%s\" (%s)", rows[i].text, rows[i].proves);
        cr_expect_eq(ns, rows[i].nanoseconds, "\"%s\" (%s)", rows[i].text, rows[i].proves);
        cr_expect_str_eq(err.text, rows[i].error ? rows[i].error : "", "%s: %s", rows[i].proves,
                         err.text);
    }
}

#define M 60LL
#define H 3600LL
#define D 86400LL
#define Y (365 * D)

static const struct {
    long long seconds;
    const char *text;
} ages[] = {
    {-100, "<invalid>"},
    {-2, "<invalid>"},
    {-1, "0s"}, /* clocks may differ by a second */
    {0, "0s"},
    {1, "1s"},
    {119, "119s"},
    {120, "2m"},
    {121, "2m1s"},
    {10 * M - 1, "9m59s"},
    {10 * M, "10m"},
    {11 * M - 1, "10m"},
    {3 * H - 1, "179m"},
    {3 * H, "3h"},
    {3 * H + M - 1, "3h"},
    {3 * H + M, "3h1m"},
    {8 * H - 1, "7h59m"},
    {8 * H, "8h"},
    {2 * D - 1, "47h"},
    {2 * D, "2d"},
    {2 * D + H, "2d1h"},
    {8 * D - 1, "7d23h"},
    {8 * D, "8d"},
    {2 * Y - 1, "729d"},
    {2 * Y, "2y"},
    {2 * Y + D - 1, "2y"},
    {2 * Y + D, "2y1d"},
    {8 * Y - 1, "7y364d"},
    {8 * Y, "8y"},
    {100 * Y + 5 * D, "100y"},
    {INT64_MAX, "292471208677y"},
    {INT64_MIN, "<invalid>"},
};

Test(duration, prints_ages_as_kubectl_does)
{
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        char buf[DURATION_HUMAN_MAX];
        cr_expect_str_eq(duration_human(ages[i].seconds, buf), ages[i].text, "%lld: %s",
                         ages[i].seconds, buf);
    }
}
