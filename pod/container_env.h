/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The environment of one container at its start, as the kubelet makes it (makeEnvironmentVariables,
 * pkg/kubelet/kubelet_pods.go, Kubernetes 1.36): envFrom in order, then env in order, where a later
 * variable replaces an earlier one. The task's own variables (Slurm's and the user's) are below.
 */
#ifndef SKJOB_POD_CONTAINER_ENV_H
#define SKJOB_POD_CONTAINER_ENV_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "environment.h"
#include "error.h"
#include "pod_facts.h"

#define CONTAINER_ENV_INDEX "JOB_COMPLETION_INDEX"

/* All texts of a container, its environment and arguments, after expansion. The kernel takes at
 * most 6 MiB; more can only come from values that multiply each other. */
#define CONTAINER_ENV_TEXT_MAX ((size_t)8 << 20)

/* The folder of a volume, borrowed: for fileKeyRef. Returns 0; 1 when it is not there yet, -1 when
 * it cannot be: both with err. */
typedef int container_env_volume(void *arg, const char *name, const char **path, struct error *err);

struct container_env {
    const json_t *container; /* decoded */
    const struct pod_facts *facts;
    char *const *base; /* the environment of the task, NULL-terminated */
    bool indexed;      /* adds JOB_COMPLETION_INDEX, unless env has it */
    uint32_t index;
    container_env_volume *volume; /* NULL = there are none */
    void *volume_arg;
    const char *hostname; /* HOSTNAME, unless env has it; NULL = as the task has it */
};

/* *budget: how many bytes of expanded text there may still be; used up as they are made. Returns 0
 * and a new *out; 1 for CreateContainerConfigError (a missing object, file or key), with the
 * kubelet's message in err: the container waits and asks again; -1 with err. */
int container_env_make(struct environment **out, const struct container_env *in, size_t *budget,
                       struct error *err);

/* Expands an element of command or args against the final environment. The caller frees; NULL with
 * err. */
char *container_env_expand(struct environment *env, const char *text, size_t *budget,
                           struct error *err);

#endif
