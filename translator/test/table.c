/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../table.h"
#include "cleanup.h"

static const struct {
    const char *rows[4][4];
    const char *text;
    const char *proves;
} tables[] = {
    {{{"NAME", "AGE", NULL}, {"pi", "5s", NULL}}, "NAME   AGE\npi     5s\n", "columns"},
    {{{"A", "B", NULL}, {"x", "y", NULL}}, "A     B\nx     y\n", "at least six wide"},
    {{{"NAME", "AGE", NULL}, {"a-long-name", "5s", NULL}},
     "NAME          AGE\na-long-name   5s\n",
     "three blanks apart"},
    {{{"A", "B", NULL}, {"one\ntwo", "x", NULL}}, "A        B\none...   x\n", "one line a cell"},
    {{{"A", "B", NULL}, {"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f", "x", NULL}},
     "A      B\n\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f   x\n",
     "characters, not bytes"},
    {{{"A", "B", NULL}, {"\033[31mx", "y", NULL}},
     "A         B\n^[[31mx   y\n",
     "nothing is done to a terminal"},
    {{{"A", "B", NULL}, {"x", NULL}}, "A     B\nx     \n", "a cell that is missing"},
};

Test(table, print)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        cleanup_table struct table t = {0};
        cleanup_free char *text = NULL;
        size_t len;
        for (size_t r = 0; tables[i].rows[r][0]; r++)
            table_row(&t, tables[i].rows[r]);
        FILE *f = open_memstream(&text, &len);
        cr_assert_eq(table_print(&t, f), 0);
        fclose(f);
        cr_expect_str_eq(text, tables[i].text, "%s:\n%s", tables[i].proves, text);
    }
}

Test(table, empty)
{
    cleanup_table struct table t = {0};
    cr_expect_eq(table_print(&t, stdout), 0);
}
