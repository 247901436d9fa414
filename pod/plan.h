/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From a decoded Job to what has to be run: one container, on the host. Pure: the environment of
 * the task is handed in. Everything is copied, so the Job's tree can be freed before the container
 * starts.
 */
#ifndef SKJOB_POD_PLAN_H
#define SKJOB_POD_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "environment.h"
#include "error.h"

#define PLAN_INDEX_VARIABLE "JOB_COMPLETION_INDEX"

/* All texts of a container, its environment and arguments, after expansion. The kernel takes at
 * most 6 MiB; more can only come from values that multiply each other. */
#define PLAN_TEXT_MAX ((size_t)8 << 20)

struct plan {
    char **argv; /* NULL-terminated; argv[0] is looked up in the container's PATH */
    char **envp; /* NULL-terminated; the strings belong to env */
    struct environment *env;
    char *cwd;       /* workingDir, NULL = stay where Slurm started the task */
    bool with_stdin; /* stdin: true */
    int64_t grace;   /* terminationGracePeriodSeconds, as a kubelet applies it: at least 2 */
};

/* The pod's first container, NULL if there is none. Borrowed. */
const json_t *plan_container(const json_t *job);

/* spec.completionMode is Indexed. */
bool plan_indexed(const json_t *job);

/* Fails for what this runner cannot do (several containers, init containers, volumes, values from
 * elsewhere, the entrypoint of an image) and for too much text. */
int plan_make(struct plan *out, const json_t *job, uint32_t index, char *const environment[],
              struct error *err);

void plan_free(struct plan *plan);

#endif
