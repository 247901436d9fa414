/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "../conf.h"

static const struct {
    const char *text;
    const char *errors; /* as lines; "" = none */
    const char *proves;
} rows[] = {
    {"", "", "an empty file"},
    {"# a comment\n\n   \t\n  # another\n", "", "comments and blank lines"},
    {"runtime=podman", "", "no blanks, no newline at the end"},
    {"runtime = podman # rootless\r\n", "", "a comment behind, DOS line ends"},
    {"runtime = docker\n",
     "f:1: runtime: \"docker\" is not host, apptainer, podman, charliecloud or enroot\n",
     "a value that is none"},
    {"\n\nruntime = podmann\n",
     "f:3: runtime: \"podmann\" is not host, apptainer, podman, charliecloud or enroot (did you "
     "mean "
     "\"podman\"?)\n",
     "a misspelt value, in its line"},
    {"runtimes = host\n", "f:1: unknown key \"runtimes\" (did you mean \"runtime\"?)\n",
     "a misspelt key"},
    {"zzzzzzzz = 1\n", "f:1: unknown key \"zzzzzzzz\"\n", "a key like no other"},
    {"runtime = host\nruntime = host\n", "f:2: runtime: is in line 1 already\n", "twice"},
    {"runtime\n", "f:1: \"runtime\" is not KEY = VALUE\n", "no value"},
    {"runtimes_allowed = host, podmen\n",
     "f:1: runtimes_allowed: \"podmen\" is not host, apptainer, podman, charliecloud or enroot "
     "(did "
     "you mean \"podman\"?)\n",
     "one of a list"},
    {"backoff_base = -1\n",
     "f:1: backoff_base: \"-1\" is no time: a number of seconds, or one with s, m, h or d\n",
     "a negative time"},
    {"backoff_base = inf\n",
     "f:1: backoff_base: \"inf\" is no time: a number of seconds, or one with s, m, h or d\n",
     "an infinite time"},
    {"backoff_base = 0x1p99\n",
     "f:1: backoff_base: \"0x1p99\" is no time: a number of seconds, or one with s, m, h or d\n",
     "a huge time"},
    {"backoff_base = 1w\n",
     "f:1: backoff_base: \"1w\" is no time: a number of seconds, or one with s, m, h or d\n",
     "a unit that is none"},
    {"deadline_from = start\nimage_pull = never\nretry_exclude_node = yes\n", "", "choices"},
    {"retry_exclude_node = true\n", "f:1: retry_exclude_node: \"true\" is not no or yes\n",
     "no yes or no"},
    {"retry_memory_factor = 0.5\n",
     "f:1: retry_memory_factor: \"0.5\" is no factor between 1 and 100\n", "less memory"},
    {"retry_memory_max = 1GB\n",
     "f:1: retry_memory_max: \"1GB\" is no amount of memory, such as 64G\n", "a unit too long"},
    {"bind = software\n", "f:1: bind: \"software\" is not /SOURCE[:/TARGET[:ro]]\n",
     "a relative path"},
    {"bind = /a:/b:rx\n", "f:1: bind: \"/a:/b:rx\" is not /SOURCE[:/TARGET[:ro]]\n", "a mode"},
    {"[image]\nx = y\n", "f:1: unknown section \"image\" (did you mean \"images\"?)\n",
     "a misspelt map; its entries are not complained about"},
    {"[images\n", "f:1: \"[images\": no ] at the end\n", "an open bracket"},
    {"[\n", "f:1: \"[\": no ] at the end\n", "only a bracket"},
    {"[images]\nbusybox=/images/busybox\n",
     "f:2: \"busybox=/images/busybox\" is not ENTRY = VALUE, with blanks around =\n",
     "entries need blanks"},
    {"[images]\nbusybox = \n", "f:2: images: an empty value\n", "nothing behind ="},
    {"[images]\n = x\n", "f:2: \"= x\" is not ENTRY = VALUE, with blanks around =\n",
     "nothing before ="},
    {"[images]\nbusybox = -rm\n", "f:2: images: \"-rm\" is no image\n",
     "what a runtime would take for an option"},
    {"[storage]\nfiler = /mnt\n",
     "f:2: storage: \"filer\" is neither SERVER:/EXPORT, pvc:NAME nor pvc:NAMESPACE/NAME\n",
     "storage without a kind"},
    {"[storage]\npvc:a = mnt\n", "f:2: storage: \"mnt\" is no absolute path\n", "a relative path"},
    {"[nodeSelector]\ngpu = constraint:a100\n", "f:2: nodeSelector: \"gpu\" is not LABEL=VALUE\n",
     "a label without value"},
    {"[nodeSelector]\na=b = a100\n",
     "f:2: nodeSelector: \"a100\" is neither \"-\" nor OPTION:VALUE, such as partition:ml\n",
     "no option"},
    {"[toleration]\na = partiton:ml\n",
     "f:2: toleration: \"partiton\" is no option for a place (did you mean \"partition\"?)\n",
     "a misspelt option"},
    {"[priorityClass]\nhigh = qos:high array:0-9\n",
     "f:2: priorityClass: \"array\" is no option for a place\n", "an option that is the Job's"},
    {"[priorityClass]\nhigh = qos:\n", "f:2: priorityClass: no value behind \"qos:\"\n",
     "an option without value"},
    {"[priorityClass]\nhigh = runtime:podman\n",
     "f:2: priorityClass: a runtime is chosen in [runtimeClass] only\n", "a runtime elsewhere"},
    {"[runtimeClass]\nkata = runtime:kata\n",
     "f:2: runtimeClass: \"kata\" is not host, apptainer, podman, charliecloud or enroot\n",
     "a runtime class's runtime"},
    {"[resource]\nnvidia.com/gpu = gpu\n",
     "f:2: resource: \"gpu\" is neither \"-\" nor gres:NAME\n", "a resource is a gres"},
    {"[resource]\nnvidia.com/gpu = gres:gpu,mps\n",
     "f:2: resource: \"gres:gpu,mps\" is neither \"-\" nor gres:NAME\n", "one gres"},
    {"[runtimeOptions]\npodman:gpu = --device=x\nenroots = -r\n",
     "f:3: runtimeOptions: \"enroots\" is not host, apptainer, podman, charliecloud or enroot (did "
     "you mean \"enroot\"?)\n",
     "options of a runtime that is none"},
    {"runtime = \033[m\n", "f:1: a control character\n", "what would act on a terminal"},
    {"a\nb\n", "f:1: \"a\" is not KEY = VALUE\nf:2: \"b\" is not KEY = VALUE\n", "every mistake"},
    {"[nodeSelector]\nkubernetes.io/arch=amd64 = -\ngpu=a100 = constraint:a100 partition:gpu\n", "",
     "places"},
};

Test(conf, says_what_is_wrong_and_where)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct strbuf errors = STRBUF_INIT;
        struct conf c;
        cr_assert_eq(conf_init(&c), 0);
        size_t n = conf_parse(&c, "f", rows[i].text, strlen(rows[i].text), &errors);
        cr_expect_str_eq(strbuf_str(&errors), rows[i].errors, "%s: %s", rows[i].proves,
                         strbuf_str(&errors));
        cr_expect_eq(n == 0, !*rows[i].errors, "%s: %zu", rows[i].proves, n);
        strbuf_free(&errors);
        conf_free(&c);
    }
}

static void parse(struct conf *c, const char *text)
{
    struct strbuf errors = STRBUF_INIT;
    cr_assert_eq(conf_init(c), 0);
    cr_expect_eq(conf_parse(c, "f", text, strlen(text), &errors), 0, "%s", strbuf_str(&errors));
    strbuf_free(&errors);
}

Test(conf, defaults)
{
    cleanup_conf struct conf c;
    parse(&c, "");
    cr_expect_eq(c.runtime, RUNTIME_HOST);
    cr_expect_eq(c.runtimes_allowed, 1U << RUNTIME_HOST);
    cr_expect_eq(c.image_pull, CONF_PULL_ALLOW);
    cr_expect_eq(c.n_binds, 0);
    cr_expect_eq(c.backoff_base_us, 10000000);
    cr_expect_eq(c.backoff_max_us, 360000000);
    cr_expect_eq(c.crashloop_base_us, 10000000);
    cr_expect_eq(c.crashloop_max_us, 300000000);
    cr_expect_eq(c.deadline_from, CONF_DEADLINE_START);
    cr_expect_eq(c.retry_exclude_node, 0);
    cr_expect_eq(c.retry_memory_milli, 1000);
    cr_expect_eq(c.retry_memory_max_mb, 0);
}

Test(conf, values)
{
    cleanup_conf struct conf c;
    parse(&c, "runtime = podman\nruntimes_allowed = host, charliecloud enroot\n"
              "image_pull = never\nbind = /sw:/opt/sw:ro /scratch, /a:/b\n"
              "backoff_base = 0.5\nbackoff_max = 10m\ncrashloop_base = 0\ncrashloop_max = 1h\n"
              "deadline_from = submit\nretry_exclude_node = yes\nretry_memory_factor = 1.5\n"
              "retry_memory_max = 2T\n");
    cr_expect_eq(c.runtime, RUNTIME_PODMAN);
    cr_expect_eq(c.runtimes_allowed,
                 1U << RUNTIME_HOST | 1U << RUNTIME_CHARLIECLOUD | 1U << RUNTIME_ENROOT |
                     1U << RUNTIME_PODMAN,
                 "the default runtime is always allowed");
    cr_expect_eq(c.image_pull, CONF_PULL_NEVER);
    cr_assert_eq(c.n_binds, 3);
    cr_expect_str_eq(c.binds[0].source, "/sw");
    cr_expect_str_eq(c.binds[0].target, "/opt/sw");
    cr_expect(c.binds[0].read_only);
    cr_expect_str_eq(c.binds[1].source, "/scratch");
    cr_expect_str_eq(c.binds[1].target, "/scratch");
    cr_expect(!c.binds[1].read_only);
    cr_expect_str_eq(c.binds[2].target, "/b");
    cr_expect_eq(c.backoff_base_us, 500000);
    cr_expect_eq(c.backoff_max_us, 600000000);
    cr_expect_eq(c.crashloop_base_us, 1, "never zero, which would mean the default");
    cr_expect_eq(c.crashloop_max_us, 3600000000);
    cr_expect_eq(c.deadline_from, CONF_DEADLINE_SUBMIT);
    cr_expect_eq(c.retry_exclude_node, 1);
    cr_expect_eq(c.retry_memory_milli, 1500);
    cr_expect_eq(c.retry_memory_max_mb, 2 << 20);
}

Test(conf, a_line_that_is_too_long_is_no_end_of_the_file)
{
    struct strbuf text = STRBUF_INIT, errors = STRBUF_INIT;
    struct conf c;
    cr_assert_eq(conf_init(&c), 0);
    for (int i = 0; i < 5000; i++)
        strbuf_addc(&text, 'x');
    strbuf_adds(&text, "\nruntime = enroot\n");
    cr_expect_eq(conf_parse(&c, "f", strbuf_str(&text), text.len, &errors), 1);
    cr_expect_str_eq(strbuf_str(&errors), "f:1: a line of more than 4095 bytes\n");
    cr_expect_eq(c.runtime, RUNTIME_ENROOT);
    strbuf_free(&text);
    strbuf_free(&errors);
    conf_free(&c);
}
