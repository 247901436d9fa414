/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who a job is, from Slurm alone: nothing of this can be set by the user.
 */
#ifndef SKJOB_PLUGIN_JOB_H
#define SKJOB_PLUGIN_JOB_H

#include <slurm/spank.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct job {
    uint32_t id;
    uint32_t step;
    uint32_t array; /* the array's job id; 0 if there is no array */
    uint32_t index; /* array task id; 0 if there is no array */
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /* supplementary, Slurm's own */
    int groups_len;      /* 0: Slurm was not told */
};

/* The step alone. Only in slurmstepd. */
bool job_get_step(spank_t sp, struct job *job);

/* The rest. */
bool job_get(spank_t sp, struct job *job);

/* The path of the spooled batch script; NULL: not to be had. */
const char *job_script(spank_t sp);

#endif
