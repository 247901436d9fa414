/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_rows.h"
#include "tree.h"

/* base with members merged in; load it, compare the verdict and what is printed. */
struct row {
    const char *base, *patch;
    enum manifest_verdict verdict;
    const char *text;
};

#define BAD_JOB                                                                                    \
    "Error from server (BadRequest): error when creating \"F\": Job in version \"v1\" cannot be "  \
    "handled as a Job: "
#define UNSET(what)                                                                                \
    "error: error validating \"F\": error validating data: " what                                  \
    "; if you choose to ignore these errors, turn validation off with --validate=false\n"
#define NO_KIND(name, ns, kind, version)                                                           \
    "error: resource mapping not found for name: \"" name "\" namespace: \"" ns                    \
    "\" from \"F\": no matches for kind \"" kind "\" in version \"" version                        \
    "\" (skjob takes Job and CronJob of batch/v1, ConfigMap, Secret and Service of v1)\n"

static const struct row rows[] = {
    {JOB, "", MANIFEST_OK, ""},
    {CRON_JOB, "", MANIFEST_OK, ""},
    {JOB, "'apiVersion':null,'kind':null", MANIFEST_NO_KIND,
     UNSET("[apiVersion not set, kind not set]")},
    {JOB, "'apiVersion':null", MANIFEST_NO_KIND, UNSET("apiVersion not set")},
    {JOB, "'kind':''", MANIFEST_NO_KIND, UNSET("kind not set")},
    {JOB, "'kind':5", MANIFEST_NO_KIND, UNSET("kind not set")},
    {"[]", "", MANIFEST_NO_KIND, UNSET("[apiVersion not set, kind not set]")},
    {"5", "", MANIFEST_NO_KIND, UNSET("[apiVersion not set, kind not set]")},
    {JOB, "'kind':'Pod'", MANIFEST_UNKNOWN_KIND, NO_KIND("demo", "", "Pod", "batch/v1")},
    {JOB, "'kind':'job'", MANIFEST_UNKNOWN_KIND, NO_KIND("demo", "", "job", "batch/v1")},
    {CRON_JOB, "'apiVersion':'batch/v1beta1','metadata':{'namespace':'n'}", MANIFEST_UNKNOWN_KIND,
     NO_KIND("demo", "n", "CronJob", "batch/v1beta1")},
    {JOB, "'apiVersion':'v1','metadata':null", MANIFEST_UNKNOWN_KIND, NO_KIND("", "", "Job", "v1")},
    /* not decodable */
    {JOB, "'spec':{'completions':'3'}", MANIFEST_BAD_REQUEST,
     BAD_JOB "json: cannot unmarshal string into Go struct field JobSpec.spec.completions of type "
             "int32\n"},
    {JOB, "'spec':[]", MANIFEST_BAD_REQUEST,
     BAD_JOB "json: cannot unmarshal array into Go struct field Job.spec of type v1.JobSpec\n"},
    {JOB, "'metadata':{'name':5}", MANIFEST_BAD_REQUEST,
     BAD_JOB "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type "
             "string\n"},
    {JOB, "'metadata':{'labels':{'a':true}}", MANIFEST_BAD_REQUEST,
     BAD_JOB "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type "
             "string\n"},
    {JOB,
     "'spec':{'template':{'spec':{'containers':[{'name':'c','env':[{'name':'A','value':1}]}]}}}",
     MANIFEST_BAD_REQUEST,
     BAD_JOB "json: cannot unmarshal number into Go struct field "
             "EnvVar.spec.template.spec.containers.env.value of type string\n"},
    {JOB,
     "'spec':{'template':{'spec':{'containers':[{'name':'c','resources':{'limits':{'cpu':"
     "'x'}}}]}}}",
     MANIFEST_BAD_REQUEST,
     BAD_JOB "quantities must match the regular expression "
             "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'\n"},
    /* unknown fields, with what was perhaps meant */
    {JOB, "'spec':{'foo':1}", MANIFEST_BAD_REQUEST,
     BAD_JOB "strict decoding error: unknown field \"spec.foo\"\n"},
    {JOB, "'spec':{'template':{'spec':{'containers':[{'name':'c','imgae':'i'}]}},'foo':1}",
     MANIFEST_BAD_REQUEST,
     BAD_JOB "strict decoding error: unknown field \"spec.foo\", unknown field "
             "\"spec.template.spec.containers[0].imgae\" (did you mean \"image\"?)\n"},
    {JOB, "'Spec':{}", MANIFEST_BAD_REQUEST,
     BAD_JOB "strict decoding error: unknown field \"Spec\" (did you mean \"spec\"?)\n"},
    /* a wrong type is said before unknown fields are */
    {JOB, "'spec':{'foo':1,'parallelism':true}", MANIFEST_BAD_REQUEST,
     BAD_JOB "json: cannot unmarshal bool into Go struct field JobSpec.spec.parallelism of type "
             "int32\n"},
    /* invalid */
    {JOB, "'spec':{'parallelism':-1}", MANIFEST_INVALID,
     "The Job \"demo\" is invalid: spec.parallelism: Invalid value: -1: must be greater than or "
     "equal to 0\n"},
    {JOB, "'spec':{'parallelism':-1,'completions':-2}", MANIFEST_INVALID,
     "The Job \"demo\" is invalid: \n"
     "* spec.parallelism: Invalid value: -1: must be greater than or equal to 0\n"
     "* spec.completions: Invalid value: -2: must be greater than or equal to 0\n"},
    {JOB, "'metadata':{'name':null}", MANIFEST_INVALID,
     "The Job \"\" is invalid: metadata.name: Required value: name or generateName is required\n"},
    {CRON_JOB, "'spec':{'schedule':''}", MANIFEST_INVALID,
     "The CronJob \"demo\" is invalid: spec.schedule: Required value\n"},
    /* Two errors that read alike are one; here both labels give the same. */
    {JOB,
     "'metadata':{'labels':{'c':'d'}},'spec':{'template':{'metadata':{'labels':{'a':'x y','b':'x "
     "y'}}}}",
     MANIFEST_INVALID,
     "The Job \"demo\" is invalid: spec.template.labels: Invalid value: \"x y\": a valid label "
     "must "
     "be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
     "and "
     "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
     "for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')\n"},
};

Test(manifest, verdicts)
{
    struct manifest_options options = {.unknown = UNKNOWN_STRICT, .zoneinfo = ZONEINFO};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_json json_t *raw = *rows[i].base == '{' ? job_patched(rows[i].base, rows[i].patch)
                                                        : json_text(rows[i].base);
        cleanup_json json_t *before = json_deep_copy(raw);
        cleanup_manifest struct manifest m;
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        manifest_load(&m, raw, &options);
        manifest_explain(&m, raw, "creating", "F", &text);
        cr_expect_eq(m.verdict, rows[i].verdict, "%s: verdict %d", rows[i].patch, (int)m.verdict);
        cr_expect_str_eq(strbuf_str(&text), rows[i].text, "%s:\nwant %s\ngot  %s", rows[i].patch,
                         rows[i].text, strbuf_str(&text));
        cr_expect(json_equal(raw, before), "%s: the raw object was changed", rows[i].patch);
    }
}

Test(manifest, unknown_fields_may_be_let_pass)
{
    static const enum unknown_fields how[] = {UNKNOWN_WARN, UNKNOWN_IGNORE};
    for (size_t i = 0; i < 2; i++) {
        struct manifest_options options = {.unknown = how[i], .zoneinfo = ZONEINFO};
        cleanup_json json_t *raw = job_patched(JOB, "'spec':{'foo':1}");
        cleanup_manifest struct manifest m;
        cr_assert_eq(manifest_load(&m, raw, &options), MANIFEST_OK);
        cr_assert_eq(m.report.unknown_len, 1);
        cr_expect_str_eq(m.report.unknown[0].path, "spec.foo");
        cr_expect_null(json_object_get(json_object_get(m.object, "spec"), "foo"));
    }
}

Test(manifest, names)
{
    struct manifest_options options = {.unknown = UNKNOWN_STRICT, .zoneinfo = ZONEINFO};
    cleanup_json json_t *raw = json_text(CRON_JOB);
    cleanup_manifest struct manifest m;
    cr_assert_eq(manifest_load(&m, raw, &options), MANIFEST_OK);
    cr_expect_str_eq(manifest_name(&m), "demo");
    cr_expect_str_eq(manifest_kind_name(m.kind), "CronJob");
    cr_expect_str_eq(manifest_resource(m.kind), "cronjob.batch");
    cr_expect_str_eq(manifest_kind_name(MANIFEST_JOB), "Job");
    cr_expect_str_eq(manifest_resource(MANIFEST_JOB), "job.batch");
}

/* What the server makes itself is not in the object: status, generated labels, a name. */
Test(manifest, object)
{
    struct manifest_options options = {.unknown = UNKNOWN_STRICT, .zoneinfo = ZONEINFO};
    cleanup_json json_t *raw =
        job_patched(JOB, "'metadata':{'name':null,'generateName':'g-'},'status':{'active':1},"
                         "'spec':{'podFailurePolicy':{'rules':[]}}");
    cleanup_manifest struct manifest m;
    cr_assert_eq(manifest_load(&m, raw, &options), MANIFEST_OK);
    cr_expect(!tree_has(m.object, "status"));
    cr_expect(!tree_has(tree_get(m.object, "metadata"), "name"));
    cr_expect(!tree_has(tree_get(m.object, "metadata"), "namespace"));
    cr_expect(!tree_has(tree_get(m.object, "spec"), "selector"));
    cr_expect_str_eq(manifest_name(&m), "");
    cr_expect(json_is_null(tree_at(m.object, "spec", "podFailurePolicy", "rules", NULL)),
              "an empty list that must be there is stored as null");
}

/* 100,000 errors are told, each once, in time. */
Test(manifest, many_errors)
{
    struct manifest_options options = {.unknown = UNKNOWN_STRICT, .zoneinfo = ZONEINFO};
    cleanup_json json_t *raw = json_text(JOB);
    json_t *pod = tree_at(raw, "spec", "template", "spec", NULL);
    json_t *env = json_array();
    for (int i = 0; i < 100000; i++)
        json_array_append_new(env, json_object());
    json_object_set_new(json_array_get(json_object_get(pod, "containers"), 0), "env", env);
    cleanup_manifest struct manifest m;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cr_assert_eq(manifest_load(&m, raw, &options), MANIFEST_INVALID);
    manifest_explain(&m, raw, "creating", "F", &text);
    size_t lines = 0;
    for (const char *s = strbuf_str(&text); *s; s++)
        lines += *s == '\n';
    cr_expect_eq(lines, 100001, "%zu lines", lines);
}
