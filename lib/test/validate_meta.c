/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_meta.h"

#include "pod_rows.h"

#define QUALIFIED "Invalid value: \"a b\": " NAME_PART
#define OWNER     "'name':'n','namespace':'d','ownerReferences':"

/* Errors of an ObjectMeta; names and paths as in the other tables. */
static void check_meta(const struct pod_row *row, bool namespaced)
{
    cleanup_json json_t *meta = pod_row_json(row->json);
    cleanup_field_errors struct field_errors errs = {0};
    cleanup_strbuf struct strbuf got = STRBUF_INIT;
    validate_object_meta(meta, NULL, namespaced, &errs);
    pod_row_lines(errs.v, errs.len, "", &got);
    cr_expect_str_eq(strbuf_str(&got), row->want, "row %s\nwant %s\ngot  %s", row->json, row->want,
                     strbuf_str(&got));
}

Test(validate_meta, object)
{
    static const struct pod_row rows[] = {
        {"", "name: Required value: name or generateName is required\nnamespace: Required value"},
        {"'name':'A','namespace':'a.b'", "name: Invalid value: \"A\": " SUBDOMAIN
                                         "\nnamespace: Invalid value: \"a.b\": must not contain "
                                         "dots"},
        {"'name':'n','namespace':'d','generateName':'-A-'",
         "generateName: Invalid value: \"-A-\": " SUBDOMAIN},
        {"'name':'n','namespace':'d','generation':-1",
         "generation: Invalid value: -1: must be greater than or equal to 0"},
        {"'name':'n','namespace':'d','labels':{'a b':'x','k':'-x'}",
         "labels: " QUALIFIED "\nlabels: Invalid value: \"-x\": " LABEL_VALUE},
        {"'name':'n','namespace':'d','annotations':{'a b':'x','Upper':'any thing'}",
         "annotations: " QUALIFIED},
        {"'name':'n','namespace':'d','finalizers':['a b','x','a/b','orphan','foregroundDeletion']",
         "finalizers: " QUALIFIED "\nfinalizers: Invalid value: [\"a b\",\"x\",\"a/b\",\"orphan\","
         "\"foregroundDeletion\"]: finalizer orphan and foregroundDeletion cannot be both set\n"
         "finalizers[0]: Invalid value: \"a b\": name is neither a standard finalizer name nor is "
         "it fully qualified\n"
         "finalizers[1]: Invalid value: \"x\": name is neither a standard finalizer name nor is it "
         "fully qualified"},
        {OWNER "[{'apiVersion':'','kind':'','name':'','uid':''}]",
         "ownerReferences.apiVersion: Invalid value: \"\": version must not be empty\n"
         "ownerReferences.kind: Invalid value: \"\": must not be empty\n"
         "ownerReferences.name: Invalid value: \"\": must not be empty\n"
         "ownerReferences.uid: Invalid value: \"\": must not be empty"},
        {OWNER "[{'apiVersion':'a/','kind':'K','name':'m','uid':'u'}]",
         "ownerReferences.apiVersion: Invalid value: \"a/\": version must not be empty"},
        {OWNER "[{'apiVersion':'v1','kind':'Event','name':'m','uid':'u'}]",
         "ownerReferences: Invalid value: {\"apiVersion\":\"v1\",\"kind\":\"Event\",\"name\":"
         "\"m\",\"uid\":\"u\"}: /v1, Kind=Event is disallowed from being an owner"},
        {OWNER "[{'apiVersion':'v1','kind':'A','name':'a','uid':'u','controller':true},"
               "{'apiVersion':'v1','kind':'B','name':'b','uid':'u','controller':true}]",
         "ownerReferences: Invalid value: [{\"apiVersion\":\"v1\",\"kind\":\"A\",\"name\":\"a\","
         "\"uid\":\"u\",\"controller\":true},{\"apiVersion\":\"v1\",\"kind\":\"B\",\"name\":"
         "\"b\",\"uid\":\"u\",\"controller\":true}]: Only one reference can have Controller set "
         "to true. Found \"true\" in references for A/a and B/b"},
        {"'name':'a.b','namespace':'d','generateName':'a-','finalizers':['kubernetes','a/b']", ""},
        {OWNER "[{'apiVersion':'batch/v1','kind':'CronJob','name':'m','uid':'u','controller':"
               "true},{'apiVersion':'v1','kind':'B','name':'b','uid':'u'}]",
         ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_meta(&rows[i], true);
    static const struct pod_row cluster[] = {
        {"'name':'n','namespace':'d'", "namespace: Forbidden: not allowed on this type"},
        {"'name':'n'", ""},
    };
    for (size_t i = 0; i < 2; i++)
        check_meta(&cluster[i], false);
}

/* Keys and values together may be 256 KiB. */
Test(validate_meta, annotation_size)
{
    enum { MAX = 256 * 1024 };
    cleanup_free char *value = malloc(MAX + 1);
    memset(value, 'x', MAX);
    value[MAX] = '\0';
    for (int over = 0; over < 2; over++) {
        cleanup_field_errors struct field_errors errs = {0};
        cleanup_json json_t *map = json_pack("{s:s}", "k", value + 1 - over);
        validate_annotations(map, PATH_FIELD(NULL, "a"), &errs);
        cr_expect_eq(errs.len, (size_t)over);
        if (over)
            cr_expect_str_eq(errs.v[0].message, "Too long: may not be more than 262144 bytes");
    }
}

Test(validate_meta, label_selector)
{
    static const struct pod_row rows[] = {
        {"'matchLabels':{'a b':'-'}",
         "matchLabels: " QUALIFIED "\nmatchLabels: Invalid value: \"-\": " LABEL_VALUE},
        {"'matchExpressions':[{'key':'a b','operator':'In'}]",
         "matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or "
         "'NotIn'\n"
         "matchExpressions[0].key: " QUALIFIED},
        {"'matchExpressions':[{'key':'k','operator':'DoesNotExist','values':['x']}]",
         "matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' "
         "or 'DoesNotExist'"},
        {"'matchExpressions':[{'key':'k','operator':'Gt','values':['-']}]",
         "matchExpressions[0].operator: Invalid value: \"Gt\": not a valid selector operator\n"
         "matchExpressions[0].values[0]: Invalid value: \"-\": " LABEL_VALUE},
        {"'matchLabels':{},'matchExpressions':[{'key':'k','operator':'NotIn','values':['']}]", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_json json_t *selector = pod_row_json(rows[i].json);
        cleanup_field_errors struct field_errors errs = {0};
        cleanup_strbuf struct strbuf got = STRBUF_INIT;
        validate_label_selector(selector, NULL, &errs);
        pod_row_lines(errs.v, errs.len, "", &got);
        cr_expect_str_eq(strbuf_str(&got), rows[i].want, "row %s\nwant %s\ngot  %s", rows[i].json,
                         rows[i].want, strbuf_str(&got));
    }
    struct field_errors none = {0};
    validate_label_selector(NULL, NULL, &none);
    cr_expect_eq(none.len, 0);
}
