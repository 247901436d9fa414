/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One attempt: its names, its place in the state, its limits. Whether it may run and what follows
 * from its end is in opening.h and closing.h. Without a state that can be written the pod
 * runs all the same, and is not retried: the trouble is told once on stderr.
 */
#ifndef SKJOB_POD_ATTEMPT_H
#define SKJOB_POD_ATTEMPT_H

#include <stdbool.h>

#include "load.h"
#include "pod_name.h"
#include "pod_result.h"
#include "slurm_env.h"
#include "supervise.h"

struct attempt {
    const struct slurm_env *slurm; /* borrowed */
    char pod[POD_NAME_MAX + 1];
    char *dir; /* the Job's folder, NULL = none */
    bool told; /* that the state cannot be written */

    bool has_deadline;    /* the Job has activeDeadlineSeconds */
    bool success_policy;  /* the Job has one */
    bool counts_restarts; /* restartPolicy OnFailure */
    int64_t pod_deadline; /* microseconds, CLOCK_NEVER = none */
    int64_t job_deadline;
    bool past_pod; /* these have passed, and the pod is being killed */
    bool past_job;
    bool must_stop; /* the Job's end was made by us */
};

/* Finds or makes the Job's folder and records the start. Returns 0; 1 when the
 * attempt must not run, as the Job has ended or does not need it: then nothing has been recorded
 * and there is nothing to close; -1 with err when the Job has no usable name. */
int attempt_open(struct attempt *a, const struct pod_script *script, const struct slurm_env *slurm,
                 struct error *err);

/* The nearer one of the deadlines of pod and Job, for supervise(). */
struct supervise_alarm attempt_alarm(struct attempt *a);

/* Opens the log of a container. Returns a descriptor, the caller's, or -1: told. */
int attempt_log(struct attempt *a, const char *container);

/* The folder of the pod in the state: a descriptor, the caller's, or -1. */
int attempt_folder(const struct attempt *a);

/* A container is to be started again; restarts are those of the pod, with this one. Records it.
 * Returns 1 when the Job has failed by it: the pod is to be stopped; else 0. */
int attempt_restarted(struct attempt *a, uint32_t restarts);

/* Records the end, and does what follows from it. signalled: the runner was told to stop. */
void attempt_close(struct attempt *a, const struct pod_result *pod, bool signalled);

#endif
