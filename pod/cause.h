/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Why a container has ended, beyond its exit code, and what follows from that: the table of what
 * happens to pods on Slurm, in the words of Kubernetes. doc/attempts.md has the same table for
 * people, with what never ends a pod at all.
 */
#ifndef SKJOB_POD_CAUSE_H
#define SKJOB_POD_CAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "slurm_task.h"

enum cause {
    CAUSE_EXIT,         /* by itself, or by a signal that Slurm knows nothing of */
    CAUSE_POD_DEADLINE, /* activeDeadlineSeconds of the pod */
    CAUSE_EVICTED,      /* by the runner: a volume above its limit */
    CAUSE_DECIDED,      /* the Job has ended and its pods are killed */
    CAUSE_SUSPENDED,    /* the Job was suspended, or scaled to 0 */
    CAUSE_CANCELLED,    /* scancel: the user's last word */
    CAUSE_TIME_LIMIT,   /* Slurm's time limit */
    CAUSE_OOM,          /* Slurm saw the kernel kill for want of memory, and has ended the task */
    CAUSE_PREEMPTED,
    CAUSE_DELETED,     /* skjob delete pod */
    CAUSE_REQUEUED,    /* by a person, or because its node was taken down */
    CAUSE_NODE_FAILED, /* for good: the task may not be requeued by Slurm itself */
    CAUSE_ORPHANED,    /* slurmstepd has died: Slurm has lost its hold on the task */
    CAUSE_LOST,        /* nobody saw its end: the node died, or Slurm's and our process with it */
};

enum cause_retry {
    RETRY_IF_RUNNING, /* requeue unless somebody else has ended the task meanwhile */
    RETRY_ALWAYS,     /* requeue although Slurm has ended the task */
    RETRY_NEVER,
};

struct cause_rule {
    const char *reason;     /* of the pod; NULL = none */
    const char *container;  /* reason of a container that failed; NULL = Error */
    const char *disruption; /* reason of the condition DisruptionTarget; NULL = no condition */
    bool fails;             /* the pod has failed whatever its exit code */
    bool terminates;        /* it has failed in spite of exit code 0, unless only failed pods are
                             * replaced: as a pod that is deleted */
    enum cause_retry retry;
};

const struct cause_rule *cause_rule(enum cause cause);

/* The cause that left these texts in the journal, "" = absent: the first one of the table that
 * fits. Causes that leave the same texts are told apart by Slurm alone, CAUSE_EXIT among them. */
enum cause cause_recorded(const char *reason, const char *disruption);

/* What slurmctld's view of the task says about the end of its attempt. */
enum cause cause_of(const struct slurm_task *task, uint32_t attempt);

/* Slurm has put the task back into its queue by itself. */
bool cause_is_queued(const struct slurm_task *task, uint32_t attempt);

#endif
