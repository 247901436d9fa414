/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The SPANK plugin. In sbatch, it hands the manifest of a Job over to skjob: see takeover.h. On the
 * nodes, it gives the processes of an Indexed Job their JOB_COMPLETION_INDEX:
 *
 * In the batch step of a script that is ours the variable is set to the array task id. It replaces
 * what was there: a value that came along from a login shell, or from a pod that submitted this
 * Job, is not this pod's index. A value in the manifest still wins, since the runner sets the
 * manifest's variables after us.
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

#include "options.h"
#include "pragma.h"
#include "script.h"
#include "takeover.h"

SPANK_PLUGIN(skjob, 1);

#define INDEX_VARIABLE "JOB_COMPLETION_INDEX"

struct job {
    uint32_t id;
    uint32_t step;
    uint32_t index; /* array task id; 0 if there is no array */
    uid_t uid;
};

static bool get_step(spank_t sp, struct job *job)
{
    return spank_get_item(sp, S_JOB_STEPID, &job->step) == ESPANK_SUCCESS;
}

/* Who the job is, from Slurm alone: nothing of this can be set by the user. */
static bool get_job(spank_t sp, struct job *job)
{
    uint32_t array;
    if (spank_get_item(sp, S_JOB_ID, &job->id) != ESPANK_SUCCESS ||
        spank_get_item(sp, S_JOB_UID, &job->uid) != ESPANK_SUCCESS ||
        spank_get_item(sp, S_JOB_ARRAY_ID, &array) != ESPANK_SUCCESS ||
        spank_get_item(sp, S_JOB_ARRAY_TASK_ID, &job->index) != ESPANK_SUCCESS)
        return false;
    if (array == 0)
        job->index = 0;
    return true;
}

static const char *script_path(spank_t sp)
{
    int argc = 0;
    char **argv = NULL;
    if (spank_get_item(sp, S_JOB_ARGV, &argc, &argv) != ESPANK_SUCCESS || argc < 1 || !argv)
        return NULL;
    return argv[0];
}

static void set_variable(spank_t sp, const struct job *job, const char *name, uint32_t value,
                         int overwrite)
{
    char text[16];
    snprintf(text, sizeof text, "%" PRIu32, value);
    spank_err_t rc = spank_setenv(sp, name, text, overwrite);
    if (rc != ESPANK_SUCCESS && rc != ESPANK_ENV_EXISTS)
        slurm_error("skjob: job %" PRIu32 ": %s: %s", job->id, name, spank_strerror(rc));
}

static void batch_step(spank_t sp, const struct job *job)
{
    struct pragma pragma;
    struct error err;
    const char *path = script_path(sp);
    if (!path)
        return;
    switch (script_read(path, &pragma, &err)) {
    case SCRIPT_BAD:
        slurm_error("skjob: job %" PRIu32 ": %s", job->id, err.text);
        return;
    case SCRIPT_OTHER:
        return;
    case SCRIPT_OURS:
        break;
    }
    if (!pragma.indexed)
        return;
    set_variable(sp, job, INDEX_VARIABLE, job->index, 1);
    set_variable(sp, job, PRAGMA_STEP_MARK, job->id, 1);
    slurm_info("skjob: job %" PRIu32 ": " INDEX_VARIABLE "=%" PRIu32, job->id, job->index);
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
    bool tell = context == S_CTX_SLURMD ||
                (context == S_CTX_REMOTE && get_step(sp, &job) && job.step == SLURM_BATCH_SCRIPT);
    if (tell && options_parse(&options, ac, av, &err))
        slurm_error("skjob: %s: the plugin does nothing", err.text);
    return ESPANK_SUCCESS;
}

/* In slurmstepd, with the user's effective rights. */
int slurm_spank_user_init(spank_t sp, int ac, char **av)
{
    struct job job;
    struct options options;
    if (!get_step(sp, &job))
        return ESPANK_SUCCESS;
    bool batch = job.step == SLURM_BATCH_SCRIPT;
    if (!batch && job.step > SLURM_MAX_NORMAL_STEP_ID)
        return ESPANK_SUCCESS;
    if (!get_job(sp, &job) || options_parse(&options, ac, av, NULL) ||
        job.uid < options.minimum_uid)
        return ESPANK_SUCCESS;
    if (batch)
        batch_step(sp, &job);
    else
        srun_step(sp, &job);
    return ESPANK_SUCCESS;
}
