/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The pods of a Job: each attempt that the journal knows, and those that wait in Slurm's queue and
 * that Kubernetes would have created by now (no more than parallelism). Names, uids and labels of
 * pods are computed: a pod that waits has the name that it will run under.
 *
 * Slurm does not say when the task of a pod could have been created: a pod is as old as its start;
 * while it waits, as its Job, or as the end of the attempt before.
 */
#ifndef SKJOB_PODS_H
#define SKJOB_PODS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "job_view.h"
#include "pod_name.h"
#include "pod_state.h"

struct pod {
    const struct fold_attempt *attempt_; /* NULL while it waits; borrowed from the fold */
    uint32_t index;
    uint32_t attempt;
    int64_t created_us;
    const char *partition; /* of one that waits or runs; NULL = not known */
    const char *waits_for; /* why it waits in Slurm, in words; NULL, or "", = not known */
    bool gone;             /* without an end, and Slurm has no task for it */
    bool removed;          /* deleted after its end: its events are told, but it is not listed */
};

struct pods {
    const struct job_view *job; /* borrowed: must live as long */
    struct pod *v;              /* by index and attempt */
    size_t len;
    int folder; /* of the pods' folders, -1 = none */
    /* Of the pod whose object was made last; owned, made when needed. */
    json_t *of;         /* the Job with the template that the pod has */
    uint32_t of_number; /* fold_template_of() */
    json_t *spec;       /* what the specs of the pods of that template have in common */
};

/* Returns 0, or -1 with err. Slurm is not asked anew for a Job that was just loaded. */
int pods_list(const struct job_view *job, struct pods *out, struct error *err);
void pods_free(struct pods *p);

#define cleanup_pods __attribute__((cleanup(pods_free)))

void pods_name(const struct pods *p, const struct pod *pod, char out[POD_NAME_MAX + 1]);

/* The pod of that name, or NULL; also one that was removed. */
const struct pod *pods_find(const struct pods *p, const char *name);

/* Fills in state, which may have been used before. Returns 0, or -1 with err. */
int pods_state(const struct pods *p, const struct pod *pod, struct pod_state *state,
               struct error *err);

/* The node's name, "" when there is none. */
void pods_node(const struct pods *p, const struct pod *pod, char *out, size_t size);

/* The pod's address, which is its node's, "" when the journal does not know it. */
void pods_address(const struct pods *p, const struct pod *pod, char *out, size_t size);

/* The Job as it was for this pod: with the template that the pod has. Borrowed until the next call
 * about another pod; NULL with err. */
const json_t *pods_job(struct pods *p, const struct pod *pod, struct error *err);

/* A new v1 Pod, or NULL with err. */
json_t *pods_object(struct pods *p, const struct pod *pod, struct error *err);

#endif
