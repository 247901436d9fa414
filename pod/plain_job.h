/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The Job of a plain array: an ordinary batch script that was submitted with the options of
 * plain_options.h instead of a manifest. Everything that keeps, shows and decides Jobs then works
 * for it, too. All tasks of an array make the same object, without asking anybody.
 *
 *   name         the Slurm job's name as a DNS label, cut, and "-" and the array's job id
 *   completions  how many tasks the array has; each index is its task's id, so that ids beyond
 *                completions are possible (JOB_INDEX_LIMIT)
 *   parallelism  the same: the throttle is Slurm's affair, and not known on the nodes
 *   backoffLimit as Kubernetes has it when the option is not given: 6, or none with
 *                --backoff-limit-per-index
 *   template     one container "main" of the image "slurm/batch-script"; restartPolicy Never
 */
#ifndef SKJOB_POD_PLAIN_JOB_H
#define SKJOB_POD_PLAIN_JOB_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "plain_options.h"
#include "slurm_env.h"

#define PLAIN_JOB_IMAGE     "slurm/batch-script"
#define PLAIN_JOB_CONTAINER "main"

/* As it was submitted. A job without an array is one of the single task 0. */
struct plain_array {
    const char *name; /* of the Slurm job; borrowed */
    uint32_t job_id;  /* of the array */
    uint32_t first;
    uint32_t last;
    uint32_t count;
    uint32_t step;
};

/* From slurm and Slurm's variables. The name is borrowed from the environment. */
int plain_array_read(struct plain_array *out, const struct slurm_env *slurm, struct error *err);

/* The Job, with the defaults of the API server; the caller owns it. NULL with err when the options
 * do not fit the array: an index or a count in a policy that it does not have, and the like. */
json_t *plain_job_make(const struct plain_options *options, const struct plain_array *array,
                       struct error *err);

#endif
