/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../input.h"
#include "../translation.h"
#include "job_text.h"
#include "strbuf.h"

static const char site[] = "[nodeSelector]\n"
                           "gpu-type=a100 = constraint:a100\n"
                           "gpu-type=h100 = constraint:h100 partition:new\n"
                           "gpu-type=v100 = constraint:v100\n"
                           "cpu=* = constraint:anycpu\n"
                           "pool=a = partition:pa\n"
                           "pool=b = partition:pb\n"
                           "kubernetes.io/arch=amd64 = -\n"
                           "net=ib = constraint:ib|opa\n"
                           "[toleration]\n"
                           "dedicated=ml = partition:ml\n"
                           "spot = qos:low\n"
                           "[priorityClass]\n"
                           "high = qos:high nice:-10\n"
                           "[runtimeClass]\n"
                           "sandboxed = runtime:podman constraint:userns\n"
                           "[schedulerName]\n"
                           "gang = partition:gang\n"
                           "[resource]\n"
                           "example.com/fpga = gres:fpga\n"
                           "nvidia.com/gpu = gres:gpu:a100\n"
                           "example.com/zone = -\n";

#define EXPRESSIONS(list)                                                                          \
    "      affinity:\n"                                                                            \
    "        nodeAffinity:\n"                                                                      \
    "          requiredDuringSchedulingIgnoredDuringExecution:\n"                                  \
    "            nodeSelectorTerms:\n"                                                             \
    "            - matchExpressions: [" list "]\n"
#define TERM(list) "            - matchExpressions: [" list "]\n"
#define AFFINITY                                                                                   \
    "spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."     \
    "nodeSelectorTerms"
#define EXPRESSION "[0].matchExpressions[0]"
#define POD        "spec.template.spec."

static const struct {
    const char *pod;
    const char *container;
    const char *options; /* after those of the array; joined by blanks */
    const char *path;    /* whose row of the report is looked at */
    const char *row;     /* "fate reason" */
    const char *proves;
} rows[] = {
    {"      nodeSelector: {gpu-type: a100}\n", "", "--constraint=a100",
     POD "nodeSelector[gpu-type]", "honoured --constraint=a100", "a label"},
    {"      nodeSelector: {gpu-type: a100, net: ib}\n", "", "--constraint=a100&(ib|opa)",
     POD "nodeSelector[net]", "honoured --constraint=ib|opa", "two labels"},
    {"      nodeSelector: {net: ib, gpu-type: a100}\n", "", "--constraint=(ib|opa)&a100",
     POD "nodeSelector[net]", "honoured --constraint=ib|opa", "in the other order"},
    {"      nodeSelector: {gpu-type: h100}\n", "", "--constraint=h100 --partition=new",
     POD "nodeSelector[gpu-type]", "honoured --constraint=h100 --partition=new", "two options"},
    {"      nodeSelector: {gpu-type: h100, pool: a}\n", "", "--constraint=h100 --partition=new",
     POD "nodeSelector[pool]", "ignored --partition is new already", "two partitions"},
    {"      nodeSelector: {kubernetes.io/arch: amd64}\n", "", "",
     POD "nodeSelector[kubernetes.io/arch]", "honoured every node has it, says skjob.conf",
     "what all have"},
    {"      nodeSelector: {disk: ssd}\n", "", "", POD "nodeSelector[disk]",
     "ignored no entry of skjob.conf maps it", "what the site does not know"},
    {"      nodeSelector: {kubernetes.io/hostname: n1}\n", "", "--nodelist=n1",
     POD "nodeSelector[kubernetes.io/hostname]", "honoured --nodelist=n1", "a node"},
    {"      nodeSelector: {feature.skjob/avx512: \"true\"}\n", "", "--constraint=avx512",
     POD "nodeSelector[feature.skjob/avx512]", "honoured --constraint=avx512", "a feature"},
    {EXPRESSIONS("{key: gpu-type, operator: In, values: [a100]}"), "", "--constraint=a100",
     AFFINITY EXPRESSION, "honoured --constraint=a100", "In, one value"},
    {EXPRESSIONS("{key: gpu-type, operator: In, values: [a100, v100]}"), "",
     "--constraint=a100|v100", AFFINITY EXPRESSION, "honoured --constraint=a100|v100",
     "In, two values"},
    {EXPRESSIONS("{key: gpu-type, operator: In, values: [a100, v100]}, {key: cpu, operator: "
                 "Exists}"),
     "", "--constraint=(a100|v100)&anycpu", AFFINITY "[0].matchExpressions[1]",
     "honoured --constraint=anycpu", "Exists, by an entry for any value"},
    {EXPRESSIONS("{key: pool, operator: In, values: [a, b]}"), "", "--partition=pa,pb",
     AFFINITY EXPRESSION, "honoured --partition=pa,pb", "any of two partitions"},
    {EXPRESSIONS("{key: gpu-type, operator: In, values: [a100, x]}"), "", "", AFFINITY EXPRESSION,
     "ignored Slurm cannot be told, or no entry of skjob.conf maps it", "a value without entry"},
    {EXPRESSIONS("{key: gpu-type, operator: NotIn, values: [a100]}"), "", "", AFFINITY EXPRESSION,
     "ignored Slurm cannot be told, or no entry of skjob.conf maps it", "NotIn"},
    {EXPRESSIONS("{key: kubernetes.io/hostname, operator: NotIn, values: [n1, n2]}"), "",
     "--exclude=n1,n2", AFFINITY EXPRESSION, "honoured --exclude=n1,n2", "not on these nodes"},
    {EXPRESSIONS("{key: kubernetes.io/hostname, operator: In, values: [n1, n2]}"), "", "",
     AFFINITY EXPRESSION, "ignored Slurm cannot be told, or no entry of skjob.conf maps it",
     "any of two nodes: --nodelist would be both"},
    {EXPRESSIONS("{key: gpu-type, operator: In, values: [a100]}")
         TERM("{key: net, operator: In, values: [ib]}"),
     "", "--constraint=a100|ib|opa", AFFINITY, "honoured --constraint=a100|ib|opa", "alternatives"},
    {EXPRESSIONS("{key: gpu-type, operator: In, values: [a100]}")
         TERM("{key: disk, operator: Exists}"),
     "", "", AFFINITY,
     "ignored Slurm cannot be told such alternatives, or no entry of skjob.conf maps them",
     "alternatives, one without entry"},
    {"      affinity:\n        nodeAffinity:\n"
     "          preferredDuringSchedulingIgnoredDuringExecution:\n"
     "          - {weight: 1, preference: {matchExpressions: [{key: a, operator: Exists}]}}\n",
     "", "", POD "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution",
     "ignored a preference: Slurm has none", "a preference"},
    {"      affinity:\n        podAntiAffinity:\n"
     "          requiredDuringSchedulingIgnoredDuringExecution:\n"
     "          - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {a: b}}}\n",
     "", "--exclusive",
     POD "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]",
     "approximated --exclusive: no other job of anybody on the node", "not beside other pods"},
    {"      tolerations: [{key: dedicated, value: ml}]\n", "", "--partition=ml",
     POD "tolerations[0]", "honoured --partition=ml", "a toleration"},
    {"      tolerations: [{key: dedicated, value: x}, {key: spot, operator: Exists}]\n", "",
     "--qos=low", POD "tolerations[1]", "honoured --qos=low", "a toleration of a key"},
    {"      tolerations: [{operator: Exists}]\n", "", "", POD "tolerations",
     "ignored no entry of skjob.conf maps it", "a toleration of everything"},
    {"      priorityClassName: high\n", "", "--qos=high --nice=-10", POD "priorityClassName",
     "honoured --qos=high --nice=-10", "a priority class"},
    {"      priorityClassName: low\n", "", "", POD "priorityClassName",
     "ignored no entry of skjob.conf maps it", "another"},
    {"      runtimeClassName: sandboxed\n", "", "--constraint=userns", POD "runtimeClassName",
     "honoured run by podman --constraint=userns", "a runtime class"},
    {"      schedulerName: gang\n", "", "--partition=gang", POD "schedulerName",
     "honoured --partition=gang", "a scheduler"},
    {"      schedulerName: default-scheduler\n", "", "", POD "schedulerName",
     "honoured Kubernetes' default", "the default scheduler"},
    {"", "        resources: {limits: {example.com/fpga: 2}}\n", "--gres=fpga:2",
     POD "containers[0].resources.limits[example.com/fpga]", "honoured --gres=fpga",
     "a resource of the site's"},
    {"",
     "        resources: {requests: {cpu: 1, nvidia.com/gpu: 2}, limits: {nvidia.com/gpu: 2}}\n",
     "--cpus-per-task=1 --gres=gpu:a100:2", POD "containers[0].resources.requests[nvidia.com/gpu]",
     "honoured --gres=gpu:a100", "GPUs of a type, counted once"},
    {"      initContainers:\n"
     "      - {name: i, image: x, resources: {limits: {example.com/fpga: 3}}}\n",
     "        resources: {limits: {example.com/fpga: 2}}\n", "--gres=fpga:3",
     POD "initContainers[0].resources.limits[example.com/fpga]", "honoured --gres=fpga",
     "an init container needs more than what runs after it"},
    {"      initContainers:\n"
     "      - {name: s, image: x, restartPolicy: Always, resources: {limits: {example.com/fpga: "
     "1}}}\n"
     "      - {name: i, image: x, resources: {limits: {example.com/fpga: 2}}}\n",
     "        resources: {limits: {example.com/fpga: 4}}\n", "--gres=fpga:5",
     POD "initContainers[1].resources.limits[example.com/fpga]", "honoured --gres=fpga",
     "a sidecar beside the container"},
    {"",
     "        resources: {requests: {cpu: 1}, limits: {nvidia.com/gpu: 1, amd.com/gpu: 1, "
     "example.com/zone: 1}}\n",
     "--cpus-per-task=1 --gres=gpu:1,gpu:a100:1",
     POD "containers[0].resources.limits[example.com/zone]",
     "honoured every node has it, says skjob.conf", "besides another maker's"},
};

static void join_options(const struct translation *t, struct strbuf *out)
{
    for (size_t i = 0; i < t->options_len; i++) {
        const struct sbatch_option *o = &t->options[i];
        static const char *const of_all[] = {"job-name", "array", "requeue", "open-mode"};
        bool skip = false;
        for (size_t k = 0; k < 4; k++)
            skip |= strcmp(o->name, of_all[k]) == 0;
        if (!skip)
            strbuf_addf(out, "%s--%s%s%s", out->len ? " " : "", o->name, o->value ? "=" : "",
                        o->value ? o->value : "");
    }
}

static void find_row(const struct report *r, const char *path, struct strbuf *out)
{
    for (size_t i = 0; i < r->len; i++)
        if (strcmp(r->rows[i].path, path) == 0)
            strbuf_addf(out, "%s %s", fate_name(r->rows[i].verdict.fate),
                        r->rows[i].verdict.reason);
}

Test(place, options_and_reasons)
{
    struct strbuf errors = STRBUF_INIT;
    struct conf conf;
    cr_assert_eq(conf_init(&conf), 0);
    cr_assert_eq(conf_parse(&conf, "f", site, strlen(site), &errors), 0, "%s", strbuf_str(&errors));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_translation struct translation t = {0};
        cleanup_report struct report r = {0};
        cleanup_strbuf struct strbuf options = STRBUF_INIT, row = STRBUF_INIT;
        struct error err = {""};
        struct job_text text = {
            .pod = rows[i].pod, .container = rows[i].container, .meta = "", .spec = ""};
        cleanup_job_read struct job_read j;
        job_read_parts(&j, &text);
        cr_assert_eq(translation_make_for(&t, j.manifest.object, &conf, &err), 0, "%s: %s",
                     rows[i].proves, err.text);
        cr_assert_eq(report_make(&r, &t, &j.input, false, &err), 0);
        join_options(&t, &options);
        find_row(&r, rows[i].path, &row);
        cr_expect_str_eq(strbuf_str(&options), rows[i].options, "%s: %s", rows[i].proves,
                         strbuf_str(&options));
        cr_expect_str_eq(strbuf_str(&row), rows[i].row, "%s: %s", rows[i].proves, strbuf_str(&row));
    }
    conf_free(&conf);
}

/* What becomes of the image, by the site's runtime and the Job's annotation. */
static const struct {
    const char *conf;
    const char *annotation;
    const char *row; /* or an error's text after "!" */
    const char *proves;
} images[] = {
    {"", "", "approximated runs on the host, by the site's choice: images are not used", "host"},
    {"runtime = podman\n", "", "honoured run by podman, the site's runtime", "podman"},
    {"runtimes_allowed = enroot\n", "  annotations: {skjob/runtime: enroot}\n",
     "honoured run by enroot, the site's runtime", "asked for"},
    {"", "  annotations: {skjob/runtime: enroot}\n",
     "!annotation skjob/runtime: the site does not allow enroot (runtimes_allowed in skjob.conf)",
     "not allowed"},
};

Test(place, images)
{
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        cleanup_conf struct conf conf;
        cleanup_job_read struct job_read j;
        cleanup_translation struct translation t = {0};
        cleanup_report struct report r = {0};
        cleanup_strbuf struct strbuf row = STRBUF_INIT, errors = STRBUF_INIT;
        struct error err = {""};
        struct job_text text = {.meta = images[i].annotation};
        cr_assert_eq(conf_init(&conf), 0);
        cr_assert_eq(conf_parse(&conf, "f", images[i].conf, strlen(images[i].conf), &errors), 0);
        job_read_parts(&j, &text);
        if (translation_make_for(&t, j.manifest.object, &conf, &err) < 0)
            strbuf_addf(&row, "!%s", err.text);
        else if (report_make(&r, &t, &j.input, false, &err) == 0)
            find_row(&r, POD "containers[0].image", &row);
        cr_expect_str_eq(strbuf_str(&row), images[i].row, "%s: %s", images[i].proves,
                         strbuf_str(&row));
    }
}
