/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_patch.h"

#include <criterion/criterion.h>

#include "cleanup.h"

struct row {
    const char *what;
    const char *doc, *patch;
    const char *want; /* NULL: refused, and error stands in its text */
    const char *error;
};

static json_t *parse(const char *text)
{
    json_error_t e;
    json_t *v = json_loads(text, JSON_DECODE_ANY, &e);
    cr_assert(v, "%s: %s", text, e.text);
    return v;
}

static void check(const struct row *row)
{
    struct error err = {""};
    cleanup_json json_t *doc = parse(row->doc), *before = parse(row->doc);
    cleanup_json json_t *patch = parse(row->patch);
    cleanup_json json_t *got = json_patch(doc, patch, &err);
    cr_expect(json_equal(doc, before), "%s: the document was changed", row->what);
    if (!row->want) {
        cr_expect(!got && strstr(err.text, row->error), "%s: %s", row->what, err.text);
        return;
    }
    cleanup_json json_t *want = parse(row->want);
    cleanup_free char *text = json_dumps(got, JSON_ENCODE_ANY);
    cr_expect(got && json_equal(got, want), "%s: got %s (%s)", row->what, text ? text : "nothing",
              err.text);
}

#define CHECK(rows)                                                                                \
    for (size_t i = 0; i < sizeof(rows) / sizeof *(rows); i++)                                     \
    check(&(rows)[i])

/* Appendix A of RFC 6902, by number. */
Test(json_patch, rfc6902)
{
    static const struct row rows[] = {
        {"A1", "{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]",
         "{\"baz\":\"qux\",\"foo\":\"bar\"}", 0},
        {"A2", "{\"foo\":[\"bar\",\"baz\"]}",
         "[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]",
         "{\"foo\":[\"bar\",\"qux\",\"baz\"]}", 0},
        {"A3", "{\"baz\":\"qux\",\"foo\":\"bar\"}", "[{\"op\":\"remove\",\"path\":\"/baz\"}]",
         "{\"foo\":\"bar\"}", 0},
        {"A4", "{\"foo\":[\"bar\",\"qux\",\"baz\"]}", "[{\"op\":\"remove\",\"path\":\"/foo/1\"}]",
         "{\"foo\":[\"bar\",\"baz\"]}", 0},
        {"A5", "{\"baz\":\"qux\",\"foo\":\"bar\"}",
         "[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]",
         "{\"baz\":\"boo\",\"foo\":\"bar\"}", 0},
        {"A6", "{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}}",
         "[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]",
         "{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}}", 0},
        {"A7", "{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}",
         "[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]",
         "{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}", 0},
        {"A8", "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
         "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},"
         "{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2}]",
         "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}", 0},
        {"A9", "{\"baz\":\"qux\"}", "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]", 0,
         "operation 0: the value is another"},
        {"A10", "{\"foo\":\"bar\"}",
         "[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]",
         "{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}", 0},
        {"A11", "{\"foo\":\"bar\"}",
         "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"xyz\":123}]",
         "{\"foo\":\"bar\",\"baz\":\"qux\"}", 0},
        {"A12", "{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]",
         0, "there is no \"baz\""},
        {"A14", "{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10}]",
         "{\"/\":9,\"~1\":10}", 0},
        {"A15", "{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":\"10\"}]", 0,
         "the value is another"},
        {"A16", "{\"foo\":[\"bar\"]}",
         "[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]",
         "{\"foo\":[\"bar\",[\"abc\",\"def\"]]}", 0},
    };
    CHECK(rows);
}

Test(json_patch, edges)
{
    static const struct row rows[] = {
        {"the whole document", "{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"\",\"value\":[2]}]",
         "[2]", 0},
        {"a copy is its own", "{\"a\":{\"b\":1}}",
         "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/c\"},"
         "{\"op\":\"replace\",\"path\":\"/c/b\",\"value\":2}]",
         "{\"a\":{\"b\":1},\"c\":{\"b\":2}}", 0},
        {"a slash in a key", "{\"x\":{\"a/b\":1}}", "[{\"op\":\"remove\",\"path\":\"/x/a~1b\"}]",
         "{\"x\":{}}", 0},
        {"an empty key", "{\"\":{\"\":1}}", "[{\"op\":\"remove\",\"path\":\"//\"}]", "{\"\":{}}",
         0},
        {"null is a value", "{}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":null}]",
         "{\"a\":null}", 0},
        {"numbers are equal by value", "{\"a\":1}",
         "[{\"op\":\"test\",\"path\":\"/a\",\"value\":1.0}]", "{\"a\":1}", 0},
        {"moved to where it is", "{\"a\":1}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]",
         "{\"a\":1}", 0},
        {"into itself", "{\"a\":{\"b\":1}}",
         "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]", 0, "into itself"},
        {"the second fails: nothing is done", "{\"a\":1}",
         "[{\"op\":\"remove\",\"path\":\"/a\"},{\"op\":\"remove\",\"path\":\"/a\"}]", 0,
         "operation 1: there is no \"a\""},
        {"a leading zero", "[1,2]", "[{\"op\":\"remove\",\"path\":\"/01\"}]", 0, "not an index"},
        {"behind the end", "[1]", "[{\"op\":\"add\",\"path\":\"/2\",\"value\":1}]", 0, "range"},
        {"a huge index", "[1]", "[{\"op\":\"remove\",\"path\":\"/99999999999999999999\"}]", 0,
         "not an index"},
        {"- names nothing", "[1]", "[{\"op\":\"remove\",\"path\":\"/-\"}]", 0, "not an index"},
        {"a bad escape", "{}", "[{\"op\":\"add\",\"path\":\"/~2\",\"value\":1}]", 0, "~"},
        {"no slash", "{}", "[{\"op\":\"add\",\"path\":\"a\",\"value\":1}]", 0, "start with /"},
        {"no value", "{}", "[{\"op\":\"add\",\"path\":\"/a\"}]", 0, "\"value\" is missing"},
        {"no path", "{}", "[{\"op\":\"remove\"}]", 0, "\"path\" is missing"},
        {"no from", "{}", "[{\"op\":\"copy\",\"path\":\"/a\"}]", 0, "\"from\" is missing"},
        {"no op", "{}", "[{\"path\":\"/a\"}]", 0, "\"op\" is none of"},
        {"no object", "{}", "[5]", 0, "\"op\" is none of"},
        {"no list", "{}", "{}", 0, "is a list"},
        {"below a number", "{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":1}]", 0,
         "no object and no list"},
    };
    CHECK(rows);
}

/* Each operation doubles the document: it must end at the limit, not at the machine's. */
Test(json_patch, copies_are_bounded)
{
    struct error err = {""};
    cleanup_json json_t *doc = parse("{\"a\":[\"0123456789abcdef\"]}");
    cleanup_json json_t *patch = json_array();
    for (int i = 0; i < 64; i++)
        json_array_append_new(patch, parse("{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/-\"}"));
    cleanup_json json_t *got = json_patch(doc, patch, &err);
    cr_expect(!got && strstr(err.text, "too large together"), "%s", err.text);
}
