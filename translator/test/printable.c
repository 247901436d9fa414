/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../printable.h"
#include "cleanup.h"

static const struct {
    const char *in;
    const char *out;
} rows[] = {
    {"", ""},
    {"pi.yaml", "pi.yaml"},
    {"a\nb", "a?b"},
    {"\x1b[31mred", "?[31mred"},
    {"\x7f", "?"},
    {"\xc3\xa4\xe2\x82\xac", "\xc3\xa4\xe2\x82\xac"},
    {"\xc2\x9b"
     "31m",
     "?31m"}, /* CSI in one character */
    {"\xc2\xa0", "\xc2\xa0"},
    {"\xc2", "\xc2"},
};

Test(printable, copy)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_free char *out = printable_copy(rows[i].in);
        cr_expect_str_eq(out, rows[i].out);
    }
}

Test(printable, keeps_what_it_is_told)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    printable_add(&b, "a\n\tb", 4, "\n");
    cr_expect_str_eq(strbuf_str(&b), "a\n?b");
}

Test(printable, escapes_as_kubectl)
{
    static const char in[] = "\x1b[31m\ta\r\nb\a\xc2\x9b";
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    printable_escape(&b, in, sizeof in - 1, "\n\t");
    cr_expect_str_eq(strbuf_str(&b), "^[[31m\ta\\r\nb??");
}
