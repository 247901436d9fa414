/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Table rows for the tests of pod templates: a piece of JSON is merged into a small valid template,
 * which is decoded, defaulted and validated; the errors must be exactly those of the row, in order.
 *
 * In the JSON a ' stands for " and a ` for ', so that the rows stay readable.
 */
#ifndef SKJOB_TEST_POD_ROWS_H
#define SKJOB_TEST_POD_ROWS_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "decode.h"
#include "default_pod.h"
#include "tree.h"
#include "validate_pod.h"

#define LABEL                                                                                      \
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "   \
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex "     \
    "used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
#define SUBDOMAIN                                                                                  \
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "   \
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "  \
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
#define NAME_PART                                                                                  \
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "  \
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for " \
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
#define LABEL_VALUE                                                                                \
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "    \
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "             \
    "'my_value',  or '12345', regex used for validation is "                                       \
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
#define ENV_NAME                                                                                   \
    "a valid environment variable name must consist only of printable ASCII characters other "     \
    "than '='"
#define CONFIG_KEY                                                                                 \
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "           \
    "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "                    \
    "'[-._a-zA-Z0-9]+')"
#define IP       "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
#define PORT_NUM "must be between 1 and 65535, inclusive"
#define MODE     "must be a number between 0 and 0777 (octal), both inclusive"

struct pod_row {
    const char *json; /* members of the object that the table is about, without the braces */
    const char *want; /* "path: message" lines; "" = valid */
};

/* Where a table's JSON goes, and which prefix its paths leave out. */
enum pod_scope { IN_TEMPLATE, IN_SPEC, IN_CONTAINER, IN_VOLUME, IN_AFFINITY };

static const char *const pod_prefix[] = {
    [IN_TEMPLATE] = "",
    [IN_SPEC] = "spec.",
    [IN_CONTAINER] = "spec.containers[0].",
    [IN_VOLUME] = "spec.volumes[0].",
    [IN_AFFINITY] = "spec.affinity.",
};

/* The JSON of a row, braces added. */
static inline json_t *pod_row_json(const char *members)
{
    struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b, "{%s}", members);
    for (size_t i = 0; i < b.len; i++)
        b.data[i] = b.data[i] == '\'' ? '"' : b.data[i] == '`' ? '\'' : b.data[i];
    json_error_t error;
    json_t *v = json_loads(b.data, JSON_ALLOW_NUL, &error);
    cr_assert_not_null(v, "row %s: %s", members, error.text);
    strbuf_free(&b);
    return v;
}

/* A template with one container and one emptyDir volume "v", into which the row is merged. */
static inline json_t *pod_row_template(enum pod_scope scope, const char *members)
{
    json_t *t = pod_row_json("'spec':{'restartPolicy':'Never','containers':[{'name':'c',"
                             "'image':'i'}],'volumes':[{'name':'v'}],'affinity':{}}");
    json_t *spec = tree_get(t, "spec");
    json_t *target[] = {
        [IN_TEMPLATE] = t,
        [IN_SPEC] = spec,
        [IN_CONTAINER] = json_array_get(tree_get(spec, "containers"), 0),
        [IN_VOLUME] = json_array_get(tree_get(spec, "volumes"), 0),
        [IN_AFFINITY] = tree_get(spec, "affinity"),
    };
    json_t *row = pod_row_json(members);
    json_object_update_recursive(target[scope], row);
    json_decref(row);
    return t;
}

/* The template as validation wants it; fails the test when it cannot be decoded. */
static inline json_t *pod_row_decode(json_t *raw, const char *what)
{
    struct error err = {.text = ""};
    struct decode_report report = {0};
    json_t *t = decode(&schema_pod_template_spec, raw, &report, &err);
    cr_assert_not_null(t, "row %s: %s", what, err.text);
    cr_assert_eq(report.unknown_len, 0, "row %s: unknown field %s", what,
                 report.unknown_len ? report.unknown[0].path : "");
    decode_report_free(&report);
    json_decref(raw);
    cr_assert_eq(default_pod_template(t, &err), 0, "row %s: %s", what, err.text);
    return t;
}

static inline void pod_row_lines(const struct field_error *v, size_t len, const char *prefix,
                                 struct strbuf *out)
{
    size_t n = strlen(prefix);
    for (size_t i = 0; i < len; i++)
        strbuf_addf(out, "%s%s: %s", i ? "\n" : "",
                    strncmp(v[i].field, prefix, n) == 0 ? v[i].field + n : v[i].field,
                    v[i].message);
}

typedef void pod_row_check(const json_t *, const struct path *, struct field_errors *);

/* warnings: the row's lines are warnings; errors are not looked at. */
static inline void pod_row_run(enum pod_scope scope, const struct pod_row *row, bool warnings)
{
    cleanup_json json_t *t = pod_row_decode(pod_row_template(scope, row->json), row->json);
    cleanup_field_errors struct field_errors errs = {0};
    cleanup_strbuf struct strbuf got = STRBUF_INIT;
    if (warnings) {
        warn_pod_template(t, NULL, &errs);
        pod_row_lines(errs.warnings, errs.warnings_len, pod_prefix[scope], &got);
    } else {
        validate_pod_template_spec(t, NULL, &errs);
        pod_row_lines(errs.v, errs.len, pod_prefix[scope], &got);
    }
    cr_expect(!errs.failed, "%s", row->json);
    cr_expect_str_eq(strbuf_str(&got), row->want, "row %s\nwant %s\ngot  %s", row->json, row->want,
                     strbuf_str(&got));
}

#define pod_rows_run(scope, rows)                                                                  \
    for (size_t row_ = 0; row_ < sizeof(rows) / sizeof *(rows); row_++)                            \
    pod_row_run(scope, &(rows)[row_], false)
#define pod_rows_warn(scope, rows)                                                                 \
    for (size_t row_ = 0; row_ < sizeof(rows) / sizeof *(rows); row_++)                            \
    pod_row_run(scope, &(rows)[row_], true)

#endif
