/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../goint.h"

static const struct {
    const char *text;
    enum goint_status status;
    long long value;
} rows[] = {
    {"0", GOINT_OK, 0},
    {"-0", GOINT_OK, 0},
    {"+7", GOINT_OK, 7},
    {"007", GOINT_OK, 7},
    {"9223372036854775807", GOINT_OK, INT64_MAX},
    {"-9223372036854775808", GOINT_OK, INT64_MIN},
    {"9223372036854775808", GOINT_RANGE, 0},
    {"-9223372036854775809", GOINT_RANGE, 0},
    {"18446744073709551616", GOINT_RANGE, 0},
    {"99999999999999999999x", GOINT_RANGE, 0}, /* given up before the letter */
    {"9999999999999999999x", GOINT_SYNTAX, 0},
    {"", GOINT_SYNTAX, 0},
    {"-", GOINT_SYNTAX, 0},
    {"+", GOINT_SYNTAX, 0},
    {"--1", GOINT_SYNTAX, 0},
    {" 1", GOINT_SYNTAX, 0},
    {"1 ", GOINT_SYNTAX, 0},
    {"1_000", GOINT_SYNTAX, 0},
    {"0x1", GOINT_SYNTAX, 0},
    {"1.0", GOINT_SYNTAX, 0},
};

Test(goint, reads_as_atoi_of_go_does)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t v = 0;
        enum goint_status status = goint_parse(rows[i].text, strlen(rows[i].text), &v);
        cr_expect_eq(status, rows[i].status, "\"%s\"", rows[i].text);
        cr_expect_eq(v, rows[i].value, "\"%s\"", rows[i].text);
    }
}

Test(goint, looks_at_the_given_bytes_only)
{
    int64_t v;
    cr_expect_eq(goint_parse("123", 2, &v), GOINT_OK);
    cr_expect_eq(v, 12);
}
