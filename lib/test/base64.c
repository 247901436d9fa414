/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../base64.h"

static const struct {
    const char *text;
    const char *data; /* NULL = refused */
    size_t len;       /* of data, or where the error is */
    const char *proves;
} rows[] = {
    {"", "", 0, "empty"},
    {"YQ==", "a", 1, "one byte"},
    {"YWI=", "ab", 2, "two bytes"},
    {"YWJj", "abc", 3, "three bytes"},
    {"YWJjZA==", "abcd", 4, "two groups"},
    {"/+8A", "\xff\xef\x00", 3, "all of the alphabet, a NUL byte"},
    {"YW\nJj\r\n", "abc", 3, "line breaks"},
    {"YQ=\n=\n", "a", 1, "line breaks in the padding"},
    {"YR==", "a", 1, "unused bits are not checked"},
    {"YQ", NULL, 0, "no padding"},
    {"YWJjYQ", NULL, 4, "no padding, second group"},
    {"Y", NULL, 0, "one character"},
    {"YQ=", NULL, 3, "half of the padding"},
    {"YQ=x", NULL, 2, "something else for the second pad"},
    {"=", NULL, 0, "padding alone"},
    {"Y===", NULL, 1, "padding too early"},
    {"YWI==", NULL, 4, "too much padding"},
    {"YQ==YQ==", NULL, 4, "more behind the padding"},
    {"YW J", NULL, 2, "blank"},
    {"YW-_", NULL, 2, "the alphabet of URLs"},
    {"\xc3\xa9==", NULL, 0, "not ASCII"},
};

Test(base64, decodes_as_go_does)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char *data;
        size_t len;
        int rc = base64_decode(rows[i].text, &data, &len);
        cr_expect_eq(rc, rows[i].data ? 0 : -1, "\"%s\" (%s)", rows[i].text, rows[i].proves);
        cr_expect_eq(len, rows[i].len, "\"%s\" (%s): %zu", rows[i].text, rows[i].proves, len);
        if (rows[i].data && rc == 0) {
            cr_expect_eq(memcmp(data, rows[i].data, rows[i].len), 0, "%s", rows[i].proves);
            cr_expect_eq(data[len], 0, "a NUL byte follows");
        }
        cr_expect_eq(!data, !rows[i].data, "%s", rows[i].proves);
        free(data);
    }
}

Test(base64, encodes_as_go_does)
{
    static const struct {
        const char *data;
        size_t len;
        const char *text;
    } encoded[] = {
        {"", 0, ""},        {"a", 1, "YQ=="},        {"ab", 2, "YWI="},
        {"abc", 3, "YWJj"}, {"abcd", 4, "YWJjZA=="}, {"\0\xff\xfe", 3, "AP/+"},
    };
    for (size_t i = 0; i < sizeof encoded / sizeof *encoded; i++) {
        char *text = base64_encode(encoded[i].data, encoded[i].len);
        cr_expect_str_eq(text, encoded[i].text);
        free(text);
    }
}
