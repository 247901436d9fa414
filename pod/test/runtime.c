/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include <sys/stat.h>

#include "../runtime.h"

static char *const node_env[] = {"PATH=/usr/bin",  "HOME=/home/u",     "USER=u", "FOO=node",
                                 "SLURM_JOB_ID=7", "SLURM_JOB_GPUS=0", NULL};
static char *const no_gpu[] = {"PATH=/usr/bin", "HOME=/home/u", "USER=u", "FOO=node", NULL};

/* What the rows ask for, one letter each. */
enum {
    COMMAND = 1,
    ARGS = 2,
    CWD = 4,
    HOST = 8,
    READ_ONLY = 16,
    MOUNTS = 32,
    ENV = 64,
    GPU = 128,
    SITE = 256, /* options and binds of the site */
    MEMORY = 512,
};

static const struct {
    enum conf_runtime runtime;
    unsigned with;
    const char *argv; /* words joined by "|"; an error's text after "!" */
    const char *proves;
} rows[] = {
#define PODMAN                                                                                     \
    "podman|run|--rm|--pull=never|--network=host|--cgroups=disabled|--log-driver=passthrough|"     \
    "--http-proxy=false|--env-host=false|--security-opt=label=disable|--name=id"
    {RUNTIME_PODMAN, 0, PODMAN "|IMAGE", "the image's own entrypoint and arguments"},
    {RUNTIME_PODMAN, COMMAND, PODMAN "|--entrypoint=[\"sh\"]|IMAGE|-c|echo \"a b\"",
     "command replaces the entrypoint, and leaves no argument of the image's"},
    {RUNTIME_PODMAN, ARGS, PODMAN "|IMAGE|x", "args alone keep the entrypoint"},
    {RUNTIME_PODMAN, COMMAND | ARGS, PODMAN "|--entrypoint=[\"sh\"]|IMAGE|-c|echo \"a b\"|x",
     "both"},
    {RUNTIME_PODMAN, CWD | HOST | READ_ONLY,
     PODMAN "|--hostname=pod-0|--workdir=/w d|--read-only=true|IMAGE", "folder, name, root"},
    {RUNTIME_PODMAN, ENV,
     PODMAN "|--env=A|--env=FOO|--env=HOME=/root|--env=EMPTY|--env=FO*=star|IMAGE",
     "values stay out of the arguments, but those that podman would take for its own, or for "
     "many"},
    {RUNTIME_PODMAN, MOUNTS,
     PODMAN "|--mount=type=bind,source=/s,destination=/data|"
            "--volume=/s,1:/etc/c:ro|IMAGE",
     "volumes; a comma takes the other notation"},
    {RUNTIME_PODMAN, MEMORY, PODMAN "|--mount=type=tmpfs,destination=/mem,tmpfs-mode=1777|IMAGE",
     "memory"},
    {RUNTIME_PODMAN, SITE,
     PODMAN "|--mount=type=bind,source=/sw,destination=/sw,ro|--runtime=runc|-q|IMAGE",
     "the site's options and binds"},
    {RUNTIME_PODMAN, SITE | GPU,
     PODMAN "|--mount=type=bind,source=/sw,destination=/sw,ro|--runtime=runc|-q|"
            "--device=nvidia.com/gpu=all|IMAGE",
     "and those for GPUs"},
#define APPTAINER "--contain|--cleanenv|--ipc|--no-init|--no-umask|--no-eval"
    {RUNTIME_APPTAINER, 0, "apptainer|--silent|run|" APPTAINER "|--writable-tmpfs|IMAGE",
     "the image's own"},
    {RUNTIME_APPTAINER, ARGS, "apptainer|--silent|run|" APPTAINER "|--writable-tmpfs|IMAGE|x",
     "args for the entrypoint"},
    {RUNTIME_APPTAINER, COMMAND | ARGS | READ_ONLY,
     "apptainer|--silent|exec|" APPTAINER "|IMAGE|sh|-c|echo \"a b\"|x", "a command; read-only"},
    {RUNTIME_APPTAINER, CWD | HOST,
     "apptainer|--silent|run|" APPTAINER "|--writable-tmpfs|--hostname=pod-0|--pwd=/w d|IMAGE",
     "folder and name"},
    {RUNTIME_APPTAINER, ENV,
     "apptainer|--silent|run|" APPTAINER "|--writable-tmpfs|--env=HOME=/root|IMAGE",
     "values stay out of the arguments"},
    {RUNTIME_APPTAINER, MOUNTS,
     "apptainer|--silent|run|" APPTAINER
     "|--writable-tmpfs|--mount=type=bind,\"source=/s\",\"destination=/data\"|"
     "--mount=type=bind,\"source=/s,1\",\"destination=/etc/c\",ro|IMAGE",
     "volumes, commas are quoted"},
    {RUNTIME_APPTAINER, MEMORY,
     "apptainer|--silent|run|" APPTAINER "|--writable-tmpfs|--scratch=/mem|IMAGE", "memory"},
    {RUNTIME_APPTAINER, GPU, "apptainer|--silent|run|" APPTAINER "|--writable-tmpfs|--nv|IMAGE",
     "GPUs, where the site says nothing"},
#define CHARLIE "ch-run|--private-tmp"
    {RUNTIME_CHARLIECLOUD, COMMAND | ARGS,
     CHARLIE "|--env-no-expand|--unset-env=USER|IMAGE|--|sh|-c|echo \"a b\"|x", "a command"},
    {RUNTIME_CHARLIECLOUD, ARGS,
     "!container \"main\" has no command: charliecloud does not know the entrypoint of an image",
     "no entrypoint"},
    {RUNTIME_CHARLIECLOUD, COMMAND | CWD,
     CHARLIE "|--cd=/w d|--env-no-expand|--unset-env=USER|IMAGE|--|sh|-c|echo \"a b\"", "folder"},
    {RUNTIME_CHARLIECLOUD, COMMAND | ENV,
     CHARLIE "|--env-no-expand|--set-env=HOME='/root'|--unset-env=USER|IMAGE|--|sh|-c|echo \"a b\"",
     "variables that ch-run changes are set again"},
    {RUNTIME_CHARLIECLOUD, COMMAND | MOUNTS,
     CHARLIE "|--bind=/s:/data|--bind=/s,1:/etc/c|--env-no-expand|--unset-env=USER|IMAGE|--|sh|-c|"
             "echo \"a b\"",
     "volumes"},
    {RUNTIME_CHARLIECLOUD, COMMAND | MEMORY,
     "!charliecloud has no memory volume at /mem, only at /tmp", "memory"},
    {RUNTIME_ENROOT, 0, "enroot|start|--rw|--|IMAGE", "the image's own"},
    {RUNTIME_ENROOT, ARGS | READ_ONLY, "enroot|start|--|IMAGE|x",
     "args for the entrypoint; read-only"},
    {RUNTIME_ENROOT, COMMAND | ARGS, "enroot|start|--rw|--rc=id.rc|--|IMAGE|sh|-c|echo \"a b\"|x",
     "a command runs in place of the entrypoint"},
    {RUNTIME_ENROOT, CWD,
     "!enroot cannot set the workingDir of container \"main\": it has no command",
     "a folder needs a command"},
    {RUNTIME_ENROOT, MOUNTS,
     "enroot|start|--rw|--mount=/s:/data:none:x-create=auto,bind,rw|"
     "--mount=/s,1:/etc/c:none:x-create=auto,bind,ro|--|IMAGE",
     "volumes"},
    {RUNTIME_ENROOT, MEMORY,
     "enroot|start|--rw|--mount=tmpfs:/mem:tmpfs:x-create=dir,mode=1777|--|IMAGE", "memory"},
    {RUNTIME_ENROOT, ENV,
     "enroot|start|--rw|--env=A|--env=FOO|--env=HOME=/root|--env=EMPTY|--env=FO*=star|--|IMAGE",
     "variables"},
};

static const char site[] = "bind = /sw:/sw:ro\n[runtimeOptions]\npodman = --runtime=runc  -q\n"
                           "podman:gpu = --device=nvidia.com/gpu=all\n";

static void make_conf(struct conf *c, const char *text)
{
    struct strbuf errors = STRBUF_INIT;
    cr_assert_eq(conf_init(c), 0);
    cr_assert_eq(conf_parse(c, "f", text, strlen(text), &errors), 0, "%s", strbuf_str(&errors));
    strbuf_free(&errors);
}

static void join(const struct arglist *a, struct strbuf *out)
{
    for (size_t i = 0; i < a->len; i++)
        strbuf_addf(out, "%s%s", i ? "|" : "", a->v[i]);
}

static const struct mount volumes[] = {{MOUNT_BIND, "/s", "/data", false},
                                       {MOUNT_BIND, "/s,1", "/etc/c", true}};
static const struct mount memory = {MOUNT_TMPFS, NULL, "/mem", false};

static int call_of(enum conf_runtime which, unsigned with, struct runtime_call *call,
                   struct error *err)
{
    static char *const none[] = {NULL};
    static char *const command[] = {"sh", "-c", "echo \"a b\"", NULL};
    static char *const args[] = {"x", NULL};
    static char *const env[] = {"A=secret, 1", "FOO=mine", "HOME=/root",
                                "EMPTY=",      "FO*=star", NULL};
    struct conf conf;
    make_conf(&conf, with & SITE ? site : "");
    struct container c = {.name = "main",
                          .image = "busybox",
                          .command = with & COMMAND ? command : none,
                          .args = with & ARGS ? args : none,
                          .envp = with & ENV ? env : none,
                          .cwd = with & CWD ? "/w d" : NULL,
                          .mounts = with & MEMORY ? &memory : volumes,
                          .n_mounts = with & MEMORY   ? 1
                                      : with & MOUNTS ? 2
                                                      : 0,
                          .hostname = with & HOST ? "pod-0" : NULL,
                          .read_only_root = with & READ_ONLY};
    struct runtime_request r = {.container = &c,
                                .conf = &conf,
                                .node_env = with & GPU ? node_env : no_gpu,
                                .image = "IMAGE",
                                .id = "id",
                                .dir = ""};
    int rc = runtime_of(which)->start(&r, call, err);
    if (rc == 0)
        cr_expect_eq(arglist_check(&call->argv, err), 0);
    conf_free(&conf);
    return rc;
}

/* Each test in a folder of its own: what a runtime needs is written there. */
static char folder[] = "/tmp/skjob-runtime-XXXXXX";

static void enter_folder(void)
{
    cr_assert(mkdtemp(folder) && chdir(folder) == 0);
}

static void leave_folder(void)
{
    unlink("id.rc");
    cr_assert(chdir("/") == 0 && rmdir(folder) == 0);
}

Test(runtime, argument_vectors, .init = enter_folder, .fini = leave_folder)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cleanup_runtime_call struct runtime_call call = RUNTIME_CALL_INIT;
        struct strbuf got = STRBUF_INIT;
        struct error err;
        if (call_of(rows[i].runtime, rows[i].with, &call, &err) < 0)
            strbuf_addf(&got, "!%s", err.text);
        else
            join(&call.argv, &got);
        cr_expect_str_eq(strbuf_str(&got), rows[i].argv, "%s: %s:\n%s\nnot\n%s",
                         runtime_of(rows[i].runtime)->name, rows[i].proves, strbuf_str(&got),
                         rows[i].argv);
        strbuf_free(&got);
    }
}

static const struct {
    enum conf_runtime runtime;
    const char *envp;
    const char *proves;
} environments[] = {
    {RUNTIME_PODMAN,
     "PATH=/usr/bin|HOME=/home/u|USER=u|A=secret, 1|FOO=mine|EMPTY=|"
     "PODMAN_IGNORE_CGROUPSV1_WARNING=true",
     "podman's own home, and what it hands on; no warning among the container's words"},
    {RUNTIME_ENROOT, "PATH=/usr/bin|HOME=/home/u|USER=u|A=secret, 1|FOO=mine|EMPTY=", "the same"},
    {RUNTIME_APPTAINER,
     "PATH=/usr/bin|HOME=/home/u|USER=u|FOO=node|APPTAINERENV_A=secret, 1|APPTAINERENV_FOO=mine|"
     "APPTAINERENV_EMPTY=|APPTAINERENV_FO*=star",
     "through a prefix"},
    {RUNTIME_CHARLIECLOUD,
     "A=secret, 1|FOO=mine|EMPTY=|FO*=star|USER=u|HOME=/home/u|"
     "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
     "the container's, and what ch-run needs"},
};

Test(runtime, environments, .init = enter_folder, .fini = leave_folder)
{
    for (size_t i = 0; i < sizeof environments / sizeof *environments; i++) {
        cleanup_runtime_call struct runtime_call call = RUNTIME_CALL_INIT;
        struct strbuf got = STRBUF_INIT;
        struct error err;
        cr_assert_eq(call_of(environments[i].runtime, COMMAND | ENV, &call, &err), 0);
        join(&call.envp, &got);
        cr_expect_str_eq(strbuf_str(&got), environments[i].envp, "%s: %s: %s",
                         runtime_of(environments[i].runtime)->name, environments[i].proves,
                         strbuf_str(&got));
        strbuf_free(&got);
    }
}

/* What comes from a Secret may be anything. */
Test(runtime, words_that_are_not_utf8)
{
    static char *const none[] = {NULL};
    static char *const program[] = {"\xff", "a", NULL};
    static char *const word[] = {"a", "\xff", NULL};
    struct conf conf;
    struct error err;
    make_conf(&conf, "");
    struct container c = {.name = "main", .command = word, .args = none, .envp = none};
    struct runtime_request r = {
        .container = &c, .conf = &conf, .node_env = no_gpu, .image = "IMAGE", .id = "id"};
    cleanup_runtime_call struct runtime_call kept = RUNTIME_CALL_INIT, refused = RUNTIME_CALL_INIT;
    cr_assert_eq(runtime_podman.start(&r, &kept, &err), 0);
    cr_expect_str_eq(kept.argv.v[kept.argv.len - 1], "\xff");
    c.command = program;
    cr_expect_eq(runtime_podman.start(&r, &refused, &err), -1);
    conf_free(&conf);
}

Test(runtime, podman_leaves_nothing_behind)
{
    cleanup_runtime_call struct runtime_call call = RUNTIME_CALL_INIT;
    struct runtime_request r = {.node_env = no_gpu, .id = "id"};
    struct strbuf got = STRBUF_INIT;
    struct error err;
    cr_assert_eq(runtime_podman.clean(&r, &call, &err), 0);
    join(&call.argv, &got);
    cr_expect_str_eq(strbuf_str(&got), "podman|rm|--force|--ignore|--time=0|id");
    strbuf_free(&got);
}

Test(runtime, a_program_that_is_not_there)
{
    static char *const nowhere[] = {"PATH=/nonexistent::/", NULL};
    cleanup_runtime_call struct runtime_call call = RUNTIME_CALL_INIT;
    struct runtime_request r = {.node_env = nowhere, .id = "id"};
    struct error err;
    cr_expect_eq(runtime_make(runtime_podman.clean, &r, &call, &err), -1);
    cr_expect_str_eq(err.text, "podman is not installed on this node");
}

/* ---- the choice ---- */

static const struct {
    const char *conf;
    const char *job;
    const char *runtime; /* or "!" and an error's text */
    const char *proves;
} choices[] = {
    {"", "{}", "host", "the default"},
    {"runtime = podman\n", "{}", "podman", "the site's"},
    {"runtimes_allowed = enroot\n", "{'metadata':{'annotations':{'skjob/runtime':'enroot'}}}",
     "enroot", "the Job's"},
    {"runtimes_allowed = enroot podman\n",
     "{'metadata':{'annotations':{'skjob/runtime':'enroot'}},'spec':{'template':{'metadata':{"
     "'annotations':{'skjob/runtime':'podman'}}}}}",
     "podman", "the pod template's goes before"},
    {"", "{'metadata':{'annotations':{'skjob/runtime':'podman'}}}",
     "!annotation skjob/runtime: the site does not allow podman (runtimes_allowed in skjob.conf)",
     "not allowed"},
    {"runtime = podman\n", "{'metadata':{'annotations':{'skjob/runtime':'host'}}}",
     "!annotation skjob/runtime: the site does not allow host (runtimes_allowed in skjob.conf)",
     "the host has to be allowed, too"},
    {"", "{'metadata':{'annotations':{'skjob/runtime':'docker'}}}",
     "!annotation skjob/runtime: \"docker\" is not host, apptainer, podman, charliecloud or enroot",
     "unknown"},
    {"[runtimeClass]\nkata = qos:x runtime:podman\n",
     "{'spec':{'template':{'spec':{'runtimeClassName':'kata'}}}}", "podman", "a runtime class"},
    {"[runtimeClass]\nkata = qos:x\n", "{'spec':{'template':{'spec':{'runtimeClassName':'kata'}}}}",
     "host", "a runtime class that names none"},
};

Test(runtime, choice)
{
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        struct conf c;
        struct error err;
        json_t *job = facts_json(choices[i].job);
        make_conf(&c, choices[i].conf);
        int which = runtime_choose(&c, job, &err);
        if (which >= 0)
            cr_expect_str_eq(conf_runtime_name((enum conf_runtime)which), choices[i].runtime, "%s",
                             choices[i].proves);
        else
            cr_expect_str_eq(err.text, choices[i].runtime + 1, "%s: %s", choices[i].proves,
                             err.text);
        json_decref(job);
        conf_free(&c);
    }
}

Test(runtime, what_a_container_with_an_image_starts_from)
{
    char **base = runtime_base_env(&runtime_podman, node_env);
    cr_assert(base);
    cr_expect_str_eq(base[0], "SLURM_JOB_ID=7");
    cr_expect_str_eq(base[1], "SLURM_JOB_GPUS=0");
    cr_expect_null(base[2]);
    free(base);
    base = runtime_base_env(runtime_of(RUNTIME_HOST), node_env);
    cr_expect_str_eq(base[0], "PATH=/usr/bin");
    cr_expect(base[5] && !base[6]);
    free(base);
}
