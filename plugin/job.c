/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job.h"

#include <stddef.h>

bool job_get_step(spank_t sp, struct job *job)
{
    return spank_get_item(sp, S_JOB_STEPID, &job->step) == ESPANK_SUCCESS;
}

bool job_get(spank_t sp, struct job *job)
{
    gid_t *groups = NULL;
    if (spank_get_item(sp, S_JOB_ID, &job->id) != ESPANK_SUCCESS ||
        spank_get_item(sp, S_JOB_UID, &job->uid) != ESPANK_SUCCESS ||
        spank_get_item(sp, S_JOB_GID, &job->gid) != ESPANK_SUCCESS ||
        spank_get_item(sp, S_JOB_ARRAY_ID, &job->array) != ESPANK_SUCCESS ||
        spank_get_item(sp, S_JOB_ARRAY_TASK_ID, &job->index) != ESPANK_SUCCESS)
        return false;
    if (spank_get_item(sp, S_JOB_SUPPLEMENTARY_GIDS, &groups, &job->groups_len) != ESPANK_SUCCESS)
        job->groups_len = 0;
    job->groups = groups;
    if (!groups || job->groups_len < 0)
        job->groups_len = 0;
    if (job->array == 0)
        job->index = 0;
    return true;
}

const char *job_script(spank_t sp)
{
    int argc = 0;
    char **argv = NULL;
    if (spank_get_item(sp, S_JOB_ARGV, &argc, &argv) != ESPANK_SUCCESS || argc < 1 || !argv)
        return NULL;
    return argv[0];
}
