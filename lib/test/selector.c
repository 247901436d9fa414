/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <jansson.h>

#include "cleanup.h"
#include "selector.h"

Test(selector, labels)
{
    cleanup_json json_t *labels =
        json_pack("{s:s, s:s, s:s}", "app", "pi", "n", "7", "in", "x.y/z");
    static const struct {
        const char *text;
        bool want;
    } rows[] = {
        {"", true},
        {" ", true},
        {"app", true},
        {"!app", false},
        {"! none", true},
        {"app=pi", true},
        {"app==pi", true},
        {" app = pi ", true},
        {"app!=pi", false},
        {"app!=e", true},
        {"none!=e", true},
        {"none=", false},
        {"app=pi,n=7", true},
        {"app=pi,n=8", false},
        {"app in (e,pi)", true},
        {"app in (e , pi )", true},
        {"app in(pi)", true},
        {"app in (e)", false},
        {"app notin (e)", true},
        {"app notin (pi)", false},
        {"none notin (pi)", true},
        {"none in ()", false},
        {"app notin (,pi)", false},
        {"n>5", true},
        {"n>7", false},
        {"n<8", true},
        {"app>5", false},
        {"none>5", false},
        {"in", true},
        {"in in (in)", false},
        {"app in (in,notin,pi)", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        cleanup_selector struct selector *s = NULL;
        cr_expect_eq(selector_parse_labels(rows[i].text, &s, &err), 0, "%s: %s", rows[i].text,
                     err.text);
        cr_expect_eq(selector_matches_labels(s, labels), rows[i].want, "%s", rows[i].text);
    }
    cr_expect(selector_matches_labels(NULL, NULL));
}

Test(selector, label_errors)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {",", "found ',', expected: !, identifier, or 'end of string'"},
        {"a,", "found '', expected: identifier after ','"},
        {"a,,b", "found ',', expected: identifier after ','"},
        {"!", "unable to parse requirement: found '', expected: identifier"},
        {"a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"},
        {"a=b c", "found 'c', expected: ',' or 'end of string'"},
        {"a=b=c", "found '=', expected: ',' or 'end of string'"},
        {"a in b", "unable to parse requirement: found 'b' expected: '('"},
        {"a in (b", "unable to parse requirement: found '', expected: ',' or ')'"},
        {"a in (=)", "unable to parse requirement: found '=', expected: ',', ')' or identifier"},
        {"a in (b c)", "unable to parse requirement: found 'c', expected: ',' or ')'"},
        {"a=(", "unable to parse requirement: found '(', expected: identifier"},
        {"a>x",
         "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, "
         "the value must be an integer"},
        {"a=b/c",
         "unable to parse requirement: values[0][a]: Invalid value: \"b/c\": a valid label must be "
         "an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
         "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
         "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        struct selector *s = NULL;
        cr_expect_eq(selector_parse_labels(rows[i].text, &s, &err), -1, "%s", rows[i].text);
        cr_expect_str_eq(err.text, rows[i].want, "%s: %s", rows[i].text, err.text);
        cr_expect_null(s);
    }
    struct error err = {""};
    struct selector *s = NULL;
    cr_expect_eq(selector_parse_labels("-a=b", &s, &err), -1);
    cr_expect(strstr(err.text, "name part must consist of alphanumeric characters"), "%s",
              err.text);
}

Test(selector, fields)
{
    cleanup_json json_t *pod = json_pack("{s:{s:s}, s:{s:s, s:i, s:b}}", "metadata", "name",
                                         "a,b=c\\", "status", "phase", "Failed", "n", 3, "on", 1);
    static const struct {
        const char *text;
        bool want;
    } rows[] = {
        {"", true},
        {"status.phase=Failed", true},
        {"status.phase==Failed", true},
        {"status.phase!=Failed", false},
        {"status.phase!=Running,metadata.name=a\\,b\\=c\\\\", true},
        {"status.phase!=Running,metadata.name=a", false},
        {"status.n=3,status.on=true", true},
        {"status.none=", true},
        {"status.none!=", false},
        {"status.phase=Failed,", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {""};
        cleanup_selector struct selector *s = NULL;
        cr_expect_eq(selector_parse_fields(rows[i].text, &s, &err), 0, "%s: %s", rows[i].text,
                     err.text);
        cr_expect_eq(selector_matches_fields(s, pod), rows[i].want, "%s", rows[i].text);
    }
    struct error err = {""};
    struct selector *s = NULL;
    cr_expect_eq(selector_parse_fields("a=b,x", &s, &err), -1);
    cr_expect_str_eq(err.text, "invalid selector: 'a=b,x': can't understand 'x'");
    cr_expect_eq(selector_parse_fields("a=b\\x", &s, &err), -1);
}

Test(selector, questions)
{
    static const char *const known[] = {"a", "b", NULL};
    struct error err;
    cleanup_selector struct selector *s = NULL;
    cr_assert_eq(selector_parse_fields("a=1,b!=2,c=3", &s, &err), 0);
    cr_expect_str_eq(selector_exact(s, "a"), "1");
    cr_expect_null(selector_exact(s, "b"));
    cr_expect_str_eq(selector_unknown_field(s, known), "c");
}
