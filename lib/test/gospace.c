/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "../gospace.h"
#include "../strbuf.h"

static const struct {
    const char *text;
    const char *fields; /* with | between */
    const char *trimmed;
    const char *proves;
} rows[] = {
    {"", "", "", "nothing"},
    {"  \t", "", "", "white space only"},
    {"a", "a", "a", "one"},
    {"a b", "a|b", "a b", "two"},
    {"  a \t\n\v\f\r b  ", "a|b", "a \t\n\v\f\r b", "every kind of ASCII"},
    {"\xc2\xa0"
     "a\xc2\x85"
     "b\xe2\x80\x83",
     "a|b",
     "a\xc2\x85"
     "b",
     "no-break space, next line, em space"},
    {"\xe3\x80\x80\xe6\x97\xa5\xe3\x80\x80", "\xe6\x97\xa5", "\xe6\x97\xa5", "ideographic space"},
    {"\xe2\x80\x8b", "\xe2\x80\x8b", "\xe2\x80\x8b", "zero width space is none"},
    {"a\xc2", "a\xc2", "a\xc2", "torn UTF-8"},
};

Test(gospace, fields_and_trim)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        size_t len;
        for (const char *s = gospace_field(rows[i].text, &len); s;
             s = gospace_field(s + len, &len)) {
            strbuf_adds(&b, b.len ? "|" : "");
            strbuf_add(&b, s, len);
        }
        cr_expect_str_eq(strbuf_str(&b), rows[i].fields, "%s", rows[i].proves);
        char *trimmed = gospace_trim(rows[i].text);
        cr_expect_str_eq(trimmed, rows[i].trimmed, "%s", rows[i].proves);
        free(trimmed);
    }
}
