/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Table rows for the tests of the reader: bytes, and what comes out of them.
 */
#ifndef SKJOB_TEST_READER_ROWS_H
#define SKJOB_TEST_READER_ROWS_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "reader.h"
#include "strbuf.h"

/* in may hold NUL bytes. want: each document as compact JSON with sorted keys, or "! MESSAGE",
 * joined by line breaks. */
struct reader_row {
    const char *in;
    size_t len;
    const char *want;
};

#define ROW(in, want)                                                                              \
    {                                                                                              \
        in, sizeof(in) - 1, want                                                                   \
    }

/* Reads all documents of a file named F. The caller frees the text. */
static inline char *read_all(const char *in, size_t len, const struct reader_limits *limits)
{
    struct strbuf out = STRBUF_INIT;
    struct reader *r = NULL;
    struct error err = {.text = ""};
    int rc = reader_open(&r, "F", in, len, limits, &err);
    strbuf_adds(&out, "");
    while (rc >= 0) {
        struct document doc;
        rc = reader_next(r, &doc, &err);
        if (rc <= 0)
            break;
        cleanup_free char *text =
            json_dumps(doc.root, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
        cr_assert_not_null(text);
        strbuf_addf(&out, "%s%s", out.len ? "\n" : "", text);
        document_free(&doc);
    }
    if (rc < 0)
        strbuf_addf(&out, "%s! %s", out.len ? "\n" : "", err.text);
    reader_close(r);
    return strbuf_steal(&out);
}

static inline void reader_rows_run(const struct reader_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        /* A copy without a NUL behind it, so that the sanitizer sees reads beyond the end. */
        cleanup_free char *copy = malloc(rows[i].len + !rows[i].len);
        memcpy(copy, rows[i].in, rows[i].len);
        cleanup_free char *got = read_all(copy, rows[i].len, &reader_default_limits);
        cr_expect_str_eq(got, rows[i].want, "row %zu: %s\nwant %s\ngot  %s", i, rows[i].in,
                         rows[i].want, got);
    }
}

#define READER_ROWS(rows) reader_rows_run(rows, sizeof(rows) / sizeof *(rows))

/* For errors of the YAML parser: "! error parsing F:LINE:COLUMN: …". */
#define YAML_ERROR(line, column, what)                                                             \
    "! error parsing F:" line ":" column ": error converting YAML to JSON: yaml: line " line       \
    ": " what

#endif
