/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The small parts of get and describe: the order of --sort-by, forms of -o, columns of text.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "../get_sort.h"
#include "../printer.h"
#include "../tab_text.h"
#include "cleanup.h"

Test(see, order_of_texts)
{
    static const char *const sorted[] = {"", "a", "a1", "a2", "a10", "a10b", "ab", "b"};
    for (size_t i = 0; i < sizeof sorted / sizeof *sorted; i++)
        for (size_t k = 0; k < sizeof sorted / sizeof *sorted; k++) {
            int c = get_sort_texts(sorted[i], sorted[k]);
            cr_expect_eq((c > 0) - (c < 0), (i > k) - (i < k), "%s %s", sorted[i], sorted[k]);
        }
}

Test(see, forms)
{
    static const struct {
        const char *output;
        enum printer_form form;
        const char *error; /* how it starts */
    } rows[] = {
        {NULL, PRINTER_TABLE, NULL},
        {"", PRINTER_TABLE, NULL},
        {"wide", PRINTER_WIDE, NULL},
        {"json", PRINTER_JSON, NULL},
        {"yaml", PRINTER_YAML, NULL},
        {"name", PRINTER_NAME, NULL},
        {"jsonpath={.a}", PRINTER_JSONPATH, NULL},
        {"jsonpath-as-json={.a}", PRINTER_JSONPATH_AS_JSON, NULL},
        {"custom-columns=A:.a,B:{.b['x','y']},C:c", PRINTER_COLUMNS, NULL},
        {"jsonpath=", 0, "template format specified but no template given"},
        {"jsonpath={.a", 0, "error parsing jsonpath {.a, unclosed action"},
        {"jsonpath-file=", 0, "template file format specified but no template file given"},
        {"jsonpath-file=/nonexistent/x", 0, "error reading --template /nonexistent/x"},
        {"custom-columns=", 0, "custom-columns format specified but no custom columns given"},
        {"custom-columns=A", 0,
         "unexpected custom-columns spec: A, expected <header>:<json-path-expr>"},
        {"custom-columns=A:.a,", 0,
         "unexpected custom-columns spec: , expected <header>:<json-path-expr>"},
        {"custom-columns=A:{.a}{.b}", 0, "unexpected path string"},
        {"go-template={{.a}}", 0, "Go's templates are not supported"},
        {"table", 0, "unable to match a printer suitable for the output format \"table\""},
        {"json=x", 0, "unable to match a printer suitable for the output format \"json=x\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        cleanup_printer struct printer p = {0};
        int rc = printer_open(&p, rows[i].output, true, &err);
        cr_expect_eq(rc, rows[i].error ? -1 : 0, "%s: %s", rows[i].output, err.text);
        if (rc == 0)
            cr_expect_eq(p.form, rows[i].form, "%s", rows[i].output);
        else
            cr_expect_eq(strncmp(err.text, rows[i].error, strlen(rows[i].error)), 0, "%s: %s",
                         rows[i].output, err.text);
    }
}

/* A line without a tab ends a run; a cell of one line makes room in its neighbours only. */
Test(see, columns_of_text)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ""},
        {"a\n", "a\n"},
        {"a:\tx\nlong:\ty\n", "a:     x\nlong:  y\n"},
        {"a:\tx\nTitle\nlong:\ty\n", "a:  x\nTitle\nlong:  y\n"},
        {"\tx\nlong:\ty\n", "       x\nlong:  y\n"},
        {"a\tbb\tc\ndd\te\tf\n", "a   bb  c\ndd  e   f\n"},
        {"a\tb\tc\nlong\td\nx\tlong\ty\n", "a     b  c\nlong  d\nx     long  y\n"},
        {"a\033[2J:\tx\r\n", "a^[[2J:  x\\r\n"},
        {"\xc3\xa9\tx\nab\ty\n", "\xc3\xa9   x\nab  y\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *got = NULL;
        size_t len;
        FILE *out = open_memstream(&got, &len);
        cr_assert_eq(tab_text_print(rows[i].text, out), 0);
        fclose(out);
        cr_expect_str_eq(got, rows[i].want, "row %zu: %s", i, got);
        free(got);
    }
}
