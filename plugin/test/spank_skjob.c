/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attempt.h"
#include "host.h"
#include "job_options.h"

#define HEAD  "#!/usr/libexec/skjob/skjob-pod\n"
#define BODY  "apiVersion: batch/v1\nkind: Job\n"
#define INDEX "JOB_COMPLETION_INDEX"
#define MARK  "SLURM_SKJOB_JOB_ID"

#define INDEXED HEAD "#SBATCH --array=0-9\n#SKJOB v1 completionMode=Indexed\n" BODY

static char folder[] = "/tmp/skjob-plugin-XXXXXX";
static char path[128], program[128], libexec[128];

static void reset(void)
{
    host_reset();
    attempt_forget();
    host.argv[0] = path;
}

static void write_file(const char *name, const char *text, size_t len)
{
    FILE *f = fopen(name, "w");
    cr_assert(f && fwrite(text, 1, len, f) == len && fclose(f) == 0);
}

static void setup(void)
{
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/slurm_script", folder);
    snprintf(program, sizeof program, "%s/skjob-attempt", folder);
    snprintf(libexec, sizeof libexec, "libexec=%s", folder);
    write_file(program, "#!/bin/sh\n", 10);
    cr_assert_eq(chmod(program, 0755), 0);
    reset();
}

static void teardown(void)
{
    char other[160];
    unlink(path);
    unlink(program);
    snprintf(other, sizeof other, "%s.real", path);
    unlink(other);
    rmdir(folder);
}

TestSuite(spank, .init = setup, .fini = teardown, .timeout = 300);

static void write_script(const char *text)
{
    write_file(path, text, strlen(text));
}

static int user_init(void)
{
    char *av[] = {libexec};
    return slurm_spank_user_init(NULL, 1, av);
}

static const struct {
    const char *script;
    const char *index; /* expected value, NULL = not set */
    const char *log;   /* NULL = nothing is logged */
    const char *proves;
} scripts[] = {
    {INDEXED, "7", "skjob: job 107: " INDEX "=7\n", "an Indexed Job"},
    {HEAD "#SKJOB v1 completionMode=NonIndexed\n" BODY, NULL, NULL, "NonIndexed"},
    {HEAD BODY, NULL, NULL, "ours, but nothing is said"},
    {"", NULL, NULL, "empty"},
    {"#!/bin/sh\n#SKJOB v1 completionMode=Indexed\n", NULL, NULL, "another interpreter"},
    {"#!/bin/sh\n#SKJOB v9 nonsense\n", NULL, NULL, "another's script is not judged"},
    {"#!/bin/sh /usr/libexec/skjob/skjob-pod\n#SKJOB v1 completionMode=Indexed\n", NULL, NULL,
     "our name as an argument"},
    {HEAD BODY "#SKJOB v1 completionMode=Indexed\n", NULL, NULL, "the line below the head"},
    {HEAD "#SKJOB v1 completionMode=Sometimes\n", NULL,
     "skjob: job 107: #SKJOB: completionMode is not Indexed or NonIndexed\n", "a bad value"},
    {HEAD "#SKJOB v2 completionMode=Indexed\n", NULL,
     "skjob: job 107: #SKJOB: version \"v2\" is not known here (known: v1)\n", "a newer version"},
    {HEAD "#SKJOB v1 completionMode=Indexed x=%n%n%s\n", NULL,
     "skjob: job 107: #SKJOB: unknown key \"x\"\n", "formats in the script are text"},
    {HEAD "#SKJOB v1 completionMode=Indexed %n%s%n=1\n", NULL,
     "skjob: job 107: #SKJOB: unknown key \"%n%s%n\"\n", "formats in the message are text"},
    {HEAD "#SKJOB v1 completionMode=Indexed\033[2J\n", NULL,
     "skjob: job 107: #SKJOB: a control character in the line\n", "no escapes into the log"},
};

Test(spank, scripts)
{
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        reset();
        write_script(scripts[i].script);
        cr_expect_eq(user_init(), 0, "%s", scripts[i].proves);
        const char *index = host_getenv(INDEX);
        cr_expect_eq(index != NULL, scripts[i].index != NULL, "%s", scripts[i].proves);
        if (index && scripts[i].index)
            cr_expect_str_eq(index, scripts[i].index, "%s", scripts[i].proves);
        cr_expect_eq(host_getenv(MARK) != NULL, scripts[i].index != NULL, "%s", scripts[i].proves);
        cr_expect_str_eq(host.log, scripts[i].log ? scripts[i].log : "", "%s", scripts[i].proves);
    }
}

Test(spank, index_zero_without_an_array)
{
    host.array = 0;
    host.task = NO_VAL;
    write_script(INDEXED);
    cr_expect_eq(user_init(), 0);
    cr_expect_str_eq(host_getenv(INDEX), "0");
}

Test(spank, inherited_index_is_replaced)
{
    host_putenv(INDEX, "3"); /* of the pod that called sbatch */
    host_putenv(MARK, "55");
    write_script(INDEXED);
    cr_expect_eq(user_init(), 0);
    cr_expect_str_eq(host_getenv(INDEX), "7");
    cr_expect_str_eq(host_getenv(MARK), "107");
}

Test(spank, forged_slurm_variables_are_not_read)
{
    host_putenv("SLURM_ARRAY_TASK_ID", "9999");
    host_putenv("SLURM_ARRAY_JOB_ID", "1");
    host_putenv("SLURM_JOB_ID", "1");
    write_script(INDEXED);
    cr_expect_eq(user_init(), 0);
    cr_expect_str_eq(host_getenv(INDEX), "7");
    cr_expect_str_eq(host_getenv(MARK), "107");
}

static const struct {
    uint32_t step;
    const char *mark, *index; /* in the step's environment; NULL = not there */
    const char *result;
    const char *proves;
} steps[] = {
    {0, NULL, NULL, NULL, "a step of a job that is not ours"},
    {0, NULL, "3", "3", "the same, with a variable of that name"},
    {0, "107", NULL, "7", "a step of ours under --export=NONE"},
    {4, "107", NULL, "7", "any step number"},
    {0, "107", "7", "7", "a step that inherited the index"},
    {0, "107", "12", "12", "srun --export=JOB_COMPLETION_INDEX=12: the user's word"},
    {0, "55", NULL, NULL, "the mark of another job"},
    {0, "1070", NULL, NULL, "a longer number"},
    {0, "107x", NULL, NULL, "no number"},
    {0, "", NULL, NULL, "empty"},
    {0, "1111111111111111111111111111111111111111", NULL, NULL, "longer than our buffer"},
    {SLURM_EXTERN_CONT, "107", NULL, NULL, "the extern step is left alone"},
    {SLURM_INTERACTIVE_STEP, "107", NULL, NULL, "so is the interactive step"},
};

Test(spank, srun_steps)
{
    write_script(INDEXED);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        reset(); /* argv is srun's command, which is never looked into */
        host.step = steps[i].step;
        if (steps[i].mark)
            host_putenv(MARK, steps[i].mark);
        if (steps[i].index)
            host_putenv(INDEX, steps[i].index);
        cr_expect_eq(user_init(), 0, "%s", steps[i].proves);
        const char *index = host_getenv(INDEX);
        cr_expect_eq(index != NULL, steps[i].result != NULL, "%s", steps[i].proves);
        if (index && steps[i].result)
            cr_expect_str_eq(index, steps[i].result, "%s", steps[i].proves);
        cr_expect_str_eq(host.log, "", "%s", steps[i].proves);
    }
}

Test(spank, other_steps_cost_one_question)
{
    host.step = SLURM_EXTERN_CONT;
    cr_expect_eq(user_init(), 0);
    cr_expect_eq(host.calls, 1);
}

/* Nothing that Slurm fails to tell may end in anything but silence. */
Test(spank, items_that_cannot_be_had)
{
    static const enum spank_item items[] = {S_JOB_STEPID, S_JOB_ID,       S_JOB_UID,
                                            S_JOB_GID,    S_JOB_ARRAY_ID, S_JOB_ARRAY_TASK_ID,
                                            S_JOB_ARGV};
    write_script(INDEXED);
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        reset();
        host.has_missing = true;
        host.missing = items[i];
        cr_expect_eq(user_init(), 0, "item %d", items[i]);
        cr_expect_null(host_getenv(INDEX), "item %d", items[i]);
        cr_expect_str_eq(host.log, "", "item %d", items[i]);
    }
}

Test(spank, no_argv)
{
    host.argv[0] = NULL;
    cr_expect_eq(user_init(), 0);
    cr_expect_eq(host.lines, 0);
}

Test(spank, script_is_missing)
{
    cr_expect_eq(user_init(), 0);
    cr_expect_str_eq(host.log, "skjob: job 107: batch script: No such file or directory\n");
}

Test(spank, script_is_a_symlink)
{
    char real[160];
    snprintf(real, sizeof real, "%s.real", path);
    write_file(real, INDEXED, strlen(INDEXED));
    cr_assert_eq(symlink(real, path), 0);
    cr_expect_eq(user_init(), 0);
    cr_expect_null(host_getenv(INDEX));
    cr_expect_str_eq(host.log, "skjob: job 107: batch script: Too many levels of symbolic links\n");
}

Test(spank, script_is_a_fifo)
{
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_expect_eq(user_init(), 0, "and it does not wait for a writer");
    cr_expect_str_eq(host.log, "skjob: job 107: batch script: not a regular file\n");
}

Test(spank, script_is_a_device)
{
    char zero[] = "/dev/zero";
    host.argv[0] = zero;
    cr_expect_eq(user_init(), 0);
    cr_expect_str_eq(host.log, "skjob: job 107: batch script: not a regular file\n");
}

Test(spank, script_is_a_folder)
{
    host.argv[0] = folder;
    cr_expect_eq(user_init(), 0);
    cr_expect_str_eq(host.log, "skjob: job 107: batch script: not a regular file\n");
}

Test(spank, first_line_of_a_megabyte)
{
    size_t len = 1 << 20;
    char *text = malloc(len);
    memset(text, '/', len);
    memcpy(text, "#!", 2);
    memcpy(text + len - 11, "skjob-pod\n#", 11);
    write_file(path, text, len);
    free(text);
    cr_expect_eq(user_init(), 0);
    cr_expect_null(host_getenv(INDEX));
    cr_expect_eq(host.lines, 0);
}

/* A line that the 4 KiB cut in two is not half believed. */
Test(spank, line_over_the_edge)
{
    static const char line[] = "#SKJOB v1 completionMode=Indexed\n";
    for (size_t inside = 1; inside <= sizeof line; inside++) {
        char text[8192];
        reset();
        memset(text, '#', sizeof text);
        memcpy(text, HEAD, sizeof HEAD - 1);
        size_t at = 4096 - inside;
        text[at - 1] = '\n';
        memcpy(text + at, line, sizeof line - 1);
        write_file(path, text, sizeof text);
        cr_expect_eq(user_init(), 0);
        cr_expect_eq(host_getenv(INDEX) != NULL, inside >= sizeof line - 1, "%zu bytes", inside);
        cr_expect_eq(host.lines, inside >= sizeof line - 1, "%zu bytes: %s", inside, host.log);
    }
}

Test(spank, binary_script)
{
    char text[4096];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 7);
    write_file(path, text, sizeof text);
    cr_expect_eq(user_init(), 0);
    cr_expect_eq(host.lines, 0);
}

Test(spank, descriptors_are_closed)
{
    int before = open("/dev/null", O_RDONLY);
    close(before);
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        write_script(scripts[i].script);
        cr_expect_eq(user_init(), 0);
    }
    int after = open("/dev/null", O_RDONLY);
    close(after);
    cr_expect_eq(before, after);
}

Test(spank, environment_cannot_be_set)
{
    host.setenv_fails = true;
    write_script(INDEXED);
    cr_expect_eq(user_init(), 0);
    cr_expect(strstr(host.log, "skjob: job 107: " INDEX ": refused by the test\n"));
    cr_expect_not(attempt_is_ours(), "skjob-pod closes what it was not told of");
}

static const enum spank_context contexts[] = {S_CTX_ERROR,     S_CTX_LOCAL,  S_CTX_REMOTE,
                                              S_CTX_ALLOCATOR, S_CTX_SLURMD, S_CTX_JOB_SCRIPT};

Test(spank, every_hook_in_every_context)
{
    write_script(INDEXED);
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) {
        reset();
        host.context = contexts[i];
        cr_expect_eq(slurm_spank_init(NULL, 0, NULL), 0, "context %d", contexts[i]);
        cr_expect_eq(user_init(), 0, "context %d", contexts[i]);
        bool set = contexts[i] == S_CTX_REMOTE;
        cr_expect_eq(host_getenv(INDEX) != NULL, set, "context %d", contexts[i]);
        cr_expect_eq(host.lines, set, "context %d: %s", contexts[i], host.log);
    }
}

static const struct {
    const char *args[3];
    const char *log; /* of init in slurmd; NULL = the arguments are good */
    bool index;      /* for the job of uid 1000 */
} arguments[] = {
    {{"minimum_uid=1000"}, NULL, true},
    {{"minimum_uid=1001"}, NULL, false},
    {{"minimum_uid=0"}, NULL, true},
    {{"minimum_uid=4294967295"}, NULL, false},
    {{"minimum_uid=5", "minimum_uid=1000"}, NULL, true},
    {{"minimum_uid=4294967296"}, "\"minimum_uid=4294967296\": not a user id", false},
    {{"minimum_uid=-1"}, "\"minimum_uid=-1\": not a user id", false},
    {{"minimum_uid= 1"}, "\"minimum_uid= 1\": not a user id", false},
    {{"minimum_uid=1k"}, "\"minimum_uid=1k\": not a user id", false},
    {{"minimum_uid="}, "\"minimum_uid=\": not a user id", false},
    {{"minimum_uid"}, "\"minimum_uid\": not a user id", false},
    {{"minimum_uid=5", "color=red"}, "\"color=red\": unknown", false},
    {{"partitions=debug"}, NULL, true},
    {{"partitions=a,debug,b"}, NULL, true},
    {{"partitions=a,debugger,debu"}, NULL, false},
    {{"partitions="}, "\"partitions=\": not a list of partitions", false},
    {{"partitions=a,,b"}, "\"partitions=a,,b\": not a list of partitions", false},
    {{"partitions=a,"}, "\"partitions=a,\": not a list of partitions", false},
    {{"partitions=,a"}, "\"partitions=,a\": not a list of partitions", false},
    {{"state=/scratch/%u/%U/100%%"}, NULL, true},
    {{"state=scratch"}, "\"state=scratch\": not an absolute path, with %u, %U and %% alone", false},
    {{"state=/%j"}, "\"state=/%j\": not an absolute path, with %u, %U and %% alone", false},
    {{"state=/%"}, "\"state=/%\": not an absolute path, with %u, %U and %% alone", false},
    {{"state=/a\nb"}, "\"state=/a\nb\": not an absolute path, with %u, %U and %% alone", false},
    {{"libexec=bin"}, "\"libexec=bin\": not an absolute path", false},
    {{"libexec="}, "\"libexec=\": not an absolute path", false},
    {{"backoff_base=1", "backoff_max=1"}, NULL, true},
    {{"backoff_max=0"}, NULL, true},
    {{"backoff_base=2", "backoff_max=1"}, "\"backoff_base=2\": more than backoff_max=1", false},
    {{"backoff_base=-1"}, "\"backoff_base=-1\": not a number of seconds", false},
    {{"backoff_base=1.5"}, "\"backoff_base=1.5\": not a number of seconds", false},
    {{"backoff_max=1000000"}, "\"backoff_max=1000000\": not a number of seconds", false},
    {{"retry_min=0"}, NULL, true},
    {{"retry_min=600"}, NULL, true},
    {{"retry_min=2s"}, "\"retry_min=2s\": not a number of seconds", false},
    {{"log=info"}, NULL, true},
    {{"log=debug"}, NULL, true},
    {{"log=loud"}, "\"log=loud\": not quiet, info or debug", false},
    {{"minimum=5"}, "\"minimum=5\": unknown", false},
    {{"MINIMUM_UID=5"}, "\"MINIMUM_UID=5\": unknown", false},
    {{""}, "\"\": unknown", false},
    {{"%n%s"}, "\"%n%s\": unknown", false},
};

static int count(const char *const args[3])
{
    int n = 0;
    while (n < 3 && args[n])
        n++;
    return n;
}

Test(spank, plugstack_arguments)
{
    write_script(INDEXED);
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
        char *av[4] = {libexec};
        int ac = 1 + count(arguments[i].args);
        memcpy(av + 1, arguments[i].args, sizeof arguments[i].args);
        char want[256] = "";
        if (arguments[i].log)
            snprintf(want, sizeof want, "skjob: plugstack argument %s: the plugin does nothing\n",
                     arguments[i].log);
        reset();
        cr_expect_eq(slurm_spank_init(NULL, ac, av), 0, "row %zu", i);
        cr_expect_str_eq(host.log, want, "row %zu, slurmstepd", i);
        host.log[0] = '\0';
        host_putenv("SLURM_JOB_PARTITION", "debug");
        cr_expect_eq(slurm_spank_user_init(NULL, ac, av), 0, "row %zu", i);
        cr_expect_eq(host_getenv(INDEX) != NULL, arguments[i].index, "row %zu", i);
        cr_expect_eq(host.log[0] != '\0', arguments[i].index, "row %zu: not in the job's output",
                     i);

        host_reset();
        host.context = S_CTX_SLURMD;
        cr_expect_eq(slurm_spank_init(NULL, ac, av), 0, "row %zu", i);
        cr_expect_str_eq(host.log, want, "row %zu, slurmd", i);

        host_reset();
        host.context = S_CTX_ALLOCATOR;
        cr_expect_eq(slurm_spank_init(NULL, ac, av), 0, "row %zu", i);
        cr_expect_str_eq(host.log, "", "row %zu: users of sbatch are not bothered", i);
    }
}

/* Who has asked for retries hears that there are none; nobody else is bothered. */
Test(spank, options_of_a_job_that_is_left_alone)
{
    static const char *const why[] = {"minimum_uid=1001", "partitions=a,b", "color=red"};
    static const char LEAKED[] = "SLURM_SPANK__SLURM_SPANK_OPTION_skjob_backoff_limit";
    write_script("#!/bin/sh\n");
    for (size_t i = 0; i < sizeof why / sizeof *why; i++) {
        for (int batch = 0; batch < 2; batch++) {
            char *av[] = {libexec, (char *)(uintptr_t)why[i]};
            reset();
            job_options_forget();
            host.step = batch ? SLURM_BATCH_SCRIPT : 0;
            host_putenv("SLURM_JOB_PARTITION", "debug");
            host_putenv(LEAKED, "3");
            cr_expect_eq(slurm_spank_user_init(NULL, 2, av), 0, "%s", why[i]);
            cr_expect_str_eq(host.log,
                             batch ? "skjob: job 107: --backoff-limit=3 is ignored: the site has "
                                     "skjob switched off for this job\n"
                                   : "",
                             "%s: %s", why[i], host.log);
            cr_expect_not(attempt_is_ours(), "%s", why[i]);
        }
    }
    job_options_forget();
}
