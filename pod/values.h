/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The texts of a container at the moment when it starts: its environment, and command and args
 * after $(VAR) expansion. They are made anew for every start, as what they come from may have
 * changed since.
 */
#ifndef SKJOB_POD_VALUES_H
#define SKJOB_POD_VALUES_H

#include <jansson.h>
#include <stdint.h>

#include "environment.h"
#include "error.h"

#define VALUES_INDEX_VARIABLE "JOB_COMPLETION_INDEX"

/* All texts of a container, its environment and arguments, after expansion. The kernel takes at
 * most 6 MiB; more can only come from values that multiply each other. */
#define VALUES_TEXT_MAX ((size_t)8 << 20)

struct values {
    char **command; /* NULL-terminated, never NULL */
    char **args;
    char **envp; /* NULL-terminated; the strings belong to env */
    struct environment *env;
    char *cwd; /* workingDir, NULL = none */
};

/* What the values are made from. */
struct values_source {
    const json_t *job;
    uint32_t index;
    char *const *environ_; /* of the task */
};

/* Makes the values of container, one of the Job's. Returns 0; 1 when something that they need is
 * not there yet, with err as the kubelet words it: to be tried again later; -1 with err when it
 * cannot be done. */
int values_make(struct values *out, const struct values_source *src, const json_t *container,
                struct error *err);

void values_free(struct values *v);

#endif
