/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob-pod: the interpreter of a batch script that is a Job manifest. Runs the pod's container in
 * this task and ends with its exit code; 128 when it could not be started; 0 when the Job has ended
 * and nothing is to be run.
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"
#include "load.h"
#include "plan.h"
#include "pump.h"
#include "slurm_env.h"
#include "spawn.h"
#include "supervise.h"

#define EXIT_START 128 /* what Kubernetes shows for a container that could not be started */

extern char **environ;

/* A closed standard descriptor must not become the log, or a pipe of ours. */
static int open_std(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= 2);
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

static int complain(const char *text)
{
    fprintf(stderr, "skjob-pod: %s\n", text);
    return EXIT_START;
}

static int exit_code_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Starts the container; its output is to be read from *out. */
static pid_t start(const struct plan *plan, const struct supervisor *s, int *out, struct error *err)
{
    int ends[2];
    *out = -1;
    if (pipe2(ends, O_CLOEXEC))
        return error_set(err, "cannot make a pipe");
    pid_t pid = spawn_container(&(struct spawn){.argv = plan->argv,
                                                .envp = plan->envp,
                                                .cwd = plan->cwd,
                                                .with_stdin = plan->with_stdin,
                                                .output = ends[1],
                                                .mask = s->old_mask},
                                err);
    close(ends[1]);
    if (pid < 0)
        close(ends[0]);
    else
        *out = ends[0];
    return pid;
}

static int run(struct plan *plan, struct supervisor *s, struct attempt *a)
{
    static struct pump pump;
    struct error err;
    int output = -1;
    int64_t grace = plan->grace;
    pid_t pid = start(plan, s, &output, &err);
    plan_free(plan);
    if (pid < 0) {
        attempt_say(a, err.text);
        attempt_close(a, EXIT_START, "StartError", s->signalled);
        return EXIT_START;
    }
    malloc_trim(0); /* from here on we only wait: give the manifest's memory back */
    pump_init(&pump, output);
    if (a->log >= 0)
        pump_add(&pump, "the pod's log", a->log);
    pump_add(&pump, "standard output", STDOUT_FILENO);
    struct supervise_alarm alarm = attempt_alarm(a);
    s->stop_max_s = attempt_stop_max_s(a);
    int code = exit_code_of(supervise(s, pid, grace, &pump, &alarm));
    attempt_close(a, code, NULL, s->signalled);
    return code;
}

/* Returns whether there is something to run; else *code is what the task ends with. */
static bool prepare(const struct pod_script *script, const struct slurm_env *slurm,
                    struct attempt *attempt, struct plan *plan, int *code)
{
    struct error err;
    int rc = attempt_open(attempt, script, slurm, &err);
    *code = rc > 0 ? 0 : EXIT_START;
    if (rc < 0)
        complain(err.text);
    if (rc)
        return false;
    if (plan_make(plan, script->job, slurm->index, environ, &err) == 0)
        return true;
    attempt_say(attempt, err.text);
    attempt_close(attempt, EXIT_START, "StartError", false);
    return false;
}

static int run_script(const char *path, struct supervisor *s)
{
    struct error err;
    struct pod_script script;
    struct slurm_env slurm;
    struct attempt attempt;
    struct plan plan;
    int code;
    if (slurm_env_read(&slurm, &err) || pod_load(path, &script, &err))
        return complain(err.text);
    bool is_ready = prepare(&script, &slurm, &attempt, &plan, &code);
    pod_script_free(&script);
    return is_ready ? run(&plan, s, &attempt) : code;
}

int main(int argc, char **argv)
{
    struct supervisor s;
    if (open_std())
        return EXIT_START;
    if (argc < 2 || argv[1][0] == '-')
        return complain("usage: skjob-pod SCRIPT, as the interpreter of a batch script that "
                        "skjob has translated from a Job manifest");
    if (supervise_init(&s))
        return complain("cannot set up signals");
    int code = run_script(argv[1], &s);
    supervise_abandon(&s);
    return code;
}
