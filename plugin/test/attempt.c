/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The hooks of the job of a manifest, from user_init to exit.
 */
#include "attempt.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt_env.h"
#include "attempt_parts.h"
#include "faults.h"
#include "host.h"
#include "leftovers.h"

TestSuite(attempt, .init = setup, .fini = teardown, .timeout = 300);

static const struct {
    int status;
    const char *call; /* NULL: none */
    const char *proves;
} statuses[] = {
    {0, NULL, "a success is skjob-pod's"},
    {FAILED, "close --status=256 --script=", "an exit status"},
    {255 << 8, "close --status=65280 --script=", "the largest one"},
    {SIGKILL, "close --status=9 --script=", "a signal"},
    {SIGSEGV | 0x80, "close --status=139 --script=", "a signal with a core file"},
};

Test(attempt, manifest)
{
    for (size_t i = 0; i < LEN(statuses); i++) {
        char want[256] = "";
        reset();
        if (statuses[i].call)
            snprintf(want, sizeof want, "%s%s\n", statuses[i].call, script);
        begin();
        cr_expect_str_eq(host_getenv(MARK), "107", "%s: the runner knows", statuses[i].proves);
        expect_calls("", "nothing is run at the start");
        end(statuses[i].status);
        expect_calls(want, statuses[i].proves);
        expect_nothing_left(statuses[i].proves);
    }
}

Test(attempt, hooks_come_again)
{
    begin();
    end(FAILED);
    end(FAILED);
    unlink(calls);
    cr_expect_eq(slurm_spank_exit(NULL, ac, av), 0);
    expect_calls("", "closed once");
}

Test(attempt, no_status)
{
    begin();
    cr_expect_eq(slurm_spank_exit(NULL, ac, av), 0);
    expect_calls("", "a launch that failed: the next attempt closes it");
}

Test(attempt, mark_of_another_job_is_replaced)
{
    host_putenv(MARK, "55");
    begin();
    cr_expect_str_eq(host_getenv(MARK), "107");
}

Test(attempt, environment)
{
    static const char want[] =
        "PATH=/usr/local/bin:/usr/bin:/bin\nHOME=/home/alice\nUSER=alice\nLOGNAME=alice\n"
        "SLURM_CONF=/etc/other/slurm.conf\nSLURM_JOB_ID=107\nSLURM_ARRAY_JOB_ID=100\n"
        "SLURM_ARRAY_TASK_ID=7\nSLURM_RESTART_COUNT=2\nSLURM_ARRAY_TASK_MIN=1\n"
        "SLURM_CLUSTER_NAME=c\nSLURM_JOB_NAME=a b\nSKJOB_STATE=/s\nSKJOB_BACKOFF_BASE=1\n"
        "SKJOB_CONF=/home/alice/skjob.conf\n";
    char text[8192];
    setenv("SLURM_CONF", "/etc/other/slurm.conf", 1);
    restarts = "2";
    host_putenv("SLURM_ARRAY_TASK_MIN", "1");
    host_putenv("SLURM_CLUSTER_NAME", "c");
    host_putenv("SLURM_JOB_NAME", "a b");
    host_putenv("SLURM_JOB_ID", "1");         /* forged */
    host_putenv("SLURM_ARRAY_JOB_ID", "1");   /* forged */
    host_putenv("SLURM_RESTART_COUNT", "99"); /* inherited */
    host_putenv("SLURM_CONF", "/home/alice/slurm.conf");
    host_putenv("LD_PRELOAD", "/home/alice/x.so");
    host_putenv("SKJOB_CONF", "/home/alice/skjob.conf");
    host_putenv("SKJOB_STATE", "/s");
    host_putenv("SKJOB_BACKOFF_BASE", "1");
    host_putenv("SKJOB_BACKOFF_MAX", "");
    begin();
    end(FAILED);
    read_environment(text, sizeof text);
    cr_expect_str_eq(text, want, "%s", text);
}

/* Without an array, and when the job knows its user not: the user data base does. */
Test(attempt, environment_of_a_lone_job)
{
    char text[8192];
    host.array = 0;
    host.task = NO_VAL;
    host_putenv("SLURM_RESTART_COUNT", "99"); /* inherited */
    host_putenv("SLURM_JOB_USER", "");
    host_putenv("HOME", "");
    begin();
    end(FAILED);
    read_environment(text, sizeof text);
    cr_expect_not(strstr(text, "SLURM_ARRAY"), "%s", text);
    cr_expect_not(strstr(text, "SLURM_RESTART_COUNT"), "%s", text);
    cr_expect(strstr(text, "\nHOME=/") && strstr(text, "\nUSER=") && strstr(text, "\nLOGNAME="),
              "%s", text);
}

Test(attempt, hostile_environment)
{
    static char mega[1 << 20];
    char text[16384];
    host_fill(100000);
    memset(mega, 'x', sizeof mega - 1);
    host_putenv("SKJOB_STATE", mega);
    host_putenv("HOME", mega);
    host_putenv("SLURM_JOB_NAME", "a\nLD_PRELOAD=x");
    host_putenv("SLURM_CLUSTER_NAME", "\033[2J");
    mega[ATTEMPT_ENV_VALUE - 1] = '\0';
    host_putenv("XDG_STATE_HOME", mega);
    begin();
    end(FAILED);
    read_environment(text, sizeof text);
    cr_expect(strstr(text, "SLURM_JOB_ID=107\n"));
    cr_expect_not(strstr(text, "SKJOB_STATE"), "too long");
    cr_expect_not(strstr(text, "SLURM_JOB_NAME"), "a line end");
    cr_expect_not(strstr(text, "SLURM_CLUSTER_NAME"), "an escape");
    cr_expect_not(strstr(text, "LD_PRELOAD"));
    cr_expect(strstr(text, "XDG_STATE_HOME=xxx"), "just short enough");
    expect_nothing_left("hostile environment");
}

/* ---- the site's word ---- */

Test(attempt, arguments_become_variables)
{
    char *args[] = {libexec, (char[]){"state=/scratch/%u/%U/%%x"}, (char[]){"backoff_base=3"},
                    (char[]){"backoff_max=30"}, (char[]){"retry_min=7"}};
    char want[64];
    host_putenv("SKJOB_STATE", "/home/alice/state");
    host_putenv("SKJOB_BACKOFF_MAX", "1");
    cr_expect_eq(slurm_spank_user_init(NULL, 5, args), 0);
    snprintf(want, sizeof want, "/scratch/alice/%u/%%x", (unsigned)host.uid);
    cr_expect_str_eq(host_getenv("SKJOB_STATE"), want);
    cr_expect_str_eq(host_getenv("SKJOB_BACKOFF_BASE"), "3");
    cr_expect_str_eq(host_getenv("SKJOB_BACKOFF_MAX"), "30");
    end(FAILED);
    char text[8192];
    read_environment(text, sizeof text);
    cr_expect(strstr(text, "SKJOB_BACKOFF_MAX=30\n") && strstr(text, want), "%s", text);
    cr_expect(strstr(text, "SKJOB_RETRY_MIN=7\n"), "skjob-attempt has it, too: %s", text);
}

Test(attempt, user_name_that_is_no_folder)
{
    static const char *const names[] = {"..", ".", "a/b", "", "a b", "a\nb"};
    char *args[] = {libexec, (char[]){"state=/scratch/%u"}};
    for (size_t i = 0; i < LEN(names); i++) {
        reset();
        host_putenv("SLURM_JOB_USER", names[i]);
        cr_expect_eq(slurm_spank_user_init(NULL, 2, args), 0);
        cr_expect_null(host_getenv("SKJOB_STATE"), "%s", names[i]);
        cr_expect(strstr(host.log, "skjob: job 107: state=/scratch/%u: the user's name is no name "
                                   "of a folder\n"),
                  "%s", host.log);
    }
}

Test(attempt, path_that_is_too_long)
{
    static char state[1100] = "state=/";
    char *args[] = {libexec, state};
    while (strlen(state) < 1022)
        strcat(state, "/%u%u");
    cr_expect_eq(slurm_spank_user_init(NULL, 2, args), 0);
    cr_expect_null(host_getenv("SKJOB_STATE"));
    cr_expect(strstr(host.log, ": the path is too long\n"), "%s", host.log);
}

/* ---- what is left alone ---- */

Test(attempt, jobs_that_are_not_ours)
{
    static const struct {
        const char *script, *argument, *proves;
        uint32_t step;
    } rows[] = {
        {"#!/bin/sh\n", NULL, "another script", SLURM_BATCH_SCRIPT},
        {NULL, "minimum_uid=4294967295", "another user", SLURM_BATCH_SCRIPT},
        {NULL, "partitions=a,b", "another partition", SLURM_BATCH_SCRIPT},
        {NULL, "color=red", "a bad line", SLURM_BATCH_SCRIPT},
        {NULL, NULL, "an srun step", 0},
        {NULL, NULL, "the extern step", SLURM_EXTERN_CONT},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        reset();
        host.step = rows[i].step;
        write_script("");
        if (rows[i].script)
            write_file(script, rows[i].script);
        av[1] = (char *)(uintptr_t)rows[i].argument;
        ac = rows[i].argument ? 2 : 1;
        begin();
        int asked = host.calls;
        end(FAILED);
        cr_expect_null(host_getenv(MARK), "%s", rows[i].proves);
        cr_expect_eq(host.calls, asked, "%s: the last hooks cost nothing", rows[i].proves);
        expect_calls("", rows[i].proves);
    }
}

Test(attempt, every_hook_in_every_context)
{
    static const enum spank_context contexts[] = {S_CTX_ERROR,     S_CTX_LOCAL,  S_CTX_REMOTE,
                                                  S_CTX_ALLOCATOR, S_CTX_SLURMD, S_CTX_JOB_SCRIPT};
    for (size_t i = 0; i < LEN(contexts); i++) {
        reset();
        host.context = contexts[i];
        cr_expect_eq(slurm_spank_init(NULL, ac, av), 0);
        begin();
        end(FAILED);
        cr_expect_eq(access(calls, F_OK) == 0, contexts[i] == S_CTX_REMOTE, "context %d",
                     contexts[i]);
        cr_expect_eq(slurm_spank_exit(NULL, 0, NULL), 0, "without arguments, out of turn");
        expect_nothing_left("contexts");
    }
}

/* ---- what goes wrong ---- */

Test(attempt, no_program)
{
    static const struct {
        const char *what;
        mode_t mode;
    } rows[] = {{"No such file or directory", 0}, {"Permission denied", 0644}};
    for (size_t i = 0; i < LEN(rows); i++) {
        char want[256];
        reset();
        unlink(program);
        if (rows[i].mode)
            write_file(program, "");
        begin();
        snprintf(want, sizeof want,
                 "skjob: job 107: JOB_COMPLETION_INDEX=7\n"
                 "skjob: job 107: %s: %s: attempts are closed by skjob-pod\n",
                 program, rows[i].what);
        cr_expect_str_eq(host.log, want, "%s", host.log);
        cr_expect_null(host_getenv(MARK), "so skjob-pod must not count on us");
        end(FAILED);
        cr_expect_eq(host.lines, 2);
    }
}

Test(attempt, a_folder_for_a_program)
{
    unlink(program);
    cr_assert_eq(mkdir(program, 0755), 0);
    begin();
    cr_expect_null(host_getenv(MARK));
    rmdir(program);
}

static const struct {
    const char *body, *log, *proves;
} closings[] = {
    {"", "", "silence"},
    {"echo retry in 10 s >&2", "skjob: job 107: close: retry in 10 s\n", "a line"},
    {"echo 'state: Input/output error' >&2; exit 1",
     "skjob: job 107: skjob-attempt close: exit status 1: state: Input/output error\n", "an error"},
    {"kill -11 $$", "skjob: job 107: skjob-attempt close: signal 11\n", "a crash"},
    {"echo waiting >&2; sleep 1000",
     "skjob: job 107: skjob-attempt close took too long and was killed: waiting\n", "it hangs"},
    {"echo '%s%n%s%n' >&2", "skjob: job 107: close: %s%n%s%n\n", "formats are text"},
};

Test(attempt, closing_goes_wrong)
{
    for (size_t i = 0; i < LEN(closings); i++) {
        reset();
        write_program(closings[i].body);
        attempt_hurry(i == 4 ? 700 : 20000);
        begin();
        host.log[0] = '\0';
        end(FAILED);
        cr_expect_str_eq(host.log, closings[i].log, "%s: %s", closings[i].proves, host.log);
        expect_nothing_left(closings[i].proves);
    }
}

Test(attempt, closing_cannot_be_started)
{
    static const struct {
        struct faults faults;
        const char *log;
    } rows[] = {
        {{.fork = 1},
         "skjob: job 107: skjob-attempt close: fork: Resource temporarily "
         "unavailable\n"},
        {{.pipe = 1}, "skjob: job 107: skjob-attempt close: pipe: Too many open files\n"},
        {{.chdir = true}, "skjob: job 107: skjob-attempt close: chdir to /: Permission denied\n"},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        reset();
        begin();
        host.log[0] = '\0';
        faults = rows[i].faults;
        end(FAILED);
        cr_expect_str_eq(host.log, rows[i].log, "%s", host.log);
        expect_calls("", "it has not run");
        expect_nothing_left("start");
    }
}

Test(attempt, log_levels)
{
    static const struct {
        const char *argument;
        int lines; /* of an attempt that fails and is closed with a word */
    } rows[] = {{"log=quiet", 0}, {"log=info", 2}, {"log=debug", 4}};
    write_program("echo retry >&2");
    for (size_t i = 0; i < LEN(rows); i++) {
        reset();
        av[1] = (char *)(uintptr_t)rows[i].argument;
        ac = 2;
        begin();
        end(FAILED);
        cr_expect_eq(host.lines, rows[i].lines, "%s: %s", rows[i].argument, host.log);
    }
}
