/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "../mapping.h"
#include "cleanup.h"
#include "job_text.h"
#include "tree.h"

static const struct {
    struct job_text job;
    const char *path;
    unsigned line;
    enum fate fate;
    const char *proves;
} rows[] = {
    {{0}, "metadata.name", 4, FATE_HONOURED, "a field"},
    {{.meta = "  labels: {a: b}\n"}, "metadata.labels", 5, FATE_HONOURED, "a map as one"},
    {{.meta = "  annotations:\n    a: b\n    sbatch.skjob/qos: x\n"},
     "metadata.annotations[sbatch.skjob/qos]",
     7,
     FATE_HONOURED,
     "a map by its keys"},
    {{.meta = "  annotations:\n    sbatch.skjob/array: x\n"},
     "metadata.annotations[sbatch.skjob/array]",
     6,
     FATE_REFUSED,
     "an option that is the Job's"},
    {{.meta = "  annotations:\n    slurmjob.slinky.slurm.net/user-id: x\n"},
     "metadata.annotations[slurmjob.slinky.slurm.net/user-id]",
     6,
     FATE_IGNORED,
     "another's key"},
    {{.spec = "  selector: {}\n"}, "spec.selector", 6, FATE_IGNORED, "ignored"},
    {{.spec = "  managedBy: example.com/x\n"}, "spec.managedBy", 6, FATE_REFUSED, "refused"},
    {{.pod = "      nodeSelector:\n        disk: ssd\n        kubernetes.io/hostname: n1\n"},
     "spec.template.spec.nodeSelector[disk]",
     10,
     FATE_IGNORED,
     "one key of a map"},
    {{.pod = "      nodeSelector:\n        disk: ssd\n        kubernetes.io/hostname: n1\n"},
     "spec.template.spec.nodeSelector[kubernetes.io/hostname]",
     11,
     FATE_HONOURED,
     "another"},
    {{.spec = "  manualSelector: false\n"}, "spec.manualSelector", 6, FATE_HONOURED, "the default"},
    {{.pod = "      dnsPolicy: None\n      dnsConfig: {nameservers: [\"1.2.3.4\"]}\n"},
     "spec.template.spec.dnsPolicy",
     9,
     FATE_IGNORED,
     "another value"},
    {{.pod = "      securityContext: {}\n"},
     "spec.template.spec.securityContext",
     9,
     FATE_HONOURED,
     "an object that says nothing"},
    {{.pod = "      dnsConfig:\n        nameservers: [\"1.2.3.4\"]\n"},
     "spec.template.spec.dnsConfig",
     9,
     FATE_IGNORED,
     "an object as one"},
    {{.pod = "      volumes:\n      - name: a\n        emptyDir: {medium: Memory}\n"},
     "spec.template.spec.volumes[0].emptyDir.medium",
     11,
     FATE_APPROXIMATED,
     "a medium"},
    {{.pod = "      volumes:\n      - name: a\n        emptyDir: {medium: HugePages}\n"},
     "spec.template.spec.volumes[0].emptyDir.medium",
     11,
     FATE_REFUSED,
     "one that the pod runner has not"},
    {{.pod = "      os: {name: linux}\n",
      .container = "        lifecycle: {stopSignal: SIGUSR1}\n"},
     "spec.template.spec.containers[0].lifecycle.stopSignal",
     14,
     FATE_IGNORED,
     "part of what is honoured"},
    {{.container = "        lifecycle: {preStop: {sleep: {seconds: 1}}}\n"},
     "spec.template.spec.containers[0].lifecycle.preStop",
     13,
     FATE_HONOURED,
     "another part"},
    {{.pod = "      schedulingGates:\n      - name: a\n"},
     "spec.template.spec.schedulingGates",
     9,
     FATE_REFUSED,
     "a list as one"},
    {{.container = "        resources:\n          requests: {cpu: 1, hugepages-2Mi: 2Mi, memory: "
                   "1Mi}\n          limits: {hugepages-2Mi: 2Mi}\n"},
     "spec.template.spec.containers[0].resources.requests[hugepages-2Mi]",
     14,
     FATE_IGNORED,
     "a resource that Slurm has not"},
    {{.container = "        resources:\n          requests: {cpu: 1}\n"},
     "spec.template.spec.containers[0].resources.requests[cpu]",
     14,
     FATE_HONOURED,
     "a request"},
    {{.container = "        resources:\n          limits: {cpu: 1}\n"},
     "spec.template.spec.containers[0].resources.limits[cpu]",
     14,
     FATE_APPROXIMATED,
     "a limit"},
    {{.container = "        resources:\n          limits: {nvidia.com/gpu: 1}\n"},
     "spec.template.spec.containers[0].resources.limits[nvidia.com/gpu]",
     14,
     FATE_HONOURED,
     "a GPU"},
    {{.container = "        env:\n        - {name: A, value: b}\n"},
     "spec.template.spec.containers[0].env[0].value",
     14,
     FATE_HONOURED,
     "inside a list"},
};

static const struct report_row *find(const struct report *r, const char *path)
{
    for (size_t i = 0; i < r->len; i++)
        if (strcmp(r->rows[i].path, path) == 0)
            return &r->rows[i];
    return NULL;
}

Test(report, rows)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_job_read struct job_read j;
        cleanup_translation struct translation t = {0};
        cleanup_report struct report r = {0};
        struct error err;
        job_read_parts(&j, &rows[i].job);
        cr_assert_eq(translation_make(&t, j.manifest.object, &err), 0, "%s", err.text);
        cr_assert_eq(report_make(&r, &t, &j.input, false, &err), 0);
        const struct report_row *row = find(&r, rows[i].path);
        cr_assert_not_null(row, "%s: no row for %s", rows[i].proves, rows[i].path);
        cr_expect_eq(row->verdict.fate, rows[i].fate, "%s: %s", rows[i].proves,
                     fate_name(row->verdict.fate));
        cr_expect_eq(row->position.line, rows[i].line, "%s: line %u", rows[i].proves,
                     row->position.line);
    }
}

/* Every leaf that a user wrote is in exactly one row, itself or as part of one. */
static void check_leaf(const struct report *r, const char *path)
{
    int covering = 0;
    for (size_t i = 0; i < r->len; i++) {
        size_t n = strlen(r->rows[i].path);
        covering += strncmp(path, r->rows[i].path, n) == 0 && strchr(".[", path[n]);
    }
    cr_expect_eq(covering, 1, "%s is in %d rows", path, covering);
}

static void check_leaves(const struct report *r, const json_t *v, const char *path)
{
    const char *key;
    json_t *child;
    size_t i;
    char below[512];
    if (!json_is_object(v) && !json_is_array(v))
        check_leaf(r, path);
    json_object_foreach ((json_t *)v, key, child) {
        bool is_key = strstr(path, "annotations") || strstr(path, "nodeSelector") ||
                      strstr(path, "requests") || strstr(path, "limits");
        snprintf(below, sizeof below, is_key ? "%s[%s]" : *path ? "%s.%s" : "%s%s", path, key);
        check_leaves(r, child, below);
    }
    json_array_foreach (v, i, child) {
        snprintf(below, sizeof below, "%s[%zu]", path, i);
        check_leaves(r, child, below);
    }
}

Test(report, nothing_is_left_out)
{
    static const struct job_text job = {
        .meta = "  annotations: {a: b, sbatch.skjob/qos: x}\n  labels: {a: b}\n",
        .spec = "  completions: 3\n  backoffLimit: 2\n  podFailurePolicy:\n    rules:\n"
                "    - action: FailJob\n      onExitCodes: {operator: In, values: [42]}\n",
        .pod = "      nodeSelector: {a: b}\n      tolerations: [{key: a, operator: Exists}]\n",
        .container = "        resources: {requests: {cpu: 1}, limits: {cpu: 2}}\n"
                     "        env: [{name: A, value: b}, {name: C, value: d}]\n"
                     "        livenessProbe: {exec: {command: [x]}}\n",
    };
    cleanup_job_read struct job_read j;
    cleanup_translation struct translation t = {0};
    cleanup_report struct report r = {0};
    struct error err;
    job_read_parts(&j, &job);
    cr_assert_eq(translation_make(&t, j.manifest.object, &err), 0);
    cr_assert_eq(report_make(&r, &t, &j.input, false, &err), 0);
    check_leaves(&r, j.doc.root, "");
    cr_expect_eq(r.len, r.count[0] + r.count[1] + r.count[2] + r.count[3]);
}

Test(report, strict_refuses_what_is_ignored)
{
    static const struct job_text job = {.spec = "  selector: {}\n"};
    cleanup_job_read struct job_read j;
    cleanup_translation struct translation t = {0};
    cleanup_report struct report r = {0};
    struct error err;
    job_read_parts(&j, &job);
    cr_assert_eq(translation_make(&t, j.manifest.object, &err), 0);
    cr_assert_eq(report_make(&r, &t, &j.input, true, &err), 0);
    cr_expect_eq(find(&r, "spec.selector")->verdict.fate, FATE_REFUSED);
    cr_expect_eq(r.count[FATE_IGNORED], 0);
}

static const char with_unknown[] =
    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: pi}\nspce: 1\nspec:\n  template:\n"
    "    spec:\n      restartPolicy: Never\n      containers:\n"
    "      - {name: m, image: x, comand: [x]}\n";

Test(report, unknown_fields_are_ignored_ones)
{
    cleanup_job_read struct job_read j;
    cleanup_translation struct translation t = {0};
    cleanup_report struct report r = {0};
    struct error err;
    job_read_text(&j, with_unknown, UNKNOWN_IGNORE);
    cr_assert_eq(translation_make(&t, j.manifest.object, &err), 0);
    cr_assert_eq(report_make(&r, &t, &j.input, false, &err), 0);
    static const char *const paths[] = {"spce", "spec.template.spec.containers[0].comand"};
    for (int i = 0; i < 2; i++) {
        const struct report_row *row = find(&r, paths[i]);
        cr_assert_not_null(row, "%s", paths[i]);
        cr_expect_eq(row->verdict.fate, FATE_IGNORED);
    }
}

Test(report, json)
{
    static const struct job_text job = {.spec = "  managedBy: example.com/x\n"};
    cleanup_job_read struct job_read j;
    cleanup_translation struct translation t = {0};
    cleanup_report struct report r = {0};
    struct error err;
    job_read_parts(&j, &job);
    cr_assert_eq(translation_make(&t, j.manifest.object, &err), 0);
    cr_assert_eq(report_make(&r, &t, &j.input, false, &err), 0);
    cleanup_json json_t *list = report_to_json(&r);
    cr_assert_eq(json_array_size(list), r.len);
    const json_t *row = json_array_get(list, 3);
    cr_expect_str_eq(tree_str(row, "path"), "spec.managedBy");
    cr_expect_str_eq(tree_str(row, "fate"), "refused");
    cr_expect_eq(tree_int(row, "line"), 6);
    cr_expect_eq(tree_int(row, "column"), 3);
    cr_expect_str_eq(tree_str(row, "reason"), "skjob manages every Job itself");
}
