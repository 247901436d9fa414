/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The tables of k8s.io/client-go/util/jsonpath's own tests, and the examples of
 * https://kubernetes.io/docs/reference/kubectl/jsonpath/.
 */
#include <criterion/criterion.h>
#include <jansson.h>

#include "cleanup.h"
#include "json_text.h"
#include "jsonpath.h"

struct row {
    const char *template, *want; /* want "!..." is an error */
};

static void check_rows(const char *data, bool allow_missing, const struct row *rows, size_t n)
{
    cleanup_json json_t *root = json_text(data);
    cr_assert(root, "%s", data);
    for (size_t i = 0; i < n; i++) {
        struct error err = {""};
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        cleanup_jsonpath struct jsonpath *path = NULL;
        int rc = jsonpath_parse(rows[i].template, &path, &err);
        if (rc == 0) {
            jsonpath_allow_missing(path, allow_missing);
            rc = jsonpath_print(path, root, &out, &err);
        }
        cleanup_strbuf struct strbuf got = STRBUF_INIT;
        strbuf_addf(&got, "%s%s", rc < 0 ? "!" : "", rc < 0 ? err.text : strbuf_str(&out));
        cr_expect_str_eq(strbuf_str(&got), rows[i].want, "%s: %s, not %s", rows[i].template,
                         strbuf_str(&got), rows[i].want);
    }
}

#define CHECK(data, allow, rows) check_rows(data, allow, rows, sizeof rows / sizeof *rows)

/* The page's input. */
static const char users[] =
    "{'kind':'List','items':[{'kind':'None','metadata':{'name':'127.0.0.1','labels':{"
    "'kubernetes.io/hostname':'127.0.0.1'}},'status':{'capacity':{'cpu':'4'},'addresses':[{'type':"
    "'LegacyHostIP','address':'127.0.0.1'}]}},{'kind':'None','metadata':{'name':'127.0.0.2'},"
    "'status':{'capacity':{'cpu':'8'},'addresses':[{'type':'LegacyHostIP','address':'127.0.0.2'},"
    "{'type':'another','address':'127.0.0.3'}]}}],'users':[{'name':'myself','user':{}},{'name':"
    "'e2e','user':{'username':'admin','password':'secret'}}]}";

Test(jsonpath, documentation)
{
    static const struct row rows[] = {
        {"kind is {.kind}", "kind is List"},
        {"{.kind}", "List"},
        {"{['kind']}", "List"},
        {"{['metadata.name']}", ""},
        {"{.\\*}", ""}, /* a member of that name */
        {"{.users[1].user['username']}", "admin"},
        {"{..name}", "127.0.0.1 127.0.0.2 myself e2e"},
        {"{.items[*].metadata.name}", "127.0.0.1 127.0.0.2"},
        {"{.users[0].name}", "myself"},
        {"{.items[*]['metadata.name', 'status.capacity']}",
         "127.0.0.1 127.0.0.2 {\"cpu\":\"4\"} {\"cpu\":\"8\"}"},
        {"{.users[?(@.name==\"e2e\")].user.password}", "secret"},
        {"{.items[0].metadata.labels.kubernetes\\.io/hostname}", "127.0.0.1"},
        {"{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}",
         "[127.0.0.1, {\"cpu\":\"4\"}] [127.0.0.2, {\"cpu\":\"8\"}] "},
        {"{range .items[*]}{.metadata.name}{'\\t'}{end}", "127.0.0.1\t127.0.0.2\t"},
        {"{range .items[*]}{.metadata.name}{\"\\t\"}{.status.capacity.cpu}{\"\\n\"}{end}",
         "127.0.0.1\t4\n127.0.0.2\t8\n"},
        {"{.items[0]['metadata.name','kind']}", "127.0.0.1 None"},
        {"{range .items[*]}{.metadata.name}, {end}{.kind}", "127.0.0.1, 127.0.0.2, List"},
        {"{range .items[*]}{range .status.addresses[*]}{.address}, {end}{end}",
         "127.0.0.1, 127.0.0.2, 127.0.0.3, "},
        {"{.items[?(@.metadata.labels.kubernetes\\.io/hostname==\"127.0.0.1\")].kind}", "None"},
        {"{.items[?(@..type=='another')].metadata.name}",
         "!can only compare one element at a time"},
        {"{.items[?(@.metadata.name=~/127/)]}", "!unrecognized character in action: U+007E '~'"},
        {"{@}", NULL},
    };
    check_rows(users, true, rows, sizeof rows / sizeof *rows - 1);
    static const struct row whole[] = {{"{@}", "{\"a\":[1,\"\\u003cx\\u003e\"],\"b\":null}"},
                                       {"{$}", "{\"a\":[1,\"\\u003cx\\u003e\"],\"b\":null}"},
                                       {"{.b}", "<nil>"},
                                       {"{.a[1]}", "<x>"},
                                       {".a", ".a"},
                                       {"", ""}};
    CHECK("{'b':null,'a':[1,'<x>']}", true, whole);
}

Test(jsonpath, slices)
{
    static const struct row rows[] = {
        {"{ .s }", "[\"one\",\"two\",\"three\",\"four\"]"},
        {"{ .s[0] }", "one"},
        {"{ .s[-2] }", "three"},
        {"{ .s[-1] }", "four"},
        {"{ .s[0:2] }", "one two"},
        {"{ .s[:2] }", "one two"},
        {"{ .s[:4:2] }", "one three"},
        {"{ .s[::2] }", "one three"},
        {"{ .s[1::2] }", "two four"},
        {"{ .s[-3:-1] }", "two three"},
        {"{ .s[1:1] }", ""},
        {"{ .s[*] }", "one two three four"},
        {"{ .s[0,2] }", "one three"},
        {"{ .s[] }", "one"},
        {"{ .s[4] }", "!array index out of bounds: index 4, length 4"},
        {"{ .s[-5] }", "!array index out of bounds: index -1, length 4"},
        {"{ .s[0:9] }", "!array index out of bounds: index 8, length 4"},
        {"{ .s[3:1] }", "!starting index 3 is greater than ending index 1"},
        {"{ .s[::-1] }", "!step must be > 0"},
        {"{ .s[::0] }", "!step must be > 0"},
        {"{ .s[x] }", "!invalid array index x"},
        {"{ .s[1:2:3:4] }", "!invalid array index 1:2:3:4"},
        {"{ .s[99999999999] }", "!array index 99999999999 is not a number"},
        {"{ .s[-] }", "!array index - is not a number"},
        {"{ .n[0] }", "!int64 is not array or slice"},
        {"{ [0] }", "!map[string]interface {} is not array or slice"},
        {"{ .f[*] }", "1.5 2 1e+21 -0.25"},
        {"{ .e[0] }", "!array index out of bounds: index 0, length 0"},
        {"{ .e[*] }", ""},
    };
    CHECK("{'s':['one','two','three','four'],'n':1,'f':[1.5,2.0,1e21,-0.25],'e':[]}", true, rows);
}

static const char store[] =
    "{'Name':'jsonpath','Book':[{'Category':'reference','Author':'Nigel Rees','Price':8.95},"
    "{'Category':'fiction','Author':'Evelyn Waugh','Price':12.99},{'Category':'fiction','Author':"
    "'Herman Melville','Price':8.99}],'Bicycle':[{'Color':'red','IsNew':true,'Price':19.95},"
    "{'Color':'green','IsNew':false,'Price':20.01}],'Labels':{'engineer':10,'web/html':15,"
    "'k8s-app':20}}";

Test(jsonpath, store)
{
    static const struct row rows[] = {
        {"hello jsonpath", "hello jsonpath"},
        {"hello {.Name}", "hello jsonpath"},
        {"{$.Labels.web/html}", "15"},
        {"{.Labels.k8s-app}", "20"},
        {"{.Labels.*}", "10 20 15"},
        {"{.Bicycle[*].Color}", "red green"},
        {"{.Book[*].Author}", "Nigel Rees Evelyn Waugh Herman Melville"},
        {"{range .Bicycle[*]}{ \"{\" }{ @.* }{ \"} \" }{end}",
         "{red true 19.95} {green false 20.01} "},
        {"{..Price}", "19.95 20.01 8.95 12.99 8.99"},
        {"{...Price}", "19.95 20.01 8.95 12.99 8.99"},
        {"{.........Price}", "!invalid multiple recursive descent"},
        {"{.Book[-1:].Author}", "Herman Melville"},
        {"{..Book[2].Author}", "Herman Melville"},
        {"{.Bicycle[?(@.IsNew==true)].Color}", "red"},
        {"{.Bicycle[?(@.Price>20)].Color}", "!incompatible types for comparison"},
        {"{.Bicycle[?(@.Price>20.0)].Color}", "green"},
        {"{.Book[?(@.Price>=8.99)].Author}", "Evelyn Waugh Herman Melville"},
        {"{.Book[?(@.Price<=8.95)].Author}", "Nigel Rees"},
        {"{.Book[?(@.Category!='fiction')].Author}", "Nigel Rees"},
        {"{.Book[?(@.Price<9.0)].Author}", "Nigel Rees Herman Melville"},
        {"{.Book[?(@.none)].Author}", ""},
        {"{.Book[?(@.none=='x')].Author}", ""},
        {"{.Book[?(@.Author=='a)b')].Author}", ""},
        {"{hello}", "!unrecognized identifier hello"},
        {"{.Labels[0]}", "!map[string]interface {} is not array or slice"},
        {"{.Book[?(@.Price<>10)]}", "!unrecognized filter operator <>"},
        {"{.Bicycle[?(@.IsNew<true)]}", "!invalid type for comparison"},
        {"{.Book[?(@.Category=='a' && @.Author=='b')]}",
         "!unrecognized character in action: U+0026 '&'"},
        {"{range .Labels.*}{@}{end}{end}", "!not in range, nothing to end"},
        {"{.Name[?(@.x)]}", "!jsonpath is not array or slice and cannot be filtered"},
        {"{range .none[*]}{.x}{end}.", "."},
        {"{range .Bicycle[*]}{.Color};", "red;green;"},
        {"{\"{\"}", "{"},
        {"{'it\\'s'}", "it's"},
        {"{\"\\u00e9\\n\\x41\\101\"}", "\xc3\xa9\nAA"},
        {"{'a\\qb'}", "!unquote string 'a\\qb' error invalid syntax"},
        {"{'a", "!unterminated quoted string"},
        {"{.a", "!unclosed action"},
        {"{.Book[0", "!unterminated array"},
        {"{.Book[?(@.x]}", "!unterminated filter"},
        {"{.Book[?(@.x)}", "!unclosed array expect ]"},
        {"{1.2.3}", "!cannot parse number 1.2.3"},
        {"{#}", "!unrecognized character in action: U+0023 '#'"},
        {"{5}{-1.5}{true}", "5-1.5true"},
    };
    CHECK(store, true, rows);
    static const struct row strict[] = {{"{.hello}", "!hello is not found"},
                                        {"{.Name.hello}", "!hello is not found"},
                                        {"{.Book[?(@.none)].Author}", ""}};
    CHECK(store, false, strict);
}

Test(jsonpath, lists)
{
    static const struct row rows[] = {
        {"{[?(@<5)]}", "2 3"}, {"{..}", "[2,6,3,7]"}, {"{[1,3]}", "6 7"}, {"{[0:2]}", "2 6"}};
    CHECK("[2,6,3,7]", true, rows);
    static const struct row points[] = {{"{[?(@.z)].id}", "i2 i5"}, {"{[0]['id']}", "i1"}};
    CHECK("[{'id':'i1','x':4},{'id':'i2','z':1},{'id':'i5','x':0,'z':1}]", true, points);
}

Test(jsonpath, relaxed)
{
    static const struct {
        const char *text, *want;
    } rows[] = {{"metadata.name", "x"},
                {".metadata.name", "x"},
                {"{metadata.name}", "x"},
                {"{.metadata.name}", "x"},
                {".metadata.labels.a\\.b/c", "1"},
                {"metadata.labels['a\\.b/c']", "1"},
                {"{.a}{.b}", NULL},
                {"{.a", NULL},
                {"{}", NULL},
                {".", NULL}};
    cleanup_json json_t *data = json_text("{'metadata':{'name':'x','labels':{'a.b/c':'1'}}}");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        cleanup_jsonpath struct jsonpath *path = NULL;
        int rc = jsonpath_parse_relaxed(rows[i].text, &path, &err);
        cr_expect_eq(rc, rows[i].want ? 0 : -1, "%s", rows[i].text);
        if (rc == 0) {
            cr_expect_eq(jsonpath_print(path, data, &out, &err), 0);
            cr_expect_str_eq(strbuf_str(&out), rows[i].want);
        }
    }
}

Test(jsonpath, results)
{
    struct error err;
    cleanup_json json_t *data = json_text("{'a':[{'b':1},{'b':'x'}]}");
    cleanup_json json_t *found = NULL;
    cleanup_jsonpath struct jsonpath *path = NULL;
    cr_assert_eq(jsonpath_parse("{.a[*].b}", &path, &err), 0);
    cr_assert_eq(jsonpath_find(path, data, &found, &err), 0);
    cr_assert_eq(json_array_size(found), 2);
    cr_expect_eq(json_integer_value(json_array_get(found, 0)), 1);
    cr_expect_str_eq(json_string_value(json_array_get(found, 1)), "x");
}

/* A template as deep as it can be is refused, not a crash. */
Test(jsonpath, depth)
{
    struct error err;
    cleanup_strbuf struct strbuf deep = STRBUF_INIT;
    cleanup_jsonpath struct jsonpath *path = NULL;
    strbuf_addc(&deep, '{');
    for (int i = 0; i < 1000; i++)
        strbuf_adds(&deep, "[?(@");
    for (int i = 0; i < 1000; i++)
        strbuf_adds(&deep, ")]");
    strbuf_addc(&deep, '}');
    cr_expect_eq(jsonpath_parse(strbuf_str(&deep), &path, &err), -1);
}

Test(jsonpath, depth_of_ranges)
{
    struct error err;
    cleanup_json json_t *data = json_text("{}");
    cleanup_strbuf struct strbuf deep = STRBUF_INIT, out = STRBUF_INIT;
    cleanup_jsonpath struct jsonpath *path = NULL;
    for (int i = 0; i < 100000; i++)
        strbuf_adds(&deep, "{range @}");
    cr_assert_eq(jsonpath_parse(strbuf_str(&deep), &path, &err), 0);
    cr_expect_eq(jsonpath_print(path, data, &out, &err), -1);
    cr_expect_str_eq(err.text, "the ranges are nested too deeply");
}
