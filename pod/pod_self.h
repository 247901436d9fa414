/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The facts of the pod that this process runs, put together from the Job, the attempt, the machine
 * and the state.
 */
#ifndef SKJOB_POD_SELF_H
#define SKJOB_POD_SELF_H

#include <jansson.h>
#include <stdint.h>

#include "error.h"
#include "node_address.h"
#include "node_facts.h"
#include "pod_facts.h"
#include "pod_meta.h"

struct pod_self_options {
    const json_t *job; /* decoded; borrowed by the result */
    const char *job_uid;
    const char *pod;  /* the pod's name; borrowed by the result */
    const char *ns;   /* the Job's namespace; borrowed */
    const char *node; /* Slurm's name of it; borrowed */
    const char *root; /* of the state, where objects are found; borrowed; NULL = there is none */
    const struct node_address *address; /* borrowed; NULL = not known */
    uint32_t index;
    uint32_t attempt;
    uint32_t failures; /* earlier failed pods of the index that counted, and that did not */
    uint32_t ignored;
    char *const *env; /* of the task */
};

struct pod_self {
    struct pod_facts facts; /* for container_env and payload */
    struct node_facts node;
    char uid[POD_UID_LEN + 1];
    json_t *labels, *annotations;
    const char *root;
};

/* *s must not move afterwards. Returns 0, or -1 with err. */
int pod_self_make(struct pod_self *s, const struct pod_self_options *o, struct error *err);
void pod_self_free(struct pod_self *s);

#define cleanup_pod_self __attribute__((cleanup(pod_self_free)))

#endif
