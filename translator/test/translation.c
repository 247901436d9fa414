/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../translation.h"
#include "job_text.h"
#include "strbuf.h"

#define ARRAY(a) "--array=" a " --requeue --open-mode=append"

static const struct {
    struct job_text job;
    const char *options; /* after --job-name=pi; an error's text after '!' */
    const char *proves;
} rows[] = {
    /* ---- the array ---- */
    {{0}, ARRAY("0"), "one pod"},
    {{.spec = "  completions: 5\n"}, ARRAY("0-4%1"), "parallelism defaults to 1"},
    {{.spec = "  completions: 5\n  parallelism: 3\n"}, ARRAY("0-4%3"), "throttle"},
    {{.spec = "  completions: 5\n  parallelism: 5\n"}, ARRAY("0-4"), "all at once"},
    {{.spec = "  completions: 5\n  parallelism: 9\n"}, ARRAY("0-4"), "more than there are"},
    {{.spec = "  completions: 1\n  parallelism: 9\n"}, ARRAY("0"), "one of one"},
    {{.spec = "  parallelism: 4\n"}, ARRAY("0-3"), "work queue: parallelism pods"},
    {{.spec = "  parallelism: 1\n"}, ARRAY("0"), "work queue of one"},
    {{.spec = "  completions: 3\n  completionMode: Indexed\n"}, ARRAY("0-2%1"), "Indexed"},
    {{.spec = "  completions: 100000\n  parallelism: 100000\n  completionMode: Indexed\n"},
     ARRAY("0-99999"),
     "large"},
    {{.spec = "  completions: 2147483647\n  parallelism: 2\n"}, ARRAY("0-2147483646%2"), "largest"},
    /* ---- hold ---- */
    {{.spec = "  suspend: true\n"}, ARRAY("0") " --hold", "suspended"},
    {{.spec = "  suspend: false\n"}, ARRAY("0"), "not suspended"},
    {{.spec = "  parallelism: 0\n"}, ARRAY("0") " --hold", "no parallelism, no completions"},
    {{.spec = "  completions: 3\n  parallelism: 0\n"}, ARRAY("0-2") " --hold", "no parallelism"},
    /* ---- time ---- */
    {{.pod = "      activeDeadlineSeconds: 1\n"}, ARRAY("0") " --time=1", "rounded up"},
    {{.pod = "      activeDeadlineSeconds: 60\n"}, ARRAY("0") " --time=1", "a minute"},
    {{.pod = "      activeDeadlineSeconds: 61\n"}, ARRAY("0") " --time=2", "a minute and more"},
    {{.pod = "      activeDeadlineSeconds: 2147483647\n"},
     ARRAY("0") " --time=35791395",
     "the largest"},
    {{.spec = "  activeDeadlineSeconds: 60\n"}, ARRAY("0"), "the Job's is no time limit of a task"},
    /* ---- resources ---- */
    {{.container = "        resources: {requests: {cpu: 2}}\n"},
     ARRAY("0") " --cpus-per-task=2",
     "CPUs"},
    {{.container = "        resources: {requests: {cpu: 100m}}\n"},
     ARRAY("0") " --cpus-per-task=1",
     "a part of a CPU is one"},
    {{.container = "        resources: {requests: {cpu: 1001m}}\n"},
     ARRAY("0") " --cpus-per-task=2",
     "rounded up"},
    {{.container = "        resources: {limits: {cpu: 3}}\n"},
     ARRAY("0") " --cpus-per-task=3",
     "the limit where there is no request"},
    {{.container = "        resources: {requests: {cpu: 2}, limits: {cpu: 8}}\n"},
     ARRAY("0") " --cpus-per-task=2",
     "the request"},
    {{.container = "        resources: {requests: {memory: 1Gi}}\n"},
     ARRAY("0") " --mem=1024M",
     "memory"},
    {{.container = "        resources: {requests: {memory: 1}}\n"},
     ARRAY("0") " --mem=1M",
     "a byte is a MiB"},
    {{.container = "        resources: {requests: {memory: 1048577}}\n"},
     ARRAY("0") " --mem=2M",
     "a MiB and a byte"},
    {{.container = "        resources: {requests: {memory: 1G}}\n"},
     ARRAY("0") " --mem=954M",
     "decimal"},
    {{.container = "        resources: {requests: {memory: 0}}\n"}, ARRAY("0"), "nothing asked"},
    {{.container = "        resources: {limits: {nvidia.com/gpu: 2}}\n"},
     ARRAY("0") " --gres=gpu:2",
     "GPUs"},
    {{.container = "        resources: {limits: {nvidia.com/gpu: 1, amd.com/gpu: 1}}\n"},
     ARRAY("0") " --gres=gpu:2",
     "GPUs of all makers"},
    {{.container = "        resources: {requests: {ephemeral-storage: 10Gi}}\n"},
     ARRAY("0") " --tmp=10240M",
     "temporary disk"},
    {{.container = "        resources: {requests: {hugepages-2Mi: 4Mi, cpu: 1, memory: 1Mi}, "
                   "limits: {hugepages-2Mi: 4Mi}}\n"},
     ARRAY("0") " --cpus-per-task=1 --mem=1M",
     "what Slurm has no counterpart for"},
    {{.container =
          "      - name: two\n        image: x\n        resources: {requests: {cpu: 1500m, "
          "memory: 1Mi}}\n      - name: three\n        image: x\n        resources: "
          "{requests: {cpu: 500m}, limits: {memory: 2Mi}}\n"},
     ARRAY("0") " --cpus-per-task=2 --mem=3M",
     "containers are summed up before rounding"},
    {{.pod = "      resources: {requests: {cpu: 4}}\n",
      .container = "        resources: {requests: {cpu: 1, memory: 1Mi}}\n"},
     ARRAY("0") " --cpus-per-task=4 --mem=1M",
     "the pod's own, where it has some"},
    {{.container = "        resources: {requests: {memory: 4Pi}}\n"},
     "!memory: more than Slurm can "
     "be asked for",
     "too much"},
    /* ---- nodes ---- */
    {{.pod = "      nodeName: n1\n"}, ARRAY("0") " --nodelist=n1", "a node"},
    {{.pod = "      nodeSelector: {kubernetes.io/hostname: n2}\n"},
     ARRAY("0") " --nodelist=n2",
     "a node by its label"},
    {{.pod = "      nodeSelector: {disk: ssd}\n"}, ARRAY("0"), "other labels"},
    /* ---- annotations ---- */
    {{.meta = "  annotations: {sbatch.skjob/partition: short}\n"},
     ARRAY("0") " --partition=short",
     "ours"},
    {{.meta = "  annotations: {sbatch.skjob/partition: a b\"c'$(id)`id`;#d\\e}\n"},
     ARRAY("0") " --partition=a b\"c'$(id)`id`;#d\\e",
     "the value is kept as it is"},
    {{.meta = "  annotations: {sbatch.skjob/exclusive: \"\"}\n"},
     ARRAY("0") " --exclusive",
     "a flag"},
    {{.meta = "  annotations: {sbatch.skjob/exclusive: \"true\"}\n"},
     ARRAY("0") " --exclusive",
     "a flag, true"},
    {{.meta = "  annotations: {sbatch.skjob/exclusive: \"false\"}\n"}, ARRAY("0"), "false"},
    {{.meta = "  annotations: {sbatch.skjob/exclusive: \"false\"}\n",
      .template = "    metadata:\n      annotations: {sbatch.skjob/exclusive: \"true\"}\n"},
     ARRAY("0"),
     "the Job's own prevails over its template's"},
    {{.meta = "  annotations: {sbatch.skjob/exclusive: user}\n"},
     ARRAY("0") " --exclusive=user",
     "a flag with a value"},
    {{.meta = "  annotations: {sbatch.skjob/contiguous: maybe}\n"},
     "!metadata.annotations[sbatch.skjob/contiguous]: \"maybe\" is neither true nor false",
     "a flag without one"},
    {{.meta = "  annotations: {sbatch.skjob/comment: \"true\"}\n"},
     ARRAY("0") " --comment=true",
     "an option with a value keeps it"},
    {{.meta = "  annotations: {sbatch.skjob/comment: \"\"}\n"},
     ARRAY("0") " --comment=",
     "also an empty one"},
    {{.meta = "  annotations: {sbatch.skjob/comment: \"a\\n#SBATCH --wrap=id\"}\n"},
     "!metadata.annotations[sbatch.skjob/comment]: a control character in the value for sbatch "
     "--comment",
     "a newline"},
    {{.meta = "  annotations: {sbatch.skjob/comment: \"a\\x7f\"}\n"},
     "!metadata.annotations[sbatch.skjob/comment]: a control character in the value for sbatch "
     "--comment",
     "DEL"},
    {{.meta = "  annotations: {sbatch.skjob/array: 0-9}\n"}, ARRAY("0"), "refused, see the report"},
    {{.meta = "  annotations: {sbatch.skjob/mem: 4G}\n",
      .container = "        resources: {requests: {memory: 1Gi}}\n"},
     ARRAY("0") " --mem=4G",
     "what is asked for by name prevails"},
    {{.meta = "  annotations: {example.com/partition: x}\n"}, ARRAY("0"), "an ordinary annotation"},
    {{.meta = "  annotations: {slurmjob.slinky.slurm.net/timelimit: \"5\", "
              "slurmjob.slinky.slurm.net/cpu-per-task: 1500m, "
              "slurmjob.slinky.slurm.net/mem-per-node: 100Mi, "
              "slurmjob.slinky.slurm.net/constraints: ssd}\n"},
     ARRAY("0") " --constraint=ssd --cpus-per-task=2 --mem=100M --time=5",
     "slurm-bridge's keys, with quantities"},
    {{.meta = "  annotations: {slurmjob.slinky.slurm.net/min-nodes: \"2\", "
              "slurmjob.slinky.slurm.net/max-nodes: \"4\"}\n"},
     ARRAY("0") " --nodes=2-4",
     "both ends"},
    {{.meta = "  annotations: {slurmjob.slinky.slurm.net/max-nodes: \"4\"}\n"},
     ARRAY("0") " --nodes=1-4",
     "one end"},
    {{.meta = "  annotations: {slurmjob.slinky.slurm.net/mem-per-node: much}\n"},
     "!metadata.annotations[slurmjob.slinky.slurm.net/mem-per-node]: \"much\": quantities must "
     "match the "
     "regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
     "not a quantity"},
    {{.meta = "  annotations: {slurmjob.slinky.slurm.net/exclusive: \"false\", "
              "slurmjob.slinky.slurm.net/user-id: \"7\"}\n"},
     ARRAY("0"),
     "what has no meaning here"},
};

static void print(const struct translation *t, struct strbuf *out)
{
    for (size_t i = 0; i < t->options_len; i++) {
        strbuf_addf(out, "%s--%s", i ? " " : "", t->options[i].name);
        if (t->options[i].value)
            strbuf_addf(out, "=%s", t->options[i].value);
    }
}

Test(translation, rows)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_job_read struct job_read j;
        cleanup_translation struct translation t = {0};
        cleanup_strbuf struct strbuf out = STRBUF_INIT, want = STRBUF_INIT;
        struct error err;
        job_read_parts(&j, &rows[i].job);
        bool refused = rows[i].options[0] == '!';
        strbuf_addf(&want, "%s%s", refused ? "" : "--job-name=pi ", rows[i].options);
        if (translation_make(&t, j.manifest.object, &err) < 0)
            strbuf_addf(&out, "!%s%s%s", t.bad_path ? t.bad_path : "", t.bad_path ? ": " : "",
                        err.text);
        else
            print(&t, &out);
        cr_expect_str_eq(strbuf_str(&out), strbuf_str(&want), "%s:\ngot  %s\nwant %s",
                         rows[i].proves, strbuf_str(&out), strbuf_str(&want));
    }
}

static const char two_levels[] =
    "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: pi\n  annotations:\n"
    "    sbatch.skjob/qos: high\nspec:\n  template:\n    metadata:\n      annotations:\n"
    "        sbatch.skjob/qos: low\n        sbatch.skjob/wckey: k\n    spec:\n"
    "      restartPolicy: Never\n      containers:\n      - {name: m, image: x, command: [x]}\n";

Test(translation, template_annotations)
{
    cleanup_job_read struct job_read j;
    cleanup_translation struct translation t = {0};
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    struct error err;
    job_read_text(&j, two_levels, UNKNOWN_STRICT);
    cr_assert_eq(translation_make(&t, j.manifest.object, &err), 0);
    print(&t, &out);
    cr_expect_str_eq(strbuf_str(&out), "--job-name=pi " ARRAY("0") " --qos=high --wckey=k", "%s",
                     strbuf_str(&out));
}

Test(translation, nothing_to_run)
{
    static const struct job_text job = {.spec = "  completions: 0\n"};
    cleanup_job_read struct job_read j;
    cleanup_translation struct translation t = {0};
    struct error err;
    job_read_parts(&j, &job);
    cr_assert_eq(translation_make(&t, j.manifest.object, &err), 0);
    cr_expect(t.nothing_to_run);
}

Test(translation, highest_index)
{
    static const struct job_text job = {.spec = "  completions: 1001\n  parallelism: 2\n"};
    cleanup_job_read struct job_read j;
    cleanup_translation struct translation t = {0};
    struct error err;
    job_read_parts(&j, &job);
    cr_assert_eq(translation_make(&t, j.manifest.object, &err), 0);
    cr_expect_eq(t.max_index, 1000);
}
