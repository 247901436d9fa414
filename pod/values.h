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
#include "pod_facts.h"

struct pod_net;
struct pod_storage;

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
    char *const *environ_;         /* of the task */
    const struct pod_facts *facts; /* of the pod; set at every start */
    struct pod_storage *storage;   /* its volumes */
    const struct pod_net *net;     /* its names; NULL = those of the node */
};

/* Makes the values of container, one of the Job's. Returns 0; 1 when something that they need is
 * not there yet, with err as the kubelet words it: to be tried again later; -1 with err when it
 * cannot be done. */
int values_make(struct values *out, const struct values_source *src, const json_t *container,
                struct error *err);

void values_free(struct values *v);

#endif
