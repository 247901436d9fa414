/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One attempt: its names, its place in the state, its limits. Whether it may run and what follows
 * from its end is in opening.h and closing.h. Without a state that can be written the pod
 * runs all the same, and is not retried: the trouble is told once on stderr.
 *
 * The runner uses attempt_open() to attempt_close(). skjob-attempt, in the plugin's hooks, works on
 * the same attempt from beside: attempt_find(), then one of attempt_enter(), attempt_finish() and
 * attempt_deadline(), and attempt_free().
 */
#ifndef SKJOB_POD_ATTEMPT_H
#define SKJOB_POD_ATTEMPT_H

#include <stdbool.h>

#include "load.h"
#include "job_uid.h"
#include "node_address.h"
#include "pod_name.h"
#include "pod_self.h"
#include "pod_result.h"
#include "slurm_env.h"
#include "supervise.h"

struct attempt {
    struct slurm_env *slurm; /* borrowed; the attempt's number is set here when it is opened */
    char pod[POD_NAME_MAX + 1];
    char *container; /* the name of the first regular container: a hook knows of no other */
    char *dir;       /* the Job's folder, NULL = none */
    char *root;      /* the state's, where ConfigMaps and Secrets are; NULL = none */
    char *namespace_;
    char *name; /* of the Job */
    bool indexed;
    bool plain; /* of a plain array: without files of its own; for attempt_enter() */
    char job_uid[JOB_UID_LEN + 1];
    bool numbered;      /* the number is claimed */
    bool told;          /* that the state cannot be written */
    bool hooked;        /* the plugin is there, and will call skjob-attempt when all has ended */
    pid_t parent;       /* slurmstepd: when it dies before us, no hook will run */
    int64_t found_us;   /* when attempt_find() was called */
    uint64_t oom_kills; /* until then, or the last attempt_is_oom() */

    bool needs_address; /* the pod has names of its own, or is told its address; when open */
    struct node_address address; /* "" = nobody needs it, or it was not found */

    bool has_deadline;    /* the Job has activeDeadlineSeconds */
    bool success_policy;  /* the Job has one */
    bool counts_restarts; /* restartPolicy OnFailure */
    int64_t pod_limit_us; /* activeDeadlineSeconds of the pod, 0 = none */
    int64_t pod_deadline; /* microseconds, CLOCK_NEVER = none */
    int64_t job_deadline;
    bool past_pod; /* these have passed, and the pod is being killed */
    bool past_job;
    bool must_stop; /* the Job's end was made by us */
    bool orphaned;  /* slurmstepd has died, and the pod is being stopped */
    int parent_fd;  /* of slurmstepd: readable when it has died; -1 where it is not watched */
};

/* Finds or makes the Job's folder and records the start. Returns 0; 1 when the
 * attempt must not run, as the Job has ended or does not need it: then nothing has been recorded
 * and there is nothing to close; -1 with err when the Job has no usable name. */
int attempt_open(struct attempt *a, const struct pod_script *script, struct slurm_env *slurm,
                 struct error *err);

/* The nearer one of the deadlines of pod and Job, for supervise(). */
struct supervise_alarm attempt_alarm(struct attempt *a);

/* Looks whether slurmstepd has died: nobody could cancel the pod any more, or end it at its time
 * limit, and before long Slurm runs the task again elsewhere. */
bool attempt_is_orphaned(struct attempt *a);

/* How long the containers may take to end when Slurm stops us, in seconds; 0 = as long as the pod's
 * grace period. After KillWait, which is 30 s in a stock slurm.conf, Slurm kills us as well:
 * without a hook that closes the attempt then, the record must be written before. */
int64_t attempt_stop_max_s(const struct attempt *a);

/* The grace period that the user has deleted the pod with. Returns whether there is one. */
bool attempt_deletion_grace(const struct attempt *a, int64_t *ms);

/* The kernel has killed a process of the job for want of memory since the last time. */
bool attempt_is_oom(struct attempt *a);

/* Opens the log of a container. Returns a descriptor, the caller's, or -1: told. */
int attempt_log(struct attempt *a, const char *container);

/* Opens the file of its log's times (log_clock.h). Returns a descriptor, the caller's, or -1. */
int attempt_log_times(const struct attempt *a, const char *container);

/* What the pod knows of itself. job is the decoded Job, which the result borrows; env the task's.
 * Returns 0, or -1 with err. */
int attempt_self(const struct attempt *a, const json_t *job, char *const env[],
                 struct pod_self *out, struct error *err);

/* The folder of the pod in the state: a descriptor, the caller's, or -1. */
int attempt_folder(const struct attempt *a);

/* A container is to be started again; restarts are those of the pod, with this one. Records it.
 * Returns 1 when the Job has failed by it: the pod is to be stopped; else 0. */
int attempt_restarted(struct attempt *a, uint32_t restarts);

/* Records the end, and does what follows from it. signalled: the runner was told to stop. */
void attempt_close(struct attempt *a, const struct pod_result *pod, bool signalled);

/* The first part of attempt_open(): names, limits and the folder, which is made where nobody else
 * makes it. Returns 0; -1 with err when there is no usable name or state. */
int attempt_find(struct attempt *a, const struct pod_script *script, struct slurm_env *slurm,
                 struct error *err);

/* The second one, without a log of the container: 0, 1 or -1 as attempt_open(). A state that is
 * full or read-only, as it may be for a while, is waited for: what has not been recorded is not
 * counted. A process that is told to end meanwhile gives up and returns 1. */
int attempt_enter(struct attempt *a, int64_t patience_us, struct error *err);

#define ATTEMPT_PATIENCE_US (60 * INT64_C(1000000))

/* When all processes of the attempt are gone: acts on its end, and records it first when the runner
 * was killed; sweeps away what killed runners of this user have left on the node. status is the raw
 * wait status. Returns 0 or -1 with err. */
int attempt_finish(struct attempt *a, int status, int64_t patience_us, struct error *err);

/* The nearer one of both deadlines, from what the state says now; nothing is changed. */
int64_t attempt_deadline(const struct attempt *a);

void attempt_free(struct attempt *a);

#endif
