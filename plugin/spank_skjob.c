/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The SPANK plugin. In sbatch, it hands the manifest of a Job over to skjob: see takeover.h. On the
 * nodes, in the batch step of a script that is ours, it has skjob-attempt close the attempt when
 * all its processes are gone, and guard its deadline (see attempt.h), and gives the processes of an
 * Indexed Job their JOB_COMPLETION_INDEX:
 *
 * The variable is set to the array task id. It replaces what was there: a value that came along
 * from a login shell, or from a pod that submitted this Job, is not this pod's index. A value in
 * the manifest still wins, since the runner sets the manifest's variables after us.
 *
 * srun steps inherit the variable from the script. With srun --export=NONE they inherit only
 * SLURM* variables, so a mark among these (PRAGMA_STEP_MARK, with the job's id) makes us set it
 * there, unless the step has one already.
 *
 * Everything else is left alone, and every hook returns 0: a failing hook can drain a node.
 */
#include <inttypes.h>
#include <slurm/slurm.h>
#include <slurm/spank.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"
#include "job.h"
#include "job_options.h"
#include "log.h"
#include "options.h"
#include "pragma.h"
#include "script.h"
#include "takeover.h"

SPANK_PLUGIN(skjob, 1);

#define INDEX_VARIABLE "JOB_COMPLETION_INDEX"

#define PARTITION_MAX 1024

static void set_variable(spank_t sp, const struct job *job, const char *name, uint32_t value,
                         int overwrite)
{
    char text[16];
    snprintf(text, sizeof text, "%" PRIu32, value);
    spank_err_t rc = spank_setenv(sp, name, text, overwrite);
    if (rc != ESPANK_SUCCESS && rc != ESPANK_ENV_EXISTS)
        log_error(job->id, "%s: %s", name, spank_strerror(rc));
}

static void set_index(spank_t sp, const struct job *job)
{
    set_variable(sp, job, INDEX_VARIABLE, job->index, 1);
    set_variable(sp, job, PRAGMA_STEP_MARK, job->id, 1);
    log_info(job->id, INDEX_VARIABLE "=%" PRIu32, job->index);
}

/* An ordinary script that was submitted with options of ours. */
static void plain_array(spank_t sp, const struct job *job, const struct options *options,
                        const char *script)
{
    if (job_options_has(PLAIN_COMPLETION_INDEX))
        set_index(sp, job);
    if (job_options_retry())
        attempt_begin(sp, job, options, script, job_options_argv(),
                      job_options_has(PLAIN_ACTIVE_DEADLINE));
}

static void manifest(spank_t sp, const struct job *job, const struct options *options,
                     const char *script, const struct pragma *pragma)
{
    if (job_options_given())
        log_error(job->id, "%s is ignored: the manifest says it", *job_options_argv());
    if (pragma->indexed)
        set_index(sp, job);
    attempt_begin(sp, job, options, script, NULL, pragma->deadline);
}

static void batch_step(spank_t sp, const struct job *job, const struct options *options)
{
    struct pragma pragma;
    struct error err;
    const char *path = job_script(sp);
    job_options_collect(sp);
    if (!path)
        return;
    switch (script_read(path, &pragma, &err)) {
    case SCRIPT_BAD:
        log_error(job->id, "%s", err.text);
        return;
    case SCRIPT_OURS:
        manifest(sp, job, options, path, &pragma);
        return;
    case SCRIPT_OTHER:
        break;
    }
    if (job_options_given())
        plain_array(sp, job, options, path);
    else
        log_debug(job->id, "not ours");
}

/* The mark of another job (of the pod that submitted this one) is none. */
static bool has_mark(spank_t sp, const struct job *job)
{
    char mark[16];
    char want[16];
    snprintf(want, sizeof want, "%" PRIu32, job->id);
    return spank_getenv(sp, PRAGMA_STEP_MARK, mark, sizeof mark) == ESPANK_SUCCESS &&
           strcmp(mark, want) == 0;
}

static void srun_step(spank_t sp, const struct job *job)
{
    if (has_mark(sp, job))
        set_variable(sp, job, INDEX_VARIABLE, job->index, 0);
}

static void in_allocator(int ac, char **av)
{
    struct options options;
    if (!takeover_was_done() && options_parse(&options, ac, av, NULL) == 0 && options.sbatch &&
        getuid() >= options.minimum_uid)
        takeover_try(options.skjob);
}

/* A bad plugstack line is told to slurmd.log, not to the jobs and their users: by slurmd when it
 * starts, and once per batch job, since slurmstepd reads the line anew each time. */
int slurm_spank_init(spank_t sp, int ac, char **av)
{
    struct job job;
    struct options options;
    struct error err;
    spank_context_t context = spank_context();
    if (context == S_CTX_ALLOCATOR)
        in_allocator(ac, av);
    if (context == S_CTX_ALLOCATOR || context == S_CTX_LOCAL || context == S_CTX_REMOTE)
        job_options_register(sp);
    bool tell = context == S_CTX_SLURMD || (context == S_CTX_REMOTE && job_get_step(sp, &job) &&
                                            job.step == SLURM_BATCH_SCRIPT);
    if (tell && options_parse(&options, ac, av, &err))
        slurm_error("skjob: %s: the plugin does nothing", err.text);
    return ESPANK_SUCCESS;
}

/* In sbatch, salloc and srun: the options have been read. */
int slurm_spank_init_post_opt(spank_t sp, int ac, char **av)
{
    (void)sp, (void)ac, (void)av;
    if (spank_context() != S_CTX_REMOTE)
        job_options_finish();
    return ESPANK_SUCCESS;
}

/* The partition is slurmctld's word: it stands in the job's environment, and slurmstepd is given
 * that after the user's variables. */
static bool is_in_partition(spank_t sp, const struct options *options)
{
    char partition[PARTITION_MAX];
    return !options->partitions || (spank_getenv(sp, "SLURM_JOB_PARTITION", partition,
                                                 sizeof partition) == ESPANK_SUCCESS &&
                                    options_has_partition(options, partition));
}

/* A job that is left alone although its user has asked for us: not in silence. */
static void left_alone(spank_t sp, const struct job *job)
{
    job_options_collect(sp);
    if (job_options_given())
        log_error(job->id, "%s is ignored: the site has skjob switched off for this job",
                  *job_options_argv());
}

/* In slurmstepd, with the user's effective rights. */
int slurm_spank_user_init(spank_t sp, int ac, char **av)
{
    struct job job = {0};
    struct options options;
    if (!job_get_step(sp, &job))
        return ESPANK_SUCCESS;
    bool batch = job.step == SLURM_BATCH_SCRIPT;
    if (!batch && job.step > SLURM_MAX_NORMAL_STEP_ID)
        return ESPANK_SUCCESS;
    if (!job_get(sp, &job))
        return ESPANK_SUCCESS;
    if (options_parse(&options, ac, av, NULL) || job.uid < options.minimum_uid ||
        !is_in_partition(sp, &options)) {
        if (batch)
            left_alone(sp, &job);
        return ESPANK_SUCCESS;
    }
    log_set(options.log);
    if (batch)
        batch_step(sp, &job, &options);
    else
        srun_step(sp, &job);
    return ESPANK_SUCCESS;
}

/* In the process that becomes the batch script, as the user. Status 0: the task has done what was
 * wanted of it. */
int slurm_spank_task_init(spank_t sp, int ac, char **av)
{
    (void)ac, (void)av;
    if (!attempt_start(sp))
        _exit(EXIT_SUCCESS);
    return ESPANK_SUCCESS;
}

/* In slurmstepd, as root: the only hook that can know the status. The job's other processes may
 * live on for now. */
int slurm_spank_task_exit(spank_t sp, int ac, char **av)
{
    int status;
    (void)ac, (void)av;
    if (attempt_is_ours() && spank_get_item(sp, S_TASK_EXIT_STATUS, &status) == ESPANK_SUCCESS)
        attempt_ended(status);
    return ESPANK_SUCCESS;
}

/* In slurmstepd, as root, when all processes of the job are gone, and before Slurm hears of it:
 * what becomes of the job can still be said. Elsewhere nothing was begun. */
int slurm_spank_exit(spank_t sp, int ac, char **av)
{
    (void)ac, (void)av;
    attempt_finish(sp);
    return ESPANK_SUCCESS;
}
