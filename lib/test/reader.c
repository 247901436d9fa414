/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every row was held against kubectl's own reading (k8s.io/apimachinery util/yaml over
 * sigs.k8s.io/yaml and go.yaml.in/yaml/v2); only the words of errors about JSON differ, and places
 * are added.
 */
#include "reader_rows.h"

Test(reader, documents)
{
    static const struct reader_row rows[] = {
        ROW("", ""),
        ROW("# only a comment\n", ""),
        ROW("null", ""),
        ROW("---\n---\n# c\n---", ""),
        ROW("a: 1", "{\"a\":1}"),
        ROW("a: 1\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}"),
        ROW("---\na: 1\n---\n---\nb: 2\n---\n", "{\"a\":1}\n{\"b\":2}"),
        ROW("--- # c\na: 1\n--- \t\nb: 2", "{\"a\":1}\n{\"b\":2}"),
        ROW("- a\n---\n5\n---\nx\n", "[\"a\"]\n5\n\"x\""),
        /* What follows the end of a document, but no "---", is not read. */
        ROW("a: 1\n...\nb: 2\n", "{\"a\":1}"),
        ROW("a: 1\n...\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}"),
        ROW("{a: 1}\n{b: 2}\n", "{\"a\":1}"),
        /* "---" parts documents even in the middle of a text, when it stands at a line's start. */
        ROW("a: |\n  ---\n  x\n", "{\"a\":\"---\\nx\\n\"}"),
        ROW("a: |\n---\nb: 1\n", "{\"a\":\"\"}\n{\"b\":1}"),
        ROW("a: ---\nb: 1 ---\n", "{\"a\":\"---\",\"b\":\"1 ---\"}"),
        ROW("a: \"x\n---\ny\"", YAML_ERROR("2", "1", "found unexpected end of stream")),
        ROW("--- a\n", "! error parsing F:1:1: invalid Yaml document separator: a"),
        ROW("a: 1\n--- |\n x\n", "! error parsing F:2:1: invalid Yaml document separator: |"),
        ROW("x: 1\n----\n", "! error parsing F:2:1: invalid Yaml document separator: -"),
        ROW("--- {a: 1}\n", "! error parsing F:1:1: invalid Yaml document separator: {a: 1}"),
        /* Directives never reach their document. */
        ROW("%YAML 1.1\n---\na: 1\n",
            YAML_ERROR("1", "1", "did not find expected <document start>")),
        ROW("%TAG ! tag:x,2000:\n---\na: !b 1\n",
            YAML_ERROR("1", "1", "did not find expected <document start>")),
        ROW("# c\n\n%YAML 1.1\n---\na: 1\n",
            YAML_ERROR("3", "1", "did not find expected <document start>")),
        ROW("a: 1\n---\n# c\n%FOO\n",
            "{\"a\":1}\n" YAML_ERROR("4", "1", "did not find expected <document start>")),
        ROW(" %a: 1", YAML_ERROR("1", "2", "found character that cannot start any token")),
        /* Lines are those of the file, in later documents, too. */
        ROW("a: 1\n---\nb: 1\n---\nc: d: e\n",
            "{\"a\":1}\n{\"b\":1}\n" YAML_ERROR("5", "5",
                                                "mapping values are not allowed in this context")),
    };
    READER_ROWS(rows);
}

Test(reader, json)
{
    static const struct reader_row rows[] = {
        ROW("{\"a\": 1}", "{\"a\":1}"),
        ROW(" \n\t{\"a\": [1, {\"b\": null}], \"c\": \"x\"}\n",
            "{\"a\":[1,{\"b\":null}],\"c\":\"x\"}"),
        ROW("{\"a\": 1}{\"b\": 2} {\"c\": 3}\n", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}"),
        ROW("{\"a\": 1} 5 \"x\" null [2] true", "{\"a\":1}\n5\n\"x\"\n[2]\ntrue"),
        ROW("{\"a\": 1}\n---\n{\"b\": 2}\n---\nc: 3\n", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}"),
        ROW("{\"a\": 1}---\nc: 3\n", "{\"a\":1}\n{\"c\":3}"),
        ROW("{\"a\": 1}  \n\n---\nc: 3\n", "{\"a\":1}\n{\"c\":3}"),
        ROW("{\r\n\"a\": 1\r\n}\r\n---\r\nb: 1\r\n", "{\"a\":1}\n{\"b\":1}"),
        /* After two values the text is JSON for good. */
        ROW("{\"a\": 1}{\"b\": 2}\n---\nc: 3\n",
            "{\"a\":1}\n{\"b\":2}\n! error parsing F:2:1: invalid token near '-'"),
        /* What is not JSON may be YAML in flow style. */
        ROW("{a: 1}", "{\"a\":1}"),
        ROW("{\"a\": 1,}", "{\"a\":1}"),
        ROW("{\"a\": '1'} # c", "{\"a\":\"1\"}"),
        ROW("{\"a\": \"\t\"}", "{\"a\":\"\\t\"}"),
        ROW("{\"a\": 01}", "{\"a\":1}"),
        ROW("{\"a\": NaN}", "{\"a\":\"NaN\"}"),
        /* The reader that came further says why. */
        ROW("{\"a\": [1, 2}", "! error parsing F:1:12: ']' expected near '}'"),
        ROW("{\"a\": 1}}", "{\"a\":1}\n! error parsing F:1:9: unexpected token near '}'"),
        ROW("{\"a\": 1 \"b\": 2}", YAML_ERROR("1", "12", "did not find expected ',' or '}'")),
        ROW("{\"a\"", YAML_ERROR("2", "1", "did not find expected ',' or '}'")),
        ROW("{a: b, c: [}", YAML_ERROR("1", "12", "did not find expected node content")),
        ROW("{\"a\": 1}\n---\nb: c: d\n",
            "{\"a\":1}\n" YAML_ERROR("3", "5", "mapping values are not allowed in this context")),
        /* duplicate keys: the last one */
        ROW("{\"a\":1,\"b\":0,\"a\":{\"c\":2},\"a\":{\"d\":3}}", "{\"a\":{\"d\":3},\"b\":0}"),
        /* numbers */
        ROW("{\"a\":1e3,\"b\":1.0,\"c\":1.5,\"d\":-0,\"e\":-0.0,\"f\":9223372036854775807}",
            "{\"a\":1000,\"b\":1,\"c\":1.5,\"d\":0,\"e\":0,\"f\":9223372036854775807}"),
        ROW("{\"a\":18446744073709551616,\"b\":5}", "{\"a\":1.8446744073709552e19,\"b\":5}"),
        ROW("{\"a\": 1e400}", "! error parsing F:1:11: real number overflow near '1e400'"),
        /* surrogates: pairs, halves, and what only looks like one */
        ROW("{\"a\": \"\\ud83d\\ude00\"}", "{\"a\":\"\xf0\x9f\x98\x80\"}"),
        ROW("{\"a\": \"\\ud83d\"}", "{\"a\":\"\xef\xbf\xbd\"}"),
        ROW("{\"a\": \"\\uDE00\\uD83D\\uDE00\"}", "{\"a\":\"\xef\xbf\xbd\xf0\x9f\x98\x80\"}"),
        ROW("{\"a\": \"\\ud83d\\u0041\", \"\\\\ud83d\": 1}", "{\"\\\\ud83d\":1,\"a\":\"\xef\xbf\xbd"
                                                             "A\"}"),
        ROW("{\"a\": \"\\ud83d\"}{\"b\": \"\\ude00\"}",
            "{\"a\":\"\xef\xbf\xbd\"}\n{\"b\":\"\xef\xbf\xbd\"}"),
        /* NUL: refused, since no program could be given such an argument */
        ROW("{\"a\": \"\\u0000\"}", "! error parsing F:1:14: a string contains a NUL character"),
        ROW("{\"\\u0000\": 1}", "! error parsing F:1:9: a string contains a NUL character"),
        ROW("{\"a\": \0}", "! error parsing F:1:7: invalid token near end of file"),
        /* bytes that are no text */
        ROW("{\"a\": \"\xff\xfe\", \"b\xc3\": \"\xe2\x82\"}",
            "{\"a\":\"\xef\xbf\xbd\xef\xbf\xbd\",\"b\xef\xbf\xbd\":\"\xef\xbf\xbd\"}"),
        ROW("\xef\xbb\xbf{\"a\": \"\xe2\x82\"}", "{\"a\":\"\xef\xbf\xbd\xef\xbf\xbd\"}"),
    };
    READER_ROWS(rows);
}

Test(reader, scalars)
{
    static const struct reader_row rows[] = {
        ROW("a: [yes, 0400, 1e3, ~, 1.5, 08, 1e400, 'yes', \"0400\", 2001-01-01, '']",
            "{\"a\":[true,256,1000,null,1.5,8,\"1e400\",\"yes\",\"0400\",\"2001-01-01\",\"\"]}"),
        ROW("a: .inf", YAML_ERROR("1", "4", "json: unsupported value: +Inf")),
        ROW("a: !!int x", YAML_ERROR("1", "4", "cannot decode !!str `x` as a !!int")),
        ROW("a: !foo 5\nb: ! 5\nc: ! \"5\"\nd: !!str 5\ne: !!int \"5\"",
            "{\"a\":\"5\",\"b\":\"5\",\"c\":\"5\",\"d\":\"5\",\"e\":5}"),
        ROW("a: !!map [1]\nb: !!str {c: 1}", "{\"a\":[1],\"b\":{\"c\":1}}"),
        ROW("a: !e!x 5", YAML_ERROR("1", "4", "found undefined tag handle")),
        /* block texts; the last line always ends */
        ROW("a: |\n  x", "{\"a\":\"x\\n\"}"),
        ROW("a: |-\n  x\n", "{\"a\":\"x\"}"),
        ROW("a: |+\n  x\n\n", "{\"a\":\"x\\n\\n\"}"),
        ROW("a: >\n  x\n  y\n\n  z\n", "{\"a\":\"x y\\nz\\n\"}"),
        ROW("a: |2\n   x\n", "{\"a\":\" x\\n\"}"),
        ROW("a: 'it''s'\nb: \"\\x41\\u00e9\\U0001F600\"",
            "{\"a\":\"it's\",\"b\":\"A\xc3\xa9\xf0\x9f\x98\x80\"}"),
        ROW("a: \"\\ud83d\\ude00\"",
            YAML_ERROR("1", "7", "found invalid Unicode character escape code")),
        ROW("a: \"\\q\"", YAML_ERROR("1", "5", "found unknown escape character")),
        ROW("a: b#c\nd: e #f\ng: http://x:1/y",
            "{\"a\":\"b#c\",\"d\":\"e\",\"g\":\"http://x:1/y\"}"),
        ROW("a: @x", YAML_ERROR("1", "4", "found character that cannot start any token")),
        ROW("a: b: c", YAML_ERROR("1", "5", "mapping values are not allowed in this context")),
        ROW("a: \"\\0\"", YAML_ERROR("1", "4", "a string contains a NUL character")),
    };
    READER_ROWS(rows);
}

Test(reader, characters)
{
    static const struct reader_row rows[] = {
        /* tabs: between tokens, not as indentation */
        ROW("a:\tb\nc: 1 \t# x\n", "{\"a\":\"b\",\"c\":1}"),
        ROW("[\t1,\t2]", "[1,2]"),
        ROW("a: 'x\ty'\nb: x\ty\n", "{\"a\":\"x\\ty\",\"b\":\"x\\ty\"}"),
        ROW("\ta: b", YAML_ERROR("1", "1", "found character that cannot start any token")),
        ROW("a:\n\tb: 1", YAML_ERROR("2", "1", "found character that cannot start any token")),
        ROW("-\ta", YAML_ERROR("1", "2", "found character that cannot start any token")),
        ROW("a: |\n\tb\n", YAML_ERROR("2", "1",
                                      "found a tab character where an indentation space is "
                                      "expected")),
        /* line breaks */
        ROW("a: 1\r\nb: |\r\n  x\r\n  y\r\n---\r\nc: 1\r\n",
            "{\"a\":1,\"b\":\"x\\ny\\n\"}\n{\"c\":1}"),
        ROW("a: 1\rb: 2\r", "{\"a\":1,\"b\":2}"),
        ROW("a: \"x\r\n y\"", "{\"a\":\"x y\"}"),
        ROW("a: x\xc2\x85"
            "b: y",
            "{\"a\":\"x\",\"b\":true}"),
        ROW("a: x\xe2\x80\xa8"
            "b: y",
            "{\"a\":\"x\",\"b\":true}"),
        /* byte order marks */
        ROW("\xef\xbb\xbf"
            "a: 1",
            "{\"a\":1}"),
        ROW("\xef\xbb\xbf{\"a\": 1}", "{\"a\":1}"),
        ROW("\xff\xfe"
            "a\0:\0 \0=\xd8\x00\xde",
            "{\"a\":\"\xf0\x9f\x98\x80\"}"),
        ROW("\xfe\xff\0a\0:\0 \0001", "{\"a\":1}"),
        ROW("\xff\xfe{\0}\0", "{}"),
        ROW("a: 1\n---\n\xef\xbb\xbf"
            "b: 2\n",
            "{\"a\":1}\n{\"b\":2}"),
        ROW("a: 1\n\n\xef\xbb\xbf"
            "b: 2\n",
            "! error parsing F:3:1: a byte order mark inside a document"),
        /* UTF-16 without a mark is no text. */
        ROW("a\0:\0 \0001\0", YAML_ERROR("1", "2", "control characters are not allowed")),
        /* bytes that are no UTF-8: repaired, unless a mark promised UTF-8 */
        ROW("a: \"\xff\"\nb\xe9: \xc3(",
            "{\"a\":\"\xef\xbf\xbd\",\"b\xef\xbf\xbd\":\"\xef\xbf\xbd(\"}"),
        ROW("a: \xed\xa0\x80\xf0\x9f",
            "{\"a\":\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"}"),
        ROW("\xef\xbb\xbf"
            "a: \"\xff\"",
            YAML_ERROR("1", "5", "invalid leading UTF-8 octet")),
        /* control characters */
        ROW("a: 1\nb: \xc3\xa9\0", YAML_ERROR("2", "5", "control characters are not allowed")),
        ROW("a: \x01", YAML_ERROR("1", "4", "control characters are not allowed")),
        ROW("a: \"\x7f\"", YAML_ERROR("1", "5", "control characters are not allowed")),
        ROW("a: \xc2\x80", YAML_ERROR("1", "4", "control characters are not allowed")),
        ROW("a: \xef\xbf\xbe", YAML_ERROR("1", "4", "control characters are not allowed")),
        ROW("\xc3\xa9: \xe2\x82\xac", "{\"\xc3\xa9\":\"\xe2\x82\xac\"}"),
    };
    READER_ROWS(rows);
}

Test(reader, keys)
{
    static const struct reader_row rows[] = {
        ROW("a: 1\nb: 0\na: {c: 2}\na: {d: 3}\n", "{\"a\":{\"d\":3},\"b\":0}"),
        ROW("1: a\n0x10: b\ntrue: c\nyes: d\n1.5: e\n0.1: f\n1e3: g\n1e6: h\n",
            "{\"0.1\":\"f\",\"1\":\"a\",\"1.5\":\"e\",\"1000\":\"g\",\"16\":\"b\",\"1e+06\":\"h\","
            "\"true\":\"d\"}"),
        ROW("~: a", YAML_ERROR("1", "1", "a map key must be a string, a number or a boolean")),
        ROW("[a]: b", YAML_ERROR("1", "3", "a map key must be a string, a number or a boolean")),
        ROW("? {a: 1}\n: b",
            YAML_ERROR("1", "8", "a map key must be a string, a number or a boolean")),
        ROW("? a\n: b\n? c\n", "{\"a\":\"b\",\"c\":null}"),
        ROW("{a, b: c, d: , \"e\":f}", "{\"a\":null,\"b\":\"c\",\"d\":null,\"e\":\"f\"}"),
        ROW("[a: b, c: d]", "[{\"a\":\"b\"},{\"c\":\"d\"}]"),
        ROW("a:\n  b: 1\n c: 2\n", YAML_ERROR("3", "2", "did not find expected key")),
    };
    READER_ROWS(rows);
}

#define WANT_MAPS "map merge requires map or sequence of maps as the value"

Test(reader, merges)
{
    static const struct reader_row rows[] = {
        ROW("a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 3\n",
            "{\"a\":{\"k\":1,\"l\":2},\"b\":{\"k\":3,\"l\":2}}"),
        /* Unlike YAML's own rule, a merge that comes later wins over the keys before it. */
        ROW("a: &x {k: 1, l: 2}\nb:\n  k: 3\n  <<: *x\n",
            "{\"a\":{\"k\":1,\"l\":2},\"b\":{\"k\":1,\"l\":2}}"),
        ROW("a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc:\n  <<: [*x, *y]\n",
            "{\"a\":{\"k\":1},\"b\":{\"k\":2,\"l\":2},\"c\":{\"k\":1,\"l\":2}}"),
        ROW("c: {<<: {a: 1}, b: 2}", "{\"c\":{\"a\":1,\"b\":2}}"),
        ROW("a: &x {k: 1}\nc: {\"<<\": *x}\n", "{\"a\":{\"k\":1},\"c\":{\"<<\":{\"k\":1}}}"),
        ROW("a: &x {k: 1}\nc: {!!merge \"<<\": *x}\n", "{\"a\":{\"k\":1},\"c\":{\"k\":1}}"),
        ROW("a: <<", "{\"a\":\"<<\"}"),
        ROW("a: &x [{k: 1}]\nc: {<<: *x}\n", YAML_ERROR("2", "9", WANT_MAPS)),
        ROW("c: {<<: 5}", YAML_ERROR("1", "9", WANT_MAPS)),
        ROW("c: {<<: ~}", YAML_ERROR("1", "9", WANT_MAPS)),
        ROW("c: {<<: [{a: 1}, 5]}", YAML_ERROR("1", "19", WANT_MAPS)),
        ROW("c: {<<: [[{a: 1}]]}", YAML_ERROR("1", "18", WANT_MAPS)),
    };
    READER_ROWS(rows);
}

Test(reader, anchors)
{
    static const struct reader_row rows[] = {
        ROW("a: &x [1, {b: 2}]\nc: *x\nd: [*x]",
            "{\"a\":[1,{\"b\":2}],\"c\":[1,{\"b\":2}],\"d\":[[1,{\"b\":2}]]}"),
        ROW("a: &x 1\nb: *x\nc: &x 2\nd: *x\n", "{\"a\":1,\"b\":1,\"c\":2,\"d\":2}"),
        ROW("a: &x [&x 1, *x]\nb: *x", "{\"a\":[1,1],\"b\":1}"),
        ROW("&a a: &b b\n*b : *a\n", "{\"a\":\"b\",\"b\":\"a\"}"),
        ROW("&x 5.0: a\nb: *x", "{\"5\":\"a\",\"b\":5}"),
        ROW("a: &x\nb: *x\n", "{\"a\":null,\"b\":null}"),
        ROW("&x\na: 1\n", "{\"a\":1}"),
        ROW("a: *x", YAML_ERROR("1", "4", "unknown anchor 'x' referenced")),
        ROW("a: *x\nb: &x 1\n", YAML_ERROR("1", "4", "unknown anchor 'x' referenced")),
        ROW("a: &x 1\n---\nb: *x\n",
            "{\"a\":1}\n" YAML_ERROR("3", "4", "unknown anchor 'x' referenced")),
        ROW("a: &x [*x]", YAML_ERROR("1", "8", "anchor 'x' value contains itself")),
        ROW("&x a:\n  b: &y {c: *y}", YAML_ERROR("2", "13", "anchor 'y' value contains itself")),
        ROW("c: &x {<<: *x}", YAML_ERROR("1", "12", "anchor 'x' value contains itself")),
        ROW("a: *", YAML_ERROR("1", "5", "did not find expected alphabetic or numeric character")),
    };
    READER_ROWS(rows);
}

/* Where fields stand: in JSON, and in what is not the first document. */
Test(reader, positions)
{
    static const struct {
        const char *text;
        int document; /* from 0 */
        const char *path;
        unsigned line, column;
    } rows[] = {
        {"{\"a\": {\"b.c\": [1,\n {\"d\": 2}]}}", 0, "a", 1, 2},
        {"{\"a\": {\"b.c\": [1,\n {\"d\": 2}]}}", 0, "a.b.c", 1, 8},
        {"{\"a\": {\"b.c\": [1,\n {\"d\": 2}]}}", 0, "a.b.c[0]", 1, 16},
        {"{\"a\": {\"b.c\": [1,\n {\"d\": 2}]}}", 0, "a.b.c[1]", 2, 2},
        {"{\"a\": {\"b.c\": [1,\n {\"d\": 2}]}}", 0, "a.b.c[1].d", 2, 3},
        {"{\"a\": {\"b.c\": [1,\n {\"d\": 2}]}}", 0, "a[b.c]", 1, 8},
        {"{\"\xc3\xa9\": \"\\\"}{\\ud83d\", \"b\": 1}", 0, "b", 1, 21},
        {"{\"\\u0061\": 1}", 0, "a", 1, 2},
        {"{\"a\": 1}\n\n{\"a\": 2} {\"b\": {\"c\": 3}}", 1, "a", 3, 2},
        {"{\"a\": 1}\n\n{\"a\": 2} {\"b\": {\"c\": 3}}", 2, "b.c", 3, 17},
        {"{\"a\": 1}\n---\nb: 1\n---\n  c: 2\n", 1, "b", 3, 1},
        {"{\"a\": 1}\n---\nb: 1\n---\n  c: 2\n", 2, "c", 5, 3},
        {"\xef\xbb\xbf"
         "a: 1",
         0, "a", 1, 1},
        {"a: {\xc3\xa9: 1, b: 2}", 0, "a.b", 1, 11},
        {"a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n", 0, "c.b", 2, 1},
        {"a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n", 0, "c.d", 4, 3},
        {"a: 1\n# c\na: 2\n", 0, "a", 3, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reader *r;
        struct error err;
        struct document doc = {0};
        cr_assert_eq(
            reader_open(&r, "F", rows[i].text, strlen(rows[i].text), &reader_default_limits, &err),
            0);
        for (int d = 0; d <= rows[i].document; d++) {
            document_free(&doc);
            cr_assert_eq(reader_next(r, &doc, &err), 1, "%s", err.text);
        }
        struct position p = positions_find(doc.positions, rows[i].path);
        cr_expect(p.line == rows[i].line && p.column == rows[i].column, "row %zu: %s: %u:%u", i,
                  rows[i].path, p.line, p.column);
        document_free(&doc);
        reader_close(r);
    }
}
