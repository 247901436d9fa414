/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob-pod: the interpreter of a batch script that is a Job manifest. Runs the pod in this task
 * and ends with 0 when it has succeeded, else with the exit code of its first failed container;
 * 128 when it could not be started; 0 when the Job has ended and nothing is to be run.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "attempt.h"
#include "load.h"
#include "plan.h"
#include "pod_end.h"
#include "pod_run.h"
#include "reap.h"
#include "slurm_env.h"
#include "supervise.h"
#include "tree.h"
#include "values.h"

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
    return POD_END_START;
}

static int run(struct pod_script *script, const struct slurm_env *slurm, struct supervisor *s,
               struct attempt *attempt)
{
    struct error err;
    struct plan plan;
    struct values_source src = {.index = slurm->index, .environ_ = environ};
    int rc = plan_make(&plan, script->job, &err);
    const json_t *first = plan_container(script->job);
    if (rc)
        return pod_end_refuse(attempt, tree_str(first, "name"), err.text);
    pod_script_free(script); /* the plan has what it needs, and lets go of it */
    int code = pod_run(&plan, attempt, s, &src);
    plan_free(&plan);
    return code;
}

static int run_script(const char *path, struct supervisor *s)
{
    struct error err;
    struct pod_script script;
    struct slurm_env slurm;
    struct attempt attempt;
    if (slurm_env_read(&slurm, &err) || pod_load(path, &script, &err))
        return complain(err.text);
    int rc = attempt_open(&attempt, &script, &slurm, &err);
    int code = rc < 0 ? complain(err.text) : rc > 0 ? 0 : run(&script, &slurm, s, &attempt);
    pod_script_free(&script);
    return code;
}

int main(int argc, char **argv)
{
    struct supervisor s;
    if (open_std())
        return POD_END_START;
    if (argc < 2 || argv[1][0] == '-')
        return complain("usage: skjob-pod SCRIPT, as the interpreter of a batch script that "
                        "skjob has translated from a Job manifest");
    if (supervise_init(&s))
        return complain("cannot set up signals");
    int code = run_script(argv[1], &s);
    reap_everything();
    return code;
}
