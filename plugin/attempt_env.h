/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The environment of skjob-attempt, from scratch: who the user is, which attempt this is, and where
 * the Job's state is. What Slurm knows comes from Slurm; the rest is copied from the job's
 * environment, which is the user's word and used as the user only.
 */
#ifndef SKJOB_PLUGIN_ATTEMPT_ENV_H
#define SKJOB_PLUGIN_ATTEMPT_ENV_H

#include <slurm/spank.h>
#include <stddef.h>
#include <stdint.h>

#include "job.h"
#include "options.h"

#define ATTEMPT_ENV_BYTES     8192
#define ATTEMPT_ENV_VARIABLES 32
#define ATTEMPT_ENV_VALUE     1024 /* bytes of a value, with its NUL; longer ones are left out */

struct attempt_env {
    size_t len; /* of text */
    size_t variables;
    const char *envp[ATTEMPT_ENV_VARIABLES + 1]; /* into text */
    char text[ATTEMPT_ENV_BYTES];
};

/* Everything that skjob-attempt needs. A variable that cannot be had, is too long or is not
 * printable is left out. restarts: how often Slurm has restarted the job. */
void attempt_env_make(struct attempt_env *env, spank_t sp, const struct job *job,
                      uint32_t restarts);

/* Appends one, unless there is no room or it is not printable. The first of a name counts. */
void attempt_env_add(struct attempt_env *env, const char *name, const char *value);

/* The site's word about the state and the delays, in the environment of the job and thereby of
 * skjob-attempt: it replaces the user's. Call it before attempt_env_make(). */
void attempt_env_apply(spank_t sp, const struct job *job, const struct options *options);

#endif
