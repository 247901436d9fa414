/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "default_batch.h"
#include "job_rows.h"
#include "tree.h"

/* The part of the defaulted object that a row is about must be equal to want. */
struct row {
    const char *patch;
    const char *path; /* "spec.template": which part; "" = spec without its template */
    const char *want;
};

static json_t *part(json_t *object, const char *path)
{
    cleanup_free char *copy = strdup(path);
    json_t *v = object;
    char *save = NULL;
    for (char *name = strtok_r(copy, ".", &save); name; name = strtok_r(NULL, ".", &save))
        v = json_object_get(v, name);
    return v;
}

static void run(const char *base, const struct row *row)
{
    struct error err = {.text = ""};
    cleanup_decode_report struct decode_report report = {0};
    cleanup_json json_t *raw = job_patched(base, row->patch);
    bool cron = strcmp(base, CRON_JOB) == 0;
    cleanup_json json_t *v = decode(cron ? &schema_cron_job : &schema_job, raw, &report, &err);
    cr_assert_not_null(v, "%s: %s", row->patch, err.text);
    cr_assert_eq(cron ? default_cron_job(v, &err) : default_job(v, &err), 0);
    if (!*row->path) {
        json_object_del(json_object_get(v, "spec"), "template");
        json_object_del(json_object_get(v, "spec"), "jobTemplate");
    }
    cleanup_json json_t *want = json_text(row->want);
    json_t *got = part(v, *row->path ? row->path : "spec");
    cleanup_free char *text = got ? json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    cr_expect(json_equal(got, want), "%s: want %s, got %s", row->patch, row->want,
              text ? text : "nothing");
    cleanup_json json_t *once = json_deep_copy(v);
    cr_assert_eq(cron ? default_cron_job(v, &err) : default_job(v, &err), 0);
    if (*row->path)
        cr_expect(json_equal(v, once), "%s: a second time changes something", row->patch);
}

/* What a Job gets apart from the fields that a row is about. */
#define REST                                                                                       \
    "'completionMode':'NonIndexed','suspend':false,'manualSelector':false,"                        \
    "'podReplacementPolicy':'TerminatingOrFailed'"

Test(default_batch, job)
{
    static const struct row rows[] = {
        {"", "", "{'completions':1,'parallelism':1,'backoffLimit':6," REST "}"},
        {"'spec':{'completions':5}", "",
         "{'completions':5,'parallelism':1,'backoffLimit':6," REST "}"},
        {"'spec':{'parallelism':2}", "", "{'parallelism':2,'backoffLimit':6," REST "}"},
        {"'spec':{'parallelism':1}", "", "{'parallelism':1,'backoffLimit':6," REST "}"},
        {"'spec':{'parallelism':0,'completions':0}", "",
         "{'completions':0,'parallelism':0,'backoffLimit':6," REST "}"},
        {"'spec':{'completions':null,'parallelism':null}", "",
         "{'completions':1,'parallelism':1,'backoffLimit':6," REST "}"},
        {"'spec':{'backoffLimit':0}", "",
         "{'completions':1,'parallelism':1,'backoffLimit':0," REST "}"},
        {"'spec':{'backoffLimitPerIndex':0,'completions':2,'completionMode':'Indexed'}", "",
         "{'completions':2,'parallelism':1,'backoffLimit':2147483647,'backoffLimitPerIndex':0,"
         "'completionMode':'Indexed','suspend':false,'manualSelector':false,"
         "'podReplacementPolicy':'TerminatingOrFailed'}"},
        {"'spec':{'backoffLimitPerIndex':1,'backoffLimit':3}", "",
         "{'completions':1,'parallelism':1,'backoffLimit':3,'backoffLimitPerIndex':1," REST "}"},
        {"'spec':{'podFailurePolicy':{'rules':[{'action':'Ignore','onPodConditions':[{'type':'A'},"
         "{'type':'B','status':'False'},{'type':'C','status':''}]}]}}",
         "",
         "{'completions':1,'parallelism':1,'backoffLimit':6,'completionMode':'NonIndexed',"
         "'suspend':false,'manualSelector':false,'podReplacementPolicy':'Failed',"
         "'podFailurePolicy':{'rules':[{'action':'Ignore','onPodConditions':[{'type':'A','status':"
         "'True'},{'type':'B','status':'False'},{'type':'C','status':'True'}]}]}}"},
        {"'spec':{'podFailurePolicy':{},'podReplacementPolicy':'TerminatingOrFailed'}", "",
         "{'completions':1,'parallelism':1,'backoffLimit':6,'podFailurePolicy':{'rules':null}," REST
         "}"},
        {"'spec':{'suspend':true,'manualSelector':true,'managedBy':'a/b',"
         "'activeDeadlineSeconds':0,'ttlSecondsAfterFinished':0}",
         "",
         "{'completions':1,'parallelism':1,'backoffLimit':6,'suspend':true,'manualSelector':true,"
         "'managedBy':'a/b','activeDeadlineSeconds':0,'ttlSecondsAfterFinished':0,"
         "'completionMode':'NonIndexed','podReplacementPolicy':'TerminatingOrFailed'}"},
        /* the Job's labels are its template's, unless it has its own */
        {"'spec':{'template':{'metadata':{'labels':{'a':'b'}}}}", "metadata",
         "{'name':'demo','labels':{'a':'b'}}"},
        {"'metadata':{'labels':{'c':'d'}},'spec':{'template':{'metadata':{'labels':{'a':'b'}}}}",
         "metadata", "{'name':'demo','labels':{'c':'d'}}"},
        {"'metadata':{'labels':{}},'spec':{'template':{'metadata':{'labels':{'a':'b'}}}}",
         "metadata", "{'name':'demo','labels':{'a':'b'}}"},
        {"", "metadata", "{'name':'demo'}"},
        /* the pod's defaults are there, too */
        {"", "spec.template.spec",
         "{'containers':[{'name':'c','image':'i','imagePullPolicy':'Always','resources':{},"
         "'terminationMessagePath':'/dev/termination-log','terminationMessagePolicy':'File'}],"
         "'dnsPolicy':'ClusterFirst','restartPolicy':'Never','schedulerName':'default-scheduler',"
         "'securityContext':{},'terminationGracePeriodSeconds':30}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        run(JOB, &rows[i]);
}

Test(default_batch, cron_job)
{
    static const struct row rows[] = {
        {"", "",
         "{'schedule':'* * * * *','concurrencyPolicy':'Allow','suspend':false,"
         "'successfulJobsHistoryLimit':3,'failedJobsHistoryLimit':1}"},
        {"'spec':{'concurrencyPolicy':'','suspend':true,'successfulJobsHistoryLimit':0,"
         "'failedJobsHistoryLimit':0}",
         "",
         "{'schedule':'* * * * *','concurrencyPolicy':'Allow','suspend':true,"
         "'successfulJobsHistoryLimit':0,'failedJobsHistoryLimit':0}"},
        {"'spec':{'concurrencyPolicy':'Forbid','timeZone':'UTC','startingDeadlineSeconds':0}", "",
         "{'schedule':'* * * * *','concurrencyPolicy':'Forbid','suspend':false,'timeZone':'UTC',"
         "'startingDeadlineSeconds':0,'successfulJobsHistoryLimit':3,'failedJobsHistoryLimit':1}"},
        /* the Job's own defaults come when the Job is made, those inside the policy at once */
        {"'spec':{'jobTemplate':{'spec':{'template':null,'podFailurePolicy':{'rules':[{'action':"
         "'Ignore','onPodConditions':[{'type':'A'}]}]}}}}",
         "spec.jobTemplate.spec.podFailurePolicy",
         "{'rules':[{'action':'Ignore','onPodConditions':[{'type':'A','status':'True'}]}]}"},
        {"", "spec.jobTemplate.spec.template.spec.dnsPolicy", "'ClusterFirst'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        run(CRON_JOB, &rows[i]);
    cleanup_json json_t *raw = json_text(CRON_JOB);
    struct error err;
    cleanup_decode_report struct decode_report report = {0};
    cleanup_json json_t *v = decode(&schema_cron_job, raw, &report, &err);
    cr_assert_eq(default_cron_job(v, &err), 0);
    json_t *spec = tree_at(v, "spec", "jobTemplate", "spec", NULL);
    cr_expect_eq(json_object_size(spec), 1, "only the template");
}

Test(default_batch, generated)
{
    static const struct {
        const char *patch, *selector, *labels;
    } rows[] = {
        {"", "{'matchLabels':{'batch.kubernetes.io/controller-uid':'U'}}",
         "{'controller-uid':'U','batch.kubernetes.io/controller-uid':'U','job-name':'demo',"
         "'batch.kubernetes.io/job-name':'demo'}"},
        {"'spec':{'template':{'metadata':{'labels':{'a':'b','job-name':'mine'}}}}",
         "{'matchLabels':{'batch.kubernetes.io/controller-uid':'U'}}",
         "{'a':'b','controller-uid':'U','batch.kubernetes.io/controller-uid':'U','job-name':'mine',"
         "'batch.kubernetes.io/job-name':'demo'}"},
        {"'spec':{'selector':{'matchLabels':{'x':'y'},'matchExpressions':[{'key':'k','operator':"
         "'Exists'}]}}",
         "{'matchLabels':{'x':'y','batch.kubernetes.io/controller-uid':'U'},'matchExpressions':"
         "[{'key':'k','operator':'Exists'}]}",
         "{'controller-uid':'U','batch.kubernetes.io/controller-uid':'U','job-name':'demo',"
         "'batch.kubernetes.io/job-name':'demo'}"},
        {"'spec':{'manualSelector':true}", "null", "null"},
        {"'spec':{'manualSelector':true,'selector':{'matchLabels':{'a':'b'}},'template':"
         "{'metadata':{'labels':{'a':'b'}}}}",
         "{'matchLabels':{'a':'b'}}", "{'a':'b'}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        cleanup_decode_report struct decode_report report = {0};
        cleanup_json json_t *raw = job_patched(JOB, rows[i].patch);
        cleanup_json json_t *v = decode(&schema_job, raw, &report, &err);
        cr_assert_eq(default_job(v, &err), 0);
        cr_assert_eq(generate_selector(v, "U", &err), 0);
        cleanup_json json_t *selector = json_text(rows[i].selector);
        cleanup_json json_t *labels = json_text(rows[i].labels);
        json_t *none = json_null();
        json_t *got_selector = tree_at(v, "spec", "selector", NULL);
        json_t *got_labels = tree_at(v, "spec", "template", "metadata", "labels", NULL);
        cr_expect(json_equal(got_selector ? got_selector : none, selector), "%s: selector",
                  rows[i].patch);
        cr_expect(json_equal(got_labels ? got_labels : none, labels), "%s: labels", rows[i].patch);
    }
}
