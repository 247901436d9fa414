/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_update.h"

#include "cleanup.h"
#include "json_text.h"
#include "merge_patch.h"
#include "pod_rows.h"

/* Suspended and at rest, or not, as the row needs it. */
static const char running[] =
    "'kind':'Job','metadata':{'name':'n','namespace':'d','uid':'u','labels':{'a':'b'}},"
    "'spec':{'parallelism':2,'completions':4,'completionMode':'Indexed','suspend':false,"
    "'selector':{'matchLabels':{'x':'y'}},'backoffLimitPerIndex':1,"
    "'template':{'metadata':{'labels':{'x':'y'}},'spec':{'nodeSelector':{'a':'b'},"
    "'containers':[{'name':'c','image':'i','resources':{'limits':{'cpu':'1'}}}]}}},"
    "'status':{'active':1,'startTime':'2026-01-02T03:04:05Z'}";
#define REST "{'spec':{'suspend':true},'status':{'active':0,'startTime':null}}"
#define PAUSED                                                                                     \
    "{'spec':{'suspend':true},'status':{'active':0,'conditions':[{'type':'Suspended',"             \
    "'status':'True'}]}}"
#define STOPPING "{'spec':{'suspend':true}}"
#define QUEUE    "{'spec':{'completionMode':'NonIndexed'}}"

struct row {
    const char *old; /* merged into the Job above */
    const char *patch;
    const char *want; /* the errors' paths and what follows the value */
};

/* "path: detail" of each error: values may be whole objects. */
static void lines_of(const struct field_errors *errs, struct strbuf *out)
{
    for (size_t i = 0; i < errs->len; i++) {
        const char *message = errs->v[i].message;
        const char *last = NULL;
        for (const char *p = message; (p = strstr(p, ": ")); p++)
            last = p + 2;
        strbuf_addf(out, "%s%s: %s", i ? "\n" : "", errs->v[i].field, last ? last : message);
    }
}

Test(validate_update, job)
{
    static const struct row rows[] = {
        /* What may change at any time. */
        {"{}",
         "{'spec':{'parallelism':9,'suspend':true,'backoffLimit':1,'ttlSecondsAfterFinished':5}}",
         ""},
        {"{}",
         "{'spec':{'activeDeadlineSeconds':7,'maxFailedIndexes':2,"
         "'podReplacementPolicy':'Failed'}}",
         ""},
        {"{}", "{'metadata':{'labels':{'a':null,'c':'d'},'annotations':{'e':'f'}}}", ""},
        /* What never does. */
        {"{}", "{'metadata':{'name':'m','namespace':'e','uid':'v'}}",
         "metadata.name: field is immutable\nmetadata.namespace: field is immutable\n"
         "metadata.uid: field is immutable"},
        {"{}", "{'spec':{'completionMode':'NonIndexed'}}",
         "spec.completionMode: field is immutable"},
        {"{}", "{'spec':{'selector':{'matchLabels':{'x':'z'}}}}",
         "spec.selector: field is immutable"},
        {"{}", "{'spec':{'backoffLimitPerIndex':null}}",
         "spec.backoffLimitPerIndex: field is immutable"},
        {"{}",
         "{'spec':{'podFailurePolicy':{'rules':[]},'successPolicy':{'rules':[]},"
         "'managedBy':'a.b/c'}}",
         "spec.podFailurePolicy: field is immutable\nspec.managedBy: field is immutable\n"
         "spec.successPolicy: field is immutable"},
        /* Elastic Indexed Jobs. */
        {"{}", "{'spec':{'completions':3}}",
         "spec.completions: can only be modified in tandem with spec.parallelism"},
        {"{}", "{'spec':{'completions':3,'parallelism':3}}", ""},
        {QUEUE, "{'spec':{'completions':2}}", "spec.completions: field is immutable"},
        {QUEUE, "{'spec':{'completions':null}}", "spec.completions: field is immutable"},
        /* The template: open while the Job rests. */
        {"{}", "{'spec':{'template':{'spec':{'nodeSelector':{'a':'c'}}}}}",
         "spec.template: field is immutable"},
        {STOPPING, "{'spec':{'template':{'spec':{'nodeSelector':{'a':'c'}}}}}",
         "spec.template: field is immutable"},
        {REST, "{'spec':{'template':{'spec':{'nodeSelector':{'a':'c'}}}}}", ""},
        {PAUSED,
         "{'spec':{'suspend':false,'template':{'spec':{'tolerations':[{'key':'k'}],"
         "'affinity':{'nodeAffinity':{}}}}}}",
         ""},
        {REST, "{'spec':{'template':{'metadata':{'labels':{'l':'m'},'annotations':{'n':'o'}}}}}",
         ""},
        {REST, "{'spec':{'template':{'spec':{'affinity':{'podAffinity':{}}}}}}",
         "spec.template: field is immutable"},
        {REST, "{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'i'}]}}}}", ""},
        {REST, "{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'j'}]}}}}",
         "spec.template: field is immutable"},
        {REST, "{'spec':{'template':{'spec':{'containers':[{'name':'d','image':'i'}]}}}}",
         "spec.template: field is immutable"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT, got = STRBUF_INIT;
        cleanup_field_errors struct field_errors errs = {0};
        strbuf_addf(&text, "{%s}", running);
        cleanup_json json_t *base = json_text(strbuf_str(&text));
        cleanup_json json_t *more = json_text(rows[i].old), *patch = json_text(rows[i].patch);
        cleanup_json json_t *old = merge_patch(base, more);
        cleanup_json json_t *now = merge_patch(old, patch);
        validate_job_update(old, now, &errs);
        lines_of(&errs, &got);
        cr_expect_str_eq(strbuf_str(&got), rows[i].want, "row %zu: %s", i, strbuf_str(&got));
    }
}

/* The whole text, with the new value. */
Test(validate_update, message)
{
    cleanup_json json_t *old = json_text("{'spec':{'completions':1}}");
    cleanup_json json_t *now = json_text("{'spec':{'completions':5}}");
    cleanup_field_errors struct field_errors errs = {0};
    validate_job_update(old, now, &errs);
    cr_assert_eq(errs.len, 1);
    cr_expect_str_eq(errs.v[0].message, "Invalid value: 5: field is immutable");
}

Test(validate_update, core)
{
    static const struct row rows[] = {
        {"{'kind':'ConfigMap','data':{'a':'b'}}", "{'data':{'a':'c'}}", ""},
        {"{'kind':'ConfigMap','immutable':true,'data':{'a':'b'}}", "{'data':{'a':'c'}}",
         "data: field is immutable when `immutable` is set"},
        {"{'kind':'Secret','immutable':true}", "{'immutable':null}",
         "immutable: field is immutable when `immutable` is set"},
        {"{'kind':'Secret','type':'Opaque'}", "{'type':'x'}", "type: field is immutable"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_strbuf struct strbuf got = STRBUF_INIT;
        cleanup_field_errors struct field_errors errs = {0};
        cleanup_json json_t *old = json_text(rows[i].old), *patch = json_text(rows[i].patch);
        cleanup_json json_t *now = merge_patch(old, patch);
        validate_core_update(old, now, &errs);
        lines_of(&errs, &got);
        cr_expect_str_eq(strbuf_str(&got), rows[i].want, "row %zu: %s", i, strbuf_str(&got));
    }
}
