/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sbatch's options for plain arrays (lib/plain_options.h): they give an ordinary batch script the
 * semantics of a Job. In sbatch they are checked before anything is submitted; what is wrong ends
 * sbatch with one line. Slurm carries them to the node, where the hooks ask for them.
 *
 * Slurm also leaves them in the job's environment, where an sbatch inside of the job would take
 * them for its own. They are meant for one array: whatever comes from the environment is removed,
 * in sbatch and srun before they look, and in the job before it starts.
 */
#ifndef SKJOB_PLUGIN_JOB_OPTIONS_H
#define SKJOB_PLUGIN_JOB_OPTIONS_H

#include <slurm/spank.h>
#include <stdbool.h>

#include "plain_options.h"

/* slurm_spank_init, in sbatch, srun, salloc and slurmstepd. */
void job_options_register(spank_t sp);

/* slurm_spank_init_post_opt, in sbatch and the like: all options are read. Does not return when
 * they do not go together. */
void job_options_finish(void);

/* user_init: takes the variables that Slurm has left there out of the job's environment. With
 * `sbatch --export=NONE`, Slurm 22.05 lets options travel in no other way. */
void job_options_collect(spank_t sp);

/* In slurmstepd, after job_options_collect(). Whether any option was given; whether this one was;
 * and whether attempts are to be recorded and retried. */
bool job_options_given(void);
bool job_options_has(enum plain_option_id id);
bool job_options_retry(void);

/* The options as words, "--name=value", NULL at the end; for skjob-attempt. They live on. */
const char *const *job_options_argv(void);

/* For tests: as in a process that has not seen any. */
void job_options_forget(void);

#endif
