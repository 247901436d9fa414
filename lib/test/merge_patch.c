/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge_patch.h"

#include <criterion/criterion.h>

#include "cleanup.h"
#include "json_text.h"

struct row {
    const char *target, *patch;
    const char *want; /* NULL: refused, and error stands in its text */
    const char *error;
};

static json_t *plain(const json_t *target, const json_t *patch, struct error *err)
{
    (void)err;
    return merge_patch(target, patch);
}

static void check(const struct row *row,
                  json_t *(*apply)(const json_t *, const json_t *, struct error *))
{
    struct error err = {""};
    cleanup_json json_t *target = json_text(row->target), *before = json_text(row->target);
    cleanup_json json_t *patch = json_text(row->patch);
    cleanup_json json_t *got = apply(target, patch, &err);
    cr_expect(json_equal(target, before), "%s: the target was changed", row->patch);
    if (!row->want) {
        cr_expect(!got && strstr(err.text, row->error), "%s: %s", row->patch, err.text);
        return;
    }
    cleanup_json json_t *want = json_text(row->want);
    cleanup_free char *text = json_dumps(got, JSON_ENCODE_ANY);
    cr_expect(got && json_equal(got, want), "%s + %s: got %s (%s)", row->target, row->patch,
              text ? text : "nothing", err.text);
}

/* Appendix A of RFC 7386. */
Test(merge_patch, rfc7386)
{
    static const struct row rows[] = {
        {"{'a':'b'}", "{'a':'c'}", "{'a':'c'}", 0},
        {"{'a':'b'}", "{'b':'c'}", "{'a':'b','b':'c'}", 0},
        {"{'a':'b'}", "{'a':null}", "{}", 0},
        {"{'a':'b','b':'c'}", "{'a':null}", "{'b':'c'}", 0},
        {"{'a':['b']}", "{'a':'c'}", "{'a':'c'}", 0},
        {"{'a':'c'}", "{'a':['b']}", "{'a':['b']}", 0},
        {"{'a':{'b':'c'}}", "{'a':{'b':'d','c':null}}", "{'a':{'b':'d'}}", 0},
        {"{'a':[{'b':'c'}]}", "{'a':[1]}", "{'a':[1]}", 0},
        {"['a','b']", "['c','d']", "['c','d']", 0},
        {"{'a':'b'}", "['c']", "['c']", 0},
        {"{'a':'foo'}", "null", "null", 0},
        {"{'a':'foo'}", "'bar'", "'bar'", 0},
        {"{'e':null}", "{'a':1}", "{'e':null,'a':1}", 0},
        {"[1,2]", "{'a':'b','c':null}", "{'a':'b'}", 0},
        {"{}", "{'a':{'bb':{'ccc':null}}}", "{'a':{'bb':{}}}", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i], plain);
}

Test(merge_patch, strategic)
{
    static const struct row rows[] = {
        /* Fields, as in a merge patch. */
        {"{'spec':{'suspend':false,'parallelism':2}}", "{'spec':{'suspend':true}}",
         "{'spec':{'suspend':true,'parallelism':2}}", 0},
        {"{'a':1,'b':2}", "{'a':null}", "{'b':2}", 0},
        /* Lists by their key: changed in place, added at the end. */
        {"{'containers':[{'name':'a','image':'x'},{'name':'b'}]}",
         "{'containers':[{'name':'a','image':'y'},{'name':'c'}]}",
         "{'containers':[{'name':'a','image':'y'},{'name':'b'},{'name':'c'}]}", 0},
        {"{'containers':[{'name':'a','env':[{'name':'X','value':'1'}]}]}",
         "{'containers':[{'name':'a','env':[{'name':'Y','value':'2'}]}]}",
         "{'containers':[{'name':'a','env':[{'name':'X','value':'1'},{'name':'Y','value':'2'}]}]}",
         0},
        {"{'status':{'conditions':[{'type':'Ready','status':'False'}]}}",
         "{'status':{'conditions':[{'type':'ConfigIssue','status':'True'}]}}",
         "{'status':{'conditions':[{'type':'Ready','status':'False'},"
         "{'type':'ConfigIssue','status':'True'}]}}",
         0},
        {"{'spec':{'ports':[{'port':80,'name':'a'}]}}",
         "{'spec':{'ports':[{'port':80,'name':'b'}]}}",
         "{'spec':{'ports':[{'port':80,'name':'b'}]}}", 0},
        /* Lists without a key are replaced. */
        {"{'args':['a','b']}", "{'args':['c']}", "{'args':['c']}", 0},
        {"{'tolerations':[{'key':'a'}]}", "{'tolerations':[{'key':'b'}]}",
         "{'tolerations':[{'key':'b'}]}", 0},
        /* Directives. */
        {"{'containers':[{'name':'a'},{'name':'b'}]}",
         "{'containers':[{'name':'a','$patch':'delete'}]}", "{'containers':[{'name':'b'}]}", 0},
        {"{'containers':[{'name':'a'}]}", "{'containers':[{'$patch':'replace'},{'name':'b'}]}",
         "{'containers':[{'name':'b'}]}", 0},
        {"{'m':{'a':1}}", "{'m':{'b':2,'$patch':'replace'}}", "{'m':{'b':2}}", 0},
        {"{'m':{'a':1,'b':2}}", "{'m':{'$retainKeys':['b','c'],'c':3}}", "{'m':{'b':2,'c':3}}", 0},
        {"{'finalizers':['a','b']}", "{'$deleteFromPrimitiveList/finalizers':['a']}",
         "{'finalizers':['b']}", 0},
        {"{'finalizers':['a']}", "{'finalizers':['a','c']}", "{'finalizers':['a','c']}", 0},
        {"{'containers':[{'name':'a'}]}",
         "{'$setElementOrder/containers':[{'name':'a'}],'containers':[{'name':'a','x':1}]}",
         "{'containers':[{'name':'a','x':1}]}", 0},
        /* Refused. */
        {"{'containers':[{'name':'a'}]}", "{'containers':[{'image':'y'}]}", 0,
         "does not contain declared merge key: name"},
        {"{'m':{}}", "{'m':{'$patch':'sort'}}", 0, "unknown patch type: sort"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i], merge_patch_strategic);
}

/* A field named like a list of the Job's is not taken for one where it is none. */
Test(merge_patch, keys)
{
    cr_expect_str_eq(merge_patch_key("spec", "ports"), "port");
    cr_expect_str_eq(merge_patch_key("containers", "ports"), "containerPort");
    cr_expect_null(merge_patch_key("spec", "rules"));
}

Test(merge_patch, diff_applied_gives_the_other)
{
    static const char *const values[] = {
        "{}", "{'a':1}", "{'a':{'b':1,'c':[1,2]}}", "{'a':{'b':2},'d':'x'}", "{'a':[{'b':1}]}",
    };
    size_t n = sizeof values / sizeof *values;
    for (size_t i = 0; i < n * n; i++) {
        cleanup_json json_t *from = json_text(values[i / n]), *to = json_text(values[i % n]);
        cleanup_json json_t *diff = merge_patch_diff(from, to);
        cleanup_json json_t *got = merge_patch(from, diff);
        cr_expect(json_equal(got, to), "%s to %s", values[i / n], values[i % n]);
        cr_expect(i / n != i % n || json_object_size(diff) == 0);
    }
}

/* What somebody else has added since is not in `from`, and stays. */
Test(merge_patch, removals)
{
    static const struct {
        const char *from, *to, *want;
    } rows[] = {
        {"{'a':1,'b':2}", "{'a':1}", "{'b':null}"},
        {"{'a':1}", "{'a':2,'b':3}", "{}"},
        {"{'a':{'b':1,'c':2}}", "{'a':{'b':1}}", "{'a':{'c':null}}"},
        {"{'containers':[{'name':'a','x':1},{'name':'b'}]}", "{'containers':[{'name':'a'}]}",
         "{'containers':[{'name':'a','x':null},{'name':'b','$patch':'delete'}]}"},
        {"{'args':['a','b']}", "{'args':['a']}", "{}"},
        {"{'args':['a','b']}", "{}", "{'args':null}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_json json_t *from = json_text(rows[i].from), *to = json_text(rows[i].to);
        cleanup_json json_t *want = json_text(rows[i].want), *got = merge_patch_removals(from, to);
        cleanup_free char *text = json_dumps(got, 0);
        cr_expect(json_equal(got, want), "row %zu: %s", i, text);
    }
}
