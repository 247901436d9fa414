/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_rows.h"
#include "tree.h"

#define CONFIG_MAP "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'demo'}}"
#define SECRET     "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'demo'}}"
#define SERVICE    "{'apiVersion':'v1','kind':'Service','metadata':{'name':'demo'}}"

#define KEY_RULE                                                                                   \
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "           \
    "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "                    \
    "'[-._a-zA-Z0-9]+')"

Test(validate_core, config_maps)
{
    static const struct job_row rows[] = {
        {"", ""},
        {"'data':{'a.b-c_D9':'x','..2':'y'}", "data[..2]: Invalid value: \"..2\": must not start "
                                              "with '..'"},
        {"'data':{'a b':'x'}", "data[a b]: Invalid value: \"a b\": " KEY_RULE},
        {"'data':{'.':'x'}", "data[.]: Invalid value: \".\": must not be '.'"},
        {"'binaryData':{'a b':'eA=='}", "binaryData[a b]: Invalid value: \"a b\": " KEY_RULE},
        {"'data':{'a':'x'},'binaryData':{'a':'eA=='}",
         "data[a]: Invalid value: \"a\": duplicate of key present in binaryData"},
        {"'metadata':{'name':'Bad_Name'}",
         "metadata.name: Invalid value: \"Bad_Name\": a lowercase RFC 1123 subdomain must consist "
         "of lower case alphanumeric characters, '-' or '.', and must start and end with an "
         "alphanumeric character (e.g. 'example.com', regex used for validation is "
         "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"},
    };
    job_rows_run(CONFIG_MAP, rows, sizeof rows / sizeof *rows);
}

Test(validate_core, secrets)
{
    static const struct job_row rows[] = {
        {"'data':{'a':'eA=='},'stringData':{'b':'x'}", ""},
        {"'stringData':{'a/b':'x'}", "data[a/b]: Invalid value: \"a/b\": " KEY_RULE},
        {"'type':'example.org/own'", ""},
        {"'type':'kubernetes.io/tls'",
         "data[tls.crt]: Required value\ndata[tls.key]: Required value"},
        {"'type':'kubernetes.io/tls','stringData':{'tls.crt':'','tls.key':''}", ""},
        {"'type':'kubernetes.io/basic-auth'",
         "data[username]: Required value\ndata[password]: Required value"},
        {"'type':'kubernetes.io/basic-auth','stringData':{'password':''}", ""},
        {"'type':'kubernetes.io/ssh-auth','stringData':{'ssh-privatekey':''}",
         "data[ssh-privatekey]: Required value"},
        {"'type':'kubernetes.io/dockerconfigjson'", "data[.dockerconfigjson]: Required value"},
        {"'type':'kubernetes.io/dockerconfigjson','stringData':{'.dockerconfigjson':'{}'}", ""},
        {"'type':'kubernetes.io/dockercfg','stringData':{'.dockercfg':'secret'}",
         "data[.dockercfg]: Invalid value: \"<secret contents redacted>\": invalid JSON"},
        {"'type':'kubernetes.io/service-account-token'",
         "metadata.annotations[kubernetes.io/service-account.name]: Required value"},
    };
    job_rows_run(SECRET, rows, sizeof rows / sizeof *rows);
}

Test(validate_core, services)
{
    static const struct job_row rows[] = {
        {"'spec':{'clusterIP':'None','selector':{'job-name':'demo'}}", ""},
        {"'metadata':{'name':'1a'}",
         "metadata.name: Invalid value: \"1a\": a DNS-1035 label must consist of lower case "
         "alphanumeric characters or '-', start with an alphabetic character, and end with an "
         "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
         "'[a-z]([-a-z0-9]*[a-z0-9])?')"},
    };
    job_rows_run(SERVICE, rows, sizeof rows / sizeof *rows);
}

static enum manifest_verdict load(struct manifest *m, const char *base, const char *patch)
{
    struct manifest_options options = {.unknown = UNKNOWN_STRICT, .zoneinfo = ZONEINFO};
    cleanup_json json_t *raw = job_patched(base, patch);
    return manifest_load(m, raw, &options);
}

/* One byte more than 1 MiB is too much, counted before base64 and over both maps. */
Test(validate_core, sizes)
{
    size_t half = (size_t)512 * 1024;
    cleanup_free char *text = malloc(half + 2);
    cleanup_strbuf struct strbuf patch = STRBUF_INIT;
    memset(text, 'a', half + 1);
    for (size_t more = 0; more < 2; more++) {
        cleanup_manifest struct manifest m;
        text[half + more] = '\0';
        strbuf_reset(&patch);
        strbuf_addf(&patch, "'stringData':{'a':'%.*s','b':'%s'}", (int)half, text, text);
        enum manifest_verdict v = load(&m, SECRET, strbuf_str(&patch));
        cr_expect_eq(v, more ? MANIFEST_INVALID : MANIFEST_OK);
        if (more)
            cr_expect_str_eq(m.errs.v[0].message, "Too long: may not be more than 1048576 bytes");
        text[half + more] = 'a';
    }
    strbuf_reset(&patch);
    text[half + 1] = '\0';
    strbuf_addf(&patch, "'data':{'a':'%.*s','b':'%s'}", (int)half, text, text);
    cleanup_manifest struct manifest m;
    cr_expect_eq(load(&m, CONFIG_MAP, strbuf_str(&patch)), MANIFEST_INVALID);
    cr_expect_str_eq(m.errs.v[0].field, "");
}

Test(validate_core, strings_replace_data_and_the_type_is_opaque)
{
    cleanup_manifest struct manifest m;
    cr_assert_eq(load(&m, SECRET, "'data':{'a':'eA\\n==','b':'eQ=='},'stringData':{'b':'new'}"),
                 MANIFEST_OK);
    const json_t *data = tree_get(m.object, "data");
    cr_expect_str_eq(tree_str(data, "a"), "eA==");
    cr_expect_str_eq(tree_str(data, "b"), "bmV3");
    cr_expect_str_eq(tree_str(m.object, "type"), "Opaque");
    cr_expect_not(tree_has(m.object, "stringData"));
}

Test(validate_core, what_cannot_be_decoded)
{
    static const struct {
        const char *base, *patch, *want;
    } rows[] = {
        {SECRET, "'data':{'a':'eA='}",
         "Error from server (BadRequest): error when creating \"F\": Secret in version \"v1\" "
         "cannot be handled as a Secret: illegal base64 data at input byte 3\n"},
        {CONFIG_MAP, "'data':{'a':5}",
         "Error from server (BadRequest): error when creating \"F\": ConfigMap in version \"v1\" "
         "cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field "
         "ConfigMap.data of type string\n"},
        {CONFIG_MAP, "'dat':{'a':'5'}",
         "Error from server (BadRequest): error when creating \"F\": ConfigMap in version \"v1\" "
         "cannot be handled as a ConfigMap: strict decoding error: unknown field \"dat\" (did you "
         "mean \"data\"?)\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_manifest struct manifest m;
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        cr_expect_eq(load(&m, rows[i].base, rows[i].patch), MANIFEST_BAD_REQUEST);
        manifest_explain(&m, NULL, "creating", "F", &out);
        cr_expect_str_eq(strbuf_str(&out), rows[i].want);
    }
}
