/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "../interval.h"
#include "../strbuf.h"

#define TWO_PARTS                                                                                  \
    " violates the requirement that an index interval can have at most two parts separated by '-'"
#define NOT_INTEGER "cannot convert string to integer for index: "

static const struct {
    const char *text;
    int32_t completions;
    long long count;
    const char *error; /* NULL = accepted */
    const char *proves;
} rows[] = {
    {"", 5, 0, NULL, "empty set"},
    {"0", 1, 1, NULL, "one"},
    {"0-4", 5, 5, NULL, "all"},
    {"0-1,3,4", 5, 4, NULL, "touching parts need not be merged"},
    {"+1", 5, 1, NULL, "Atoi takes a plus"},
    {"00,01", 5, 2, NULL, "leading zeros"},
    {"0-2147483645", INT32_MAX, 2147483646, NULL, "large"},
    {"5", 5, 0, "too large index: \"5\"", "equal to completions"},
    {"0-5", 5, 0, "too large index: \"5\"", "the end of an interval"},
    {"7-9", 5, 0, "too large index: \"7\"", "the start comes first"},
    {"0", 0, 0, "too large index: \"0\"", "no completions"},
    {"9223372036854775807", 5, 0, "too large index: \"9223372036854775807\"", "64 bits"},
    {"9223372036854775808", 5, 0, NOT_INTEGER "\"9223372036854775808\"", "beyond 64 bits"},
    {"a", 5, 0, NOT_INTEGER "\"a\"", "letter"},
    {"1,", 5, 0, NOT_INTEGER "\"\"", "comma last"},
    {",1", 5, 0, NOT_INTEGER "\"\"", "comma first"},
    {"1,,2", 5, 0, NOT_INTEGER "\"\"", "two commas"},
    {"-1", 5, 0, NOT_INTEGER "\"\"", "the hyphen separates"},
    {"1-", 5, 0, NOT_INTEGER "\"\"", "no end"},
    {"1 ,2", 5, 0, NOT_INTEGER "\"1 \"", "blank"},
    {"1\n", 5, 0, NOT_INTEGER "\"1\\n\"", "quoted as Go does"},
    {"1-2-3", 5, 0, "the fragment \"1-2-3\"" TWO_PARTS, "three parts"},
    {"1--2", 5, 0, "the fragment \"1--2\"" TWO_PARTS, "empty middle"},
    {"0,1--2", 5, 0, "the fragment \"1--2\"" TWO_PARTS, "only the fragment is shown"},
    {"3-3", 5, 0, "non-increasing order, previous: 3, current: 3", "interval of one"},
    {"3-1", 5, 0, "non-increasing order, previous: 3, current: 1", "reversed"},
    {"3,3", 5, 0, "non-increasing order, previous: 3, current: 3", "repeated"},
    {"0-3,2", 5, 0, "non-increasing order, previous: 3, current: 2", "overlap"},
    {"4,1", 5, 0, "non-increasing order, previous: 4, current: 1", "descending"},
    {"3,1,9", 5, 0, "non-increasing order, previous: 3, current: 1", "the first error counts"},
};

Test(interval, counts_or_says_why_not)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        int64_t count = -1;
        int rc = interval_parse(rows[i].text, rows[i].completions, &count, &err);
        cr_expect_eq(rc, rows[i].error ? -1 : 0, "\"%s\" (%s)", rows[i].text, rows[i].proves);
        cr_expect_eq(count, rows[i].count, "\"%s\" (%s)", rows[i].text, rows[i].proves);
        cr_expect_str_eq(err.text, rows[i].error ? rows[i].error : "", "%s: %s", rows[i].proves,
                         err.text);
    }
}

Test(interval, many_parts)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    int64_t count;
    for (int i = 0; i < 100000; i++)
        strbuf_addf(&b, "%s%d", i ? "," : "", 2 * i);
    cr_expect_eq(interval_parse(strbuf_str(&b), 200000, &count, NULL), 0);
    cr_expect_eq(count, 100000);
    cr_expect_eq(interval_parse(strbuf_str(&b), 199998, &count, NULL), -1, "the last is too large");
}
