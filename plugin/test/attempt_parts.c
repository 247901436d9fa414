/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attempt_parts.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"
#include "faults.h"
#include "host.h"
#include "leftovers.h"

#define MANIFEST "#!/usr/libexec/skjob/skjob-pod\n#SKJOB v1 completionMode=Indexed%s\nkind: Job\n"

static char folder[] = "/tmp/skjob-attempt-XXXXXX";
char script[128], program[128], calls[128], environment[128], libexec[128];

void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

void reset(void)
{
    host_reset();
    attempt_forget();
    memset(&faults, 0, sizeof faults);
    if (getuid() == 0)
        host.uid = host.gid = 1;
    else
        host.uid = getuid(), host.gid = getgid();
    host.argv[0] = script;
    host_putenv("HOME", "/home/alice");
    host_putenv("SLURM_JOB_USER", "alice");
    host_putenv("SLURM_JOB_PARTITION", "debug");
    unlink(calls);
    unlink(environment);
}

/* skjob-attempt keeps what it was called with, and does this. */
void write_program(const char *body)
{
    char text[2048];
    unlink(program);
    snprintf(text, sizeof text,
             "#!/bin/sh\ncat /proc/$$/environ >%s\necho \"$*\" >>%s.new\nmv %s.new %s\n%s\n",
             environment, calls, calls, calls, body);
    write_file(program, text);
    cr_assert_eq(chmod(program, 0755), 0);
}

void write_script(const char *keys)
{
    char text[512];
    snprintf(text, sizeof text, MANIFEST, keys);
    write_file(script, text);
}

void setup(void)
{
    cr_assert(mkdtemp(folder) && chmod(folder, 0777) == 0);
    snprintf(script, sizeof script, "%s/slurm_script", folder);
    snprintf(program, sizeof program, "%s/skjob-attempt", folder);
    snprintf(calls, sizeof calls, "%s/calls", folder);
    snprintf(environment, sizeof environment, "%s/environment", folder);
    snprintf(libexec, sizeof libexec, "libexec=%s", folder);
    write_program("");
    write_script("");
    reset();
    leftovers_begin();
}

void teardown(void)
{
    unlink(script);
    unlink(program);
    unlink(calls);
    unlink(environment);
    rmdir(folder);
}

size_t read_file(const char *name, char *out, size_t size)
{
    FILE *f = fopen(name, "r");
    size_t n = f ? fread(out, 1, size - 1, f) : 0;
    if (f)
        fclose(f);
    out[n] = '\0';
    return n;
}

void read_environment(char *out, size_t size)
{
    size_t n = read_file(environment, out, size);
    for (size_t i = 0; i < n; i++)
        out[i] = out[i] ? out[i] : '\n';
}

void expect_calls(const char *want, const char *proves)
{
    char text[4096];
    read_file(calls, text, sizeof text);
    cr_expect_str_eq(text, want, "%s: %s", proves, text);
}

/* ---- the hooks ---- */

char *av[4] = {libexec};
int ac = 1;

const char *restarts;

static void set_restarts(void)
{
    if (restarts)
        host_putenv("SLURM_RESTART_COUNT", restarts);
}

/* task_init in a child, as in slurmstepd. Returns its exit status: RUNS, when the script would run.
 */
int task_init(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        set_restarts();
        slurm_spank_task_init(NULL, ac, av);
        _exit(RUNS);
    }
    cr_assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

void begin(void)
{
    cr_expect_eq(slurm_spank_user_init(NULL, ac, av), 0);
    cr_expect_eq(task_init(), RUNS);
}

void end(int status)
{
    host.task_status = status;
    set_restarts(); /* as slurmstepd does, for the epilog of the task */
    cr_expect_eq(slurm_spank_task_exit(NULL, ac, av), 0);
    cr_expect_eq(slurm_spank_exit(NULL, ac, av), 0);
}
