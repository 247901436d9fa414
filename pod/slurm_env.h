/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which attempt this is, read from the variables that Slurm gives to a batch script. They can be
 * forged by the user, who thereby deceives only their own Job.
 */
#ifndef SKJOB_POD_SLURM_ENV_H
#define SKJOB_POD_SLURM_ENV_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct slurm_env {
    bool array;        /* SLURM_ARRAY_TASK_ID is set */
    uint32_t index;    /* the array task id; 0 if there is no array */
    uint32_t restarts; /* SLURM_RESTART_COUNT; 0 in the first run, where Slurm sets none */
    uint32_t base;     /* what attempts of this array are numbered from; 0 for the first one */
    uint32_t attempt;  /* the number of the attempt: their sum, unless numbering.h finds another */
    uint32_t job_id;   /* SLURM_ARRAY_JOB_ID, else SLURM_JOB_ID; 0 outside of Slurm */
    uint32_t own_id;   /* SLURM_JOB_ID: of this task alone */
    uint32_t first;    /* the array as it was submitted: its lowest and highest task id */
    uint32_t last;
    bool live;           /* slurmd runs us, so that there is a slurmctld to talk to */
    char id[32];         /* "123_7" or "123", "" outside of Slurm */
    char host[256];      /* this machine's name: its file in the journal */
    char node[256];      /* Slurm's name of it */
    const char *cluster; /* SLURM_CLUSTER_NAME or NULL; borrowed from the environment */
};

/* A number that is there but is none, or is out of range, is an error. */
int slurm_env_read(struct slurm_env *out, struct error *err);

#endif
