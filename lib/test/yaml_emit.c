/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "reader.h"
#include "yaml_emit.h"

static char *emit(const json_t *v)
{
    struct strbuf out = STRBUF_INIT;
    struct error err = {.text = ""};
    cr_assert_eq(yaml_emit(v, &out, &err), 0, "%s", err.text);
    return strbuf_steal(&out);
}

static json_t *read_back(const char *text)
{
    struct reader *r;
    struct error err;
    struct document doc;
    cr_assert_eq(reader_open(&r, "F", text, strlen(text), &reader_default_limits, &err), 0);
    cr_assert_eq(reader_next(r, &doc, &err), 1, "%s\n%s", err.text, text);
    json_t *v = json_incref(doc.root);
    document_free(&doc);
    cr_assert_eq(reader_next(r, &doc, &err), 0, "more than one document:\n%s", text);
    reader_close(r);
    return v;
}

/* No line of a batch script's body may look like an #SBATCH line or like a comment. */
static void check_lines(const char *text)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        cr_assert_neq(*line, '#', "%s", text);
        cr_assert(strncmp(line, "---", 3) != 0 && strncmp(line, "...", 3) != 0, "%s", text);
    }
}

static void check(const json_t *v)
{
    cleanup_free char *text = emit(v);
    cleanup_free char *again = emit(v);
    cr_assert_str_eq(text, again, "not the same twice");
    check_lines(text);
    cleanup_json json_t *back = read_back(text);
    if (json_equal(v, back))
        return;
    cleanup_free char *a = json_dumps(v, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_ENSURE_ASCII);
    cleanup_free char *b = json_dumps(back, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_ENSURE_ASCII);
    cr_assert_fail("%s\nreads back as\n%s\nfrom\n%s", a, b, text);
}

/* A string as a value, as a key, in a list, and at the end of a document. */
static void check_string(const char *s)
{
    cleanup_json json_t *v =
        json_pack("{s:{s:s}, s:[s, [s], {s:s}], s:s}", "a", s, s, "list", s, s, s, "last", "z", s);
    cr_assert_not_null(v, "%s", s);
    check(v);
}

static const char *const hostile[] = {
    "",
    " ",
    "  ",
    "a",
    " a",
    "a ",
    "a b",
    "\t",
    "\ta",
    "a\t",
    "a\tb",
    "\n",
    "\n\n",
    "a\n",
    "a\n\n",
    "\na",
    " \na",
    "a\n b",
    "a \nb",
    "a\n \nb",
    "a\n\nb",
    "a\n\n\nb\n",
    "a\n\t\nb",
    "a\nb ",
    "a\nb\t",
    "\ta\nb",
    "  a\nb",
    "a\n  b\n    c\n",
    "a\n#SBATCH --uid=0\n",
    "#SBATCH --array=1",
    "#",
    "# c",
    "a #c",
    "a#c",
    "#\n#\n",
    "a\n#b\n#c",
    "\n#SBATCH x",
    /* would be read as something else */
    "y",
    "Y",
    "n",
    "N",
    "yes",
    "No",
    "ON",
    "off",
    "true",
    "False",
    "null",
    "Null",
    "~",
    "0",
    "1",
    "-1",
    "+1",
    "0400",
    "0o17",
    "0x1F",
    "0b1",
    "1_000",
    "08",
    ".5",
    "1.",
    "1e3",
    "-.5e-3",
    ".inf",
    "-.INF",
    ".nan",
    "1:30",
    "190:20:30",
    "2001-01-01",
    "2026-07-23T07:07:48Z",
    "<<",
    "=",
    "9223372036854775808",
    "1e400",
    "0x",
    "-",
    "+",
    ".",
    "..",
    "...",
    "---",
    "--- a",
    "... a",
    /* indicators */
    "- ",
    "- a",
    "-a",
    "?",
    "? ",
    "? a",
    "?a",
    ":",
    ": ",
    ": a",
    ":a",
    "a:",
    "a: ",
    "a: b",
    "a:b",
    "a :b",
    "::",
    ",",
    ",a",
    "a,b",
    "[",
    "]",
    "[]",
    "[a]",
    "{",
    "}",
    "{}",
    "{a: b}",
    "a]",
    "a}",
    "&",
    "&a",
    "&a b",
    "*",
    "*a",
    "!",
    "!a",
    "!!str a",
    "|",
    "|-",
    "| a",
    ">",
    ">a",
    "%",
    "%YAML 1.1",
    "@",
    "@a",
    "`",
    "`a`",
    "'",
    "''",
    "'a'",
    "it's",
    "\"",
    "\"a\"",
    "a\"b",
    "\\",
    "\\n",
    "a\\",
    "a\\\nb",
    "a: |\n  b\n",
    "- a\n- b\n",
    "a: b\nc: d\n",
    "---\na\n",
    "a\n---\nb",
    "a\n...\nb\n",
    "|\n a",
    "'a\nb'",
    "\"a\nb\"",
    /* line breaks and blanks of other kinds */
    "\r",
    "a\rb",
    "a\r\nb",
    "a\r\n",
    "\r\n",
    "\xc2\x85",
    "a\xc2\x85"
    "b",
    "a\n\xc2\x85\nb",
    "\xe2\x80\xa8",
    "a\xe2\x80\xa8"
    "b",
    "a\n\xe2\x80\xa9"
    "b\n",
    "\xe2\x80\xa8#SBATCH",
    "\xc2\xa0",
    "\xc2\xa0"
    "a\n\xc2\xa0\n",
    "\xe3\x80\x80"
    "a",
    /* other characters */
    "\x01",
    "a\x7f",
    "\x1b[0m",
    "a\n\x1b[0m\n",
    "\xc2\x80",
    "\xc2\x9f",
    "\xef\xbb\xbf",
    "\xef\xbb\xbf"
    "a",
    "a\n\xef\xbb\xbf"
    "b\n",
    "a\xef\xbb\xbf",
    "\xef\xbf\xbd",
    "\xef\xbf\xbe",
    "\xef\xbf\xbf",
    "\xf0\x9f\x98\x80",
    "a\n\xf0\x9f\x98\x80\n",
    "\xf0\x9f\xbf\xbe",
    "\xf4\x8f\xbf\xbf",
    "\xee\x80\x80",
    "\xc3\xa9",
    "\xd9\xa1",
    /* what really happens */
    "busybox:1.28",
    "registry:5000/a/b@sha256:0123",
    "$(VAR)",
    "$$(VAR)",
    "`id`",
    "$(id)",
    "echo \"a b\" && exit 1",
    "if true; then\n\techo x\nfi\n",
    "set -e\n\nfor i in 1 2; do\n  echo $i\ndone",
    "#!/bin/sh\necho hi\n",
    "100m",
    "1Gi",
    "10.0.0.1",
    "a=b",
    "key: value # no comment",
    "50%",
};

Test(yaml_emit, hostile_strings)
{
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        check_string(hostile[i]);
}

/* A document that is one string, a list, or an empty collection. */
Test(yaml_emit, roots)
{
    static const char *const roots[] = {
        "[]",
        "{}",
        "[[]]",
        "[{}]",
        "{\"a\":{}}",
        "{\"a\":[]}",
        "[[[1],[2,[3]]],4]",
        "5",
        "1.5",
        "true",
        "\"x\"",
        "\"- x\"",
        "{\"a\":null,\"b\":[null,{\"c\":null}]}",
        "{\"\":\"\"}",
        "{\"a\":[{\"b\":1,\"c\":[{\"d\":2}]},{\"e\":{\"f\":[]}}]}",
    };
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        cleanup_json json_t *v = json_loads(roots[i], JSON_DECODE_ANY, NULL);
        cr_assert_not_null(v);
        check(v);
    }
}

Test(yaml_emit, numbers)
{
    static const double reals[] = {
        0.1, -1.5, 1e21, 1.5e300, 1e-7, 5e-324, 1.7976931348623157e308, 18446744073709551616.0};
    cleanup_json json_t *v = json_pack("{s:[I,I,I]}", "i", (json_int_t)9223372036854775807LL,
                                       (json_int_t)-9223372036854775807LL - 1, (json_int_t)0);
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        json_array_append_new(json_object_get(v, "i"), json_real(reals[i]));
    check(v);
}

Test(yaml_emit, long_lines)
{
    static char word[100001], broken[100001];
    memset(word, 'x', sizeof word - 1);
    for (size_t i = 0; i < sizeof broken - 1; i++)
        broken[i] = i % 7 == 6 ? ' ' : 'x';
    check_string(word);
    check_string(broken);
    broken[100] = '\n';
    check_string(broken);
    broken[101] = '\r';
    check_string(broken);
}

/* The exact text: as kubectl prints objects. */
Test(yaml_emit, style)
{
    static const struct {
        const char *json, *yaml;
    } rows[] = {
        {"{\"b\":1,\"a\":{\"d\":[1,{\"y\":\"x\",\"e\":\"f\"},[2]],\"c\":true}}",
         "a:\n  c: true\n  d:\n  - 1\n  - e: f\n    \"y\": x\n  - - 2\nb: 1\n"},
        {"{\"a\":\"x\\ny\\n\",\"b\":\"x\\ny\",\"c\":\"x\\n\\n\"}",
         "a: |\n  x\n  y\nb: |-\n  x\n  y\nc: \"x\\n\\n\"\n"},
        {"{\"a\":\"yes\",\"b\":\"1\",\"c\":\"\",\"d\":\"a: b\",\"e\":\"#x\",\"f\":\"2001-01-01\"}",
         "a: \"yes\"\nb: \"1\"\nc: \"\"\nd: 'a: b'\ne: '#x'\nf: \"2001-01-01\"\n"},
        {"{\"a\":{},\"b\":[],\"c\":null}", "a: {}\nb: []\nc: null\n"},
        {"{\"a\":\"\\u001b[0m\\t\",\"b\":\"\\u00e9\"}", "a: \"\\e[0m\\t\"\nb: \xc3\xa9\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_json json_t *v = json_loads(rows[i].json, 0, NULL);
        cr_assert_not_null(v);
        cleanup_free char *text = emit(v);
        cr_expect_str_eq(text, rows[i].yaml, "want\n%s\ngot\n%s", rows[i].yaml, text);
    }
}

static json_t *random_string(void)
{
    static const char *const pieces[] = {
        "a",
        "b",
        " ",
        "  ",
        "\n",
        "\t",
        ":",
        ": ",
        "- ",
        "#",
        " #",
        "'",
        "\"",
        "\\",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "{",
        "}",
        "[",
        "]",
        ",",
        "?",
        "-",
        "0",
        "1",
        ".",
        "e",
        "\r",
        "~",
        "<<",
        "yes",
        "null",
        "---",
        "...",
        "#SBATCH",
        "\xc3\xa9",
        "\xc2\x85",
        "\xe2\x80\xa8",
        "\xef\xbb\xbf",
        "\xf0\x9f\x98\x80",
        "\x1b",
        "\x7f",
        "$(x)",
        "\n\n",
        "\n  ",
        " \n",
    };
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    if (random() % 3 == 0)
        return json_string(hostile[(size_t)random() % (sizeof hostile / sizeof *hostile)]);
    for (long n = random() % 8; n > 0; n--)
        strbuf_adds(&b, pieces[(size_t)random() % (sizeof pieces / sizeof *pieces)]);
    return json_string(strbuf_str(&b));
}

static json_t *random_tree(int depth)
{
    json_t *v;
    switch (random() % (depth > 0 ? 8 : 5)) {
    case 0:
        return json_integer(random() - RAND_MAX / 2);
    case 1:
        return json_real((double)random() / 7 + 0.5);
    case 2:
        return json_boolean(random() % 2);
    case 3:
    case 4:
        return random() % 8 ? random_string() : json_null();
    case 5:
        v = json_array();
        for (long n = random() % 5; n > 0; n--)
            json_array_append_new(v, random_tree(depth - 1));
        return v;
    default:
        v = json_object();
        for (long n = random() % 5; n > 0; n--) {
            cleanup_json json_t *key = random_string();
            json_object_set_new(v, json_string_value(key), random_tree(depth - 1));
        }
        return v;
    }
}

Test(yaml_emit, random_trees)
{
    srandom(7);
    for (int i = 0; i < 20000; i++) {
        cleanup_json json_t *inner = random_tree(5);
        cleanup_json json_t *v = json_pack("{s:O}", "root", inner);
        check(v);
    }
}
