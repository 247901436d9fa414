/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cause.h"

/* clang-format off */
static const struct cause_rule rules[] = {
    /*                       reason              disruption                fails  terminates */
    [CAUSE_EXIT]         = {NULL,               NULL,                     false, false, RETRY_IF_RUNNING},
    [CAUSE_POD_DEADLINE] = {"DeadlineExceeded", NULL,                     true,  false, RETRY_IF_RUNNING},
    [CAUSE_EVICTED]      = {"Evicted",          "TerminationByKubelet",   true,  false, RETRY_IF_RUNNING},
    [CAUSE_DECIDED]      = {NULL,               NULL,                     true,  false, RETRY_NEVER},
    [CAUSE_SUSPENDED]    = {NULL,               NULL,                     false, false, RETRY_NEVER},
    [CAUSE_CANCELLED]    = {"Cancelled",        NULL,                     true,  false, RETRY_NEVER},
    [CAUSE_TIME_LIMIT]   = {"SlurmTimeLimit",   NULL,                     true,  false, RETRY_ALWAYS},
    [CAUSE_PREEMPTED]    = {NULL,               "PreemptionByScheduler",  false, true,  RETRY_ALWAYS},
    [CAUSE_DELETED]      = {NULL,               NULL,                     false, true,  RETRY_ALWAYS},
    [CAUSE_REQUEUED]     = {NULL,               "DeletionByTaintManager", false, true,  RETRY_ALWAYS},
};
/* clang-format on */

const struct cause_rule *cause_rule(enum cause cause)
{
    return &rules[cause];
}

bool cause_is_queued(const struct slurm_task *task, uint32_t attempt)
{
    return task->state == SLURM_TASK_PENDING && task->restarts > attempt;
}

enum cause cause_of(const struct slurm_task *task, uint32_t attempt)
{
    if (task->state == SLURM_TASK_CANCELLED)
        return CAUSE_CANCELLED;
    if (task->state == SLURM_TASK_TIMEOUT)
        return CAUSE_TIME_LIMIT;
    if (task->state == SLURM_TASK_PREEMPTED || task->preempted)
        return CAUSE_PREEMPTED;
    if (task->state == SLURM_TASK_NODE_FAILED || cause_is_queued(task, attempt))
        return CAUSE_REQUEUED;
    return CAUSE_EXIT;
}
