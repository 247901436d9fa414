/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>

#include "cleanup.h"
#include "yaml_scalar.h"

#define TAG(t) "tag:yaml.org,2002:" t

/* A value as JSON; reals with a point, so that they differ from integers. "error: ..." for one. */
static char *resolve(const char *text, bool plain, const char *tag)
{
    struct error err;
    cleanup_json json_t *v = yaml_scalar_resolve(text, plain, tag, &err);
    char *out = NULL;
    if (v)
        return json_dumps(v, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    cr_assert(asprintf(&out, "error: %s", err.text) > 0);
    return out;
}

static const struct {
    const char *text;
    const char *want;
} plain[] = {
    /* null */
    {"", "null"},
    {"~", "null"},
    {"null", "null"},
    {"Null", "null"},
    {"NULL", "null"},
    {"nULL", "\"nULL\""},
    /* booleans of YAML 1.1, in three spellings each */
    {"y", "true"},
    {"Y", "true"},
    {"yes", "true"},
    {"Yes", "true"},
    {"YES", "true"},
    {"yEs", "\"yEs\""},
    {"n", "false"},
    {"N", "false"},
    {"no", "false"},
    {"No", "false"},
    {"NO", "false"},
    {"nO", "\"nO\""},
    {"on", "true"},
    {"On", "true"},
    {"ON", "true"},
    {"oN", "\"oN\""},
    {"off", "false"},
    {"Off", "false"},
    {"OFF", "false"},
    {"true", "true"},
    {"True", "true"},
    {"TRUE", "true"},
    {"tRue", "\"tRue\""},
    {"false", "false"},
    {"False", "false"},
    {"FALSE", "false"},
    {"yes ", "\"yes \""},
    /* decimal */
    {"0", "0"},
    {"-0", "0"},
    {"+1", "1"},
    {"-1", "-1"},
    {"1_000", "1000"},
    {"1__0_", "10"},
    {"_1", "\"_1\""},
    {"+_1", "1"},
    {"+", "\"+\""},
    {"-", "\"-\""},
    {"--1", "\"--1\""},
    {"1-1", "\"1-1\""},
    {"1a", "\"1a\""},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"9223372036854775808", "9.2233720368547758e18"},
    {"-9223372036854775809", "-9.2233720368547758e18"},
    {"18446744073709551615", "1.8446744073709552e19"},
    {"18446744073709551616", "1.8446744073709552e19"},
    /* other bases */
    {"0400", "256"},
    {"-0400", "-256"},
    {"0o17", "15"},
    {"0O17", "15"},
    {"00", "0"},
    {"08", "8.0"},
    {"0o8", "\"0o8\""},
    {"0o", "\"0o\""},
    {"0b1", "1"},
    {"-0b11", "-3"},
    {"0b2", "\"0b2\""},
    {"0x1F", "31"},
    {"-0X1f", "-31"},
    {"0x_1F", "31"},
    {"0x", "\"0x\""},
    {"0xg", "\"0xg\""},
    {"0xFFFFFFFFFFFFFFFF", "1.8446744073709552e19"},
    {"0xFFFFFFFFFFFFFFFFF", "\"0xFFFFFFFFFFFFFFFFF\""},
    {"-0x8000000000000001", "\"-0x8000000000000001\""},
    {"0777777777777777777777777", "7.7777777777777776e23"},
    /* floats */
    {"1e3", "1000.0"},
    {"1E3", "1000.0"},
    {"1e+3", "1000.0"},
    {"1e-3", "0.001"},
    {"1e", "\"1e\""},
    {"1e+", "\"1e+\""},
    {".5", "0.5"},
    {"+.5", "0.5"},
    {"-.5", "-0.5"},
    {"1.", "1.0"},
    {"1.5", "1.5"},
    {"-1.5e2", "-150.0"},
    {"1_0.5", "10.5"},
    {".1_0", "0.10000000000000001"},
    {"._1", "\"._1\""},
    {".1_", "\".1_\""},
    {".", "\".\""},
    {"..", "\"..\""},
    {".e5", "\".e5\""},
    {"1..2", "\"1..2\""},
    {"1.2.3", "\"1.2.3\""},
    {"1e400", "\"1e400\""},
    {"-1e400", "\"-1e400\""},
    {"1e-400", "0.0"},
    {"0x1p3", "\"0x1p3\""},
    {"1p3", "\"1p3\""},
    {"infinity", "\"infinity\""},
    {"inf", "\"inf\""},
    {"nan", "\"nan\""},
    {".inf", "error: json: unsupported value: +Inf"},
    {"+.INF", "error: json: unsupported value: +Inf"},
    {"-.Inf", "error: json: unsupported value: -Inf"},
    {".nan", "error: json: unsupported value: NaN"},
    {".iNF", "\".iNF\""},
    /* strings */
    {"2001-01-01", "\"2001-01-01\""},
    {"2001-12-14t21:59:43.10-05:00", "\"2001-12-14t21:59:43.10-05:00\""},
    {"1:30", "\"1:30\""},
    {"190:20:30", "\"190:20:30\""},
    {"<<", "\"<<\""},
    {"=", "\"=\""},
    {"1 2", "\"1 2\""},
    {"\xd9\xa1", "\"\xd9\xa1\""},
};

Test(yaml_scalar, plain)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        cleanup_free char *got = resolve(plain[i].text, true, NULL);
        cr_expect_str_eq(got, plain[i].want, "%s: want %s, got %s", plain[i].text, plain[i].want,
                         got);
    }
}

Test(yaml_scalar, quoted_is_a_string)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        struct error err;
        cleanup_json json_t *v = yaml_scalar_resolve(plain[i].text, false, NULL, &err);
        cr_expect_str_eq(json_string_value(v), plain[i].text);
    }
}

/* 200 digits are a number, 400 are more than a double holds. */
Test(yaml_scalar, long_numbers)
{
    struct error err;
    char digits[401];
    memset(digits, '1', sizeof digits - 1);
    digits[400] = '\0';
    cleanup_json json_t *string = yaml_scalar_resolve(digits, true, NULL, &err);
    digits[200] = '\0';
    cleanup_json json_t *number = yaml_scalar_resolve(digits, true, NULL, &err);
    cr_expect(json_is_string(string));
    cr_expect(json_is_real(number));
}

Test(yaml_scalar, tags)
{
    static const struct {
        const char *tag, *text, *want;
    } rows[] = {
        {TAG("str"), "5", "\"5\""},
        {TAG("str"), "yes", "\"yes\""},
        {TAG("str"), "", "\"\""},
        {TAG("int"), "5", "5"},
        {TAG("int"), "0x10", "16"},
        {TAG("int"), "08", "error: cannot decode !!float `08` as a !!int"},
        {TAG("int"), "x", "error: cannot decode !!str `x` as a !!int"},
        {TAG("int"), "yes", "error: cannot decode !!bool `yes` as a !!int"},
        {TAG("int"), "", "error: cannot decode !!null `` as a !!int"},
        {TAG("float"), "5", "5"},
        {TAG("float"), "5.5", "5.5"},
        {TAG("float"), "x", "error: cannot decode !!str `x` as a !!float"},
        {TAG("bool"), "on", "true"},
        {TAG("bool"), "1", "error: cannot decode !!int `1` as a !!bool"},
        {TAG("null"), "", "null"},
        {TAG("null"), "0", "error: cannot decode !!int `0` as a !!null"},
        {TAG("timestamp"), "2001-01-01", "\"2001-01-01\""},
        {TAG("timestamp"), "foo", "error: cannot decode !!str `foo` as a !!timestamp"},
        {TAG("timestamp"), "5", "error: cannot decode !!int `5` as a !!timestamp"},
        {TAG("binary"), "aGVsbG8=", "\"hello\""},
        {TAG("binary"), "aGVs\nbG8=", "\"hello\""},
        {TAG("binary"), "//79", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {TAG("binary"), "x", "error: !!binary value contains invalid base64 data"},
        {TAG("binary"), "AA==", "error: a string contains a NUL character"},
        {TAG("merge"), "<<", "\"<<\""},
        {"!local", "5", "\"5\""},
        {"!", "5", "\"5\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_free char *got = resolve(rows[i].text, false, rows[i].tag);
        cr_expect_str_eq(got, rows[i].want, "%s %s: want %s, got %s", rows[i].tag, rows[i].text,
                         rows[i].want, got);
    }
}

Test(yaml_scalar, needs_quotes)
{
    static const char *const yes[] = {"2001-01-01",
                                      "2001-1-2",
                                      "2026-07-23T07:07:48Z",
                                      "2001-12-14t21:59:43.10-05:00",
                                      "2001-12-14 21:59:43",
                                      "2001-12-14 21:59:43.5",
                                      "1:30",
                                      "190:20:30",
                                      "+1:5",
                                      "1:5.5",
                                      ""};
    static const char *const no[] = {"x",
                                     "a b",
                                     "2001-13-01",
                                     "2001-01-32",
                                     "201-01-01",
                                     "20010-01-01",
                                     "2001-01",
                                     "2001-01-01x",
                                     "2001-01-01T",
                                     "2001-12-14T21:59:43",
                                     "2001-12-14 21:59:43Z",
                                     "2001-12-14T25:59:43Z",
                                     "1:60",
                                     "1:",
                                     ":1",
                                     "1:30x",
                                     "10.0.0.1",
                                     "1.2.3",
                                     "busybox:1.28",
                                     "0x",
                                     "100m"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        cr_expect(yaml_scalar_needs_quotes(yes[i]), "%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        cr_expect(!yaml_scalar_needs_quotes(no[i]), "%s", no[i]);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (plain[i].want[0] != '"')
            cr_expect(yaml_scalar_needs_quotes(plain[i].text), "%s", plain[i].text);
}
