/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "utf8.h"

#define BAD "\xef\xbf\xbd"

struct row {
    const char *in;
    size_t len;
    const char *file;   /* utf8_from_file() */
    const char *repair; /* utf8_repair(); NULL = not looked at */
};

#define ROW(in, file, repair)                                                                      \
    {                                                                                              \
        in, sizeof(in) - 1, file, repair                                                           \
    }

static const struct row rows[] = {
    ROW("", "", ""),
    ROW("abc", "abc", "abc"),
    ROW("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
        "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
    ROW("\xff", BAD, BAD),
    ROW("\x80", BAD, BAD),
    ROW("\xc3", BAD, BAD),
    ROW("\xc3(", BAD "(", BAD "("),
    ROW("\xc0\x80", BAD BAD, BAD BAD),
    /* Files: one mark for all that could have begun a character. JSON: one a byte. */
    ROW("\xe2\x82", BAD, BAD BAD),
    ROW("\xe2\x82x", BAD "x", BAD BAD "x"),
    ROW("\xf0\x9f\x98", BAD, BAD BAD BAD),
    ROW("\xf0\x9fx", BAD "x", BAD BAD "x"),
    ROW("\xed\xa0\x80", BAD BAD BAD, BAD BAD BAD),
    ROW("\xe0\x80\x80", BAD BAD BAD, BAD BAD BAD),
    ROW("\xf4\x90\x80\x80", BAD BAD BAD BAD, BAD BAD BAD BAD),
    ROW("\xf8\x88\x80\x80\x80", BAD BAD BAD BAD BAD, BAD BAD BAD BAD BAD),
    ROW("\xef\xbf\xbd", BAD, BAD),
    /* byte order marks */
    ROW("\xef\xbb\xbfx", "x", NULL),
    ROW("\xef\xbb\xbf\xef\xbb\xbfx", "\xef\xbb\xbfx", NULL),
    ROW("\xef\xbb\xbfx\xff", "x\xff", NULL),
    ROW("\xef\xbb", BAD, NULL),
    ROW("\xff\xfex\0y\0", "xy", NULL),
    ROW("\xfe\xff\0x\0y", "xy", NULL),
    ROW("\xff\xfe=\xd8\x00\xde", "\xf0\x9f\x98\x80", NULL),
    ROW("\xfe\xff\xd8=\xde\x00", "\xf0\x9f\x98\x80", NULL),
    ROW("\xff\xfe=\xd8x\0", BAD "x", NULL),
    ROW("\xff\xfe=\xd8", BAD, NULL),
    ROW("\xff\xfe\x00\xdex\0", BAD "x", NULL),
    ROW("\xff\xfex\0y", "x" BAD, NULL),
    ROW("\xff\xfe\xac\x20", "\xe2\x82\xac", NULL),
    ROW("\xff\xfe", "", NULL),
};

Test(utf8, texts)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf file = STRBUF_INIT;
        cleanup_strbuf struct strbuf repaired = STRBUF_INIT;
        utf8_from_file(&file, rows[i].in, rows[i].len);
        utf8_repair(&repaired, rows[i].in, rows[i].len);
        cr_expect_str_eq(strbuf_str(&file), rows[i].file, "row %zu: %s", i, strbuf_str(&file));
        if (rows[i].repair)
            cr_expect_str_eq(strbuf_str(&repaired), rows[i].repair, "row %zu", i);
    }
}

Test(utf8, every_character)
{
    for (uint32_t c = 1; c <= 0x110010; c++) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        uint32_t got;
        bool valid = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
        utf8_append(&b, c);
        cr_assert_eq(utf8_decode(b.data, b.len, &got), b.len);
        cr_assert_eq(got, valid ? c : UTF8_REPLACEMENT);
        for (size_t cut = 1; cut < b.len; cut++) {
            cr_assert_eq(utf8_decode(b.data, cut, &got), 1);
            cr_assert_eq(got, UTF8_REPLACEMENT);
        }
    }
}
