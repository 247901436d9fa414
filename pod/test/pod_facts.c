/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include "../node_facts.h"
#include "../pod_self.h"

Test(pod_facts, fields)
{
    static const struct {
        const char *path, *want; /* NULL = error */
    } rows[] = {
        {"metadata.name", "j-0-abcde"},
        {"metadata.namespace", "ns"},
        {"metadata.uid", "u-i-d"},
        {"spec.nodeName", "n1"},
        {"spec.host", "n1"},
        {"spec.serviceAccountName", "sa"},
        {"status.hostIP", "10.0.0.1"},
        {"status.hostIPs", "10.0.0.1,fd00::1"},
        {"status.podIP", "10.0.0.1"},
        {"status.podIPs", "10.0.0.1,fd00::1"},
        {"metadata.labels['app']", "demo"},
        {"metadata.labels['none']", ""},
        {"metadata.labels['']", ""},
        {"metadata.annotations['a.b/C']", "x"},
        {"metadata.annotations['a.b/c']", ""},
        {"metadata.labels", "app=\"demo\"\njob-name=\"j\"\nq=\"a b\""},
        {"metadata.annotations", "a.b/C=\"x\"\nk=\"l1\\nl2\""},
        {"metadata.labels[app]", NULL},
        {"metadata.labels['", NULL},
        {"metadata.name['x']", NULL},
        {"status.phase", NULL},
        {"", NULL},
    };
    struct world w;
    world_make(&w);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        int rc = pod_facts_field(&w.facts, rows[i].path, &b, &err);
        cr_expect_eq(rc, rows[i].want ? 0 : -1, "%s: %d", rows[i].path, rc);
        if (rows[i].want)
            cr_expect_str_eq(strbuf_str(&b), rows[i].want, "%s: %s", rows[i].path, strbuf_str(&b));
    }
    world_free(&w);
}

Test(pod_facts, resources)
{
    static const struct {
        const char *ref, *container, *want; /* want NULL = error */
        const char *proves;
    } rows[] = {
        {"'resource':'limits.cpu'", "main", "2", "rounded up to whole CPUs"},
        {"'resource':'limits.cpu','divisor':'1m'", "main", "1500", "thousandths"},
        {"'resource':'limits.cpu','divisor':'0'", "main", "2", "a zero divisor is 1"},
        {"'resource':'requests.cpu','divisor':'1m'", "main", "250", "the request"},
        {"'resource':'requests.cpu'", "main", "1", "rounded up"},
        {"'resource':'limits.memory'", "main", "1073741824", "bytes"},
        {"'resource':'limits.memory','divisor':'1Mi'", "main", "1024", "MiB"},
        {"'resource':'limits.memory','divisor':'1M'", "main", "1074", "MB, rounded up"},
        {"'resource':'requests.memory','divisor':'1Mi'", "main", "1024",
         "a limit is the request, too"},
        {"'resource':'limits.cpu'", "bare", "4", "no limit: what was allocated"},
        {"'resource':'limits.cpu','divisor':'1m'", "bare", "4000", "the same in thousandths"},
        {"'resource':'limits.memory','divisor':'1Gi'", "bare", "2", "the allocation's memory"},
        {"'resource':'limits.ephemeral-storage','divisor':'1Gi'", "bare", "10", "its storage"},
        {"'resource':'requests.cpu'", "bare", "0", "no request, no limit: 0"},
        {"'resource':'limits.hugepages-2Mi'", "bare", "0", "no huge pages"},
        {"'resource':'limits.cpu','containerName':'main'", "bare", "2", "of another container"},
        {"'resource':'requests.memory','divisor':'1k','containerName':'init'", "main", "100000",
         "of an init container"},
        {"'resource':'limits.cpu','containerName':'gone'", "main", NULL, "unknown container"},
        {"'resource':'cpu'", "main", NULL, "neither limit nor request"},
    };
    struct world w;
    world_make(&w);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        cleanup_strbuf struct strbuf text = STRBUF_INIT, b = STRBUF_INIT;
        strbuf_addf(&text, "{%s}", rows[i].ref);
        cleanup_json json_t *ref = facts_json(strbuf_str(&text));
        int rc = pod_facts_resource(&w.facts, ref, rows[i].container, &b, &err);
        cr_expect_eq(rc, rows[i].want ? 0 : -1, "%s (%s)", rows[i].ref, rows[i].proves);
        if (rows[i].want)
            cr_expect_str_eq(strbuf_str(&b), rows[i].want, "%s (%s): %s", rows[i].ref,
                             rows[i].proves, strbuf_str(&b));
    }
    world_free(&w);
}

static void expect_json(json_t *got, const char *want)
{
    cleanup_json json_t *wanted = facts_json(want);
    cleanup_free char *text = json_dumps(got, JSON_SORT_KEYS);
    cr_expect(json_equal(got, wanted), "got %s", text);
    json_decref(got);
}

#define GENERATED                                                                                  \
    "'batch.kubernetes.io/controller-uid':'U','batch.kubernetes.io/job-name':'j',"                 \
    "'controller-uid':'U','job-name':'j'"

Test(pod_facts, labels_and_annotations)
{
    cleanup_json json_t *plain = facts_json("{'metadata':{'name':'j'},'spec':{'template':{}}}");
    cleanup_json json_t *indexed = facts_json(
        "{'metadata':{'name':'j'},'spec':{'completionMode':'Indexed','backoffLimitPerIndex':1,"
        "'template':{'metadata':{'labels':{'a':'b','controller-uid':'old'},'annotations':{'c':'d'}"
        "}}}}");
    cleanup_json json_t *manual =
        facts_json("{'metadata':{'name':'j'},'spec':{'manualSelector':true,'template':{'metadata':"
                   "{'labels':{'a':'b'}}}}}");
    expect_json(pod_meta_labels(plain, "U", 3), "{" GENERATED "}");
    expect_json(pod_meta_annotations(plain, 3, 0, 0), "{}");
    expect_json(pod_meta_labels(indexed, "U", 3),
                "{'a':'b'," GENERATED ",'batch.kubernetes.io/job-completion-index':'3'}");
    expect_json(pod_meta_annotations(indexed, 3, 0, 0),
                "{'c':'d','batch.kubernetes.io/job-completion-index':'3',"
                "'batch.kubernetes.io/job-index-failure-count':'0'}");
    expect_json(pod_meta_annotations(indexed, 3, 2, 1),
                "{'c':'d','batch.kubernetes.io/job-completion-index':'3',"
                "'batch.kubernetes.io/job-index-failure-count':'2',"
                "'batch.kubernetes.io/job-index-ignored-failure-count':'1'}");
    expect_json(pod_meta_labels(manual, "U", 0), "{'a':'b'}");
    cr_expect_str_eq(tree_str(tree_at(indexed, "spec", "template", "metadata", "labels", NULL),
                              "controller-uid"),
                     "old", "the Job itself is not changed");
}

/* A fixed name must never change its uid: pods would get another one with another version. */
Test(pod_facts, uids)
{
    char a[POD_UID_LEN + 1], b[POD_UID_LEN + 1];
    pod_meta_uid(a, "00000000-0000-4000-8000-000000000000", 1, 2);
    pod_meta_uid(b, "00000000-0000-4000-8000-000000000000", 1, 2);
    cr_expect_str_eq(a, b);
    cr_expect_eq(a[14], '5');
    pod_meta_uid(b, "00000000-0000-4000-8000-000000000000", 2, 1);
    cr_expect_str_neq(a, b);
}

Test(node_facts, what_slurm_allocated)
{
    static const struct {
        char *env[4];
        int64_t cpus, memory; /* -1 = the machine's */
        const char *proves;
    } rows[] = {
        {{"SLURM_CPUS_ON_NODE=3", "SLURM_MEM_PER_NODE=100", NULL}, 3, 100 << 20, "both"},
        {{"SLURM_CPUS_ON_NODE=3", "SLURM_MEM_PER_CPU=100", NULL}, 3, 300 << 20, "per CPU"},
        {{"SLURM_CPUS_ON_NODE=x", "SLURM_MEM_PER_NODE=1x", NULL}, -1, -1, "no numbers"},
        {{NULL}, -1, -1, "outside of Slurm"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct node_facts f;
        node_facts_read(&f, rows[i].env);
        if (rows[i].cpus >= 0)
            cr_expect_eq(f.allocation.cpus, rows[i].cpus, "%s", rows[i].proves);
        if (rows[i].memory >= 0)
            cr_expect_eq(f.allocation.memory, rows[i].memory, "%s", rows[i].proves);
        cr_expect_gt(f.allocation.cpus, 0);
        cr_expect_gt(f.allocation.memory, 0);
        cr_expect(*f.ip && strncmp(f.ips, f.ip, strlen(f.ip)) == 0, "%s %s", f.ip, f.ips);
    }
}

Test(pod_self, puts_it_together)
{
    struct error err;
    cleanup_json json_t *job =
        facts_json("{'metadata':{'name':'j'},'spec':{'completionMode':'Indexed','template':{'spec':"
                   "{'containers':[{'name':'main'}]}}}}");
    const struct pod_self_options o = {
        .job = job, .job_uid = "U", .pod = "j-2-abcde", .ns = "ns", .node = "n7", .index = 2};
    cleanup_pod_self struct pod_self s;
    cr_assert_eq(pod_self_make(&s, &o, &err), 0);
    static const char *const want[][2] = {
        {"metadata.name", "j-2-abcde"},
        {"metadata.namespace", "ns"},
        {"spec.nodeName", "n7"},
        {"spec.serviceAccountName", "default"},
        {"metadata.labels['batch.kubernetes.io/job-completion-index']", "2"},
        {"metadata.annotations['batch.kubernetes.io/job-completion-index']", "2"},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        cleanup_strbuf struct strbuf b = STRBUF_INIT;
        cr_expect_eq(pod_facts_field(&s.facts, want[i][0], &b, &err), 0);
        cr_expect_str_eq(strbuf_str(&b), want[i][1], "%s", want[i][0]);
    }
    json_t *object;
    cr_expect_eq(pod_facts_object(&s.facts, OBJECT_CONFIG_MAP, "c", false, &object, &err), 1);
    cr_expect_str_eq(err.text, "configmap \"c\" not found");
}
