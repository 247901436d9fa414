/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cause.h"

#include <string.h>

#define TAINT   "DeletionByTaintManager"
#define KUBELET "TerminationByKubelet"

/* clang-format off */
static const struct cause_rule rules[] = {
    /*                       reason              container    disruption              fails  terminates */
    [CAUSE_EXIT]         = {NULL,               NULL,        NULL,                   false, false, RETRY_IF_RUNNING},
    [CAUSE_POD_DEADLINE] = {"DeadlineExceeded", NULL,        NULL,                   true,  false, RETRY_IF_RUNNING},
    [CAUSE_EVICTED]      = {"Evicted",          NULL,        KUBELET,                true,  false, RETRY_IF_RUNNING},
    [CAUSE_DECIDED]      = {NULL,               NULL,        NULL,                   true,  false, RETRY_NEVER},
    [CAUSE_SUSPENDED]    = {NULL,               NULL,        NULL,                   false, false, RETRY_NEVER},
    [CAUSE_CANCELLED]    = {"Cancelled",        NULL,        NULL,                   true,  false, RETRY_NEVER},
    [CAUSE_TIME_LIMIT]   = {"SlurmTimeLimit",   NULL,        NULL,                   true,  false, RETRY_ALWAYS},
    [CAUSE_OOM]          = {NULL,               "OOMKilled", NULL,                   false, false, RETRY_ALWAYS},
    [CAUSE_PREEMPTED]    = {NULL,               NULL,        "PreemptionByScheduler", false, true, RETRY_ALWAYS},
    [CAUSE_DELETED]      = {NULL,               NULL,        NULL,                   false, true,  RETRY_ALWAYS},
    [CAUSE_REQUEUED]     = {NULL,               NULL,        TAINT,                  false, true,  RETRY_ALWAYS},
    [CAUSE_NODE_FAILED]  = {NULL,               NULL,        TAINT,                  false, true,  RETRY_ALWAYS},
    [CAUSE_ORPHANED]     = {NULL,               NULL,        KUBELET,                false, true,  RETRY_IF_RUNNING},
    [CAUSE_LOST]         = {NULL,               NULL,        TAINT,                  true,  true,  RETRY_NEVER},
};
/* clang-format on */
#define RULES (sizeof rules / sizeof *rules)

/* What Slurm ends a task as, for good. */
static const struct {
    enum slurm_task_state state;
    enum cause cause;
} ends[] = {
    {SLURM_TASK_CANCELLED, CAUSE_CANCELLED},     {SLURM_TASK_TIMEOUT, CAUSE_TIME_LIMIT},
    {SLURM_TASK_OUT_OF_MEMORY, CAUSE_OOM},       {SLURM_TASK_PREEMPTED, CAUSE_PREEMPTED},
    {SLURM_TASK_NODE_FAILED, CAUSE_NODE_FAILED},
};

const struct cause_rule *cause_rule(enum cause cause)
{
    return &rules[cause];
}

bool cause_is_queued(const struct slurm_task *task, uint32_t attempt)
{
    return task->state == SLURM_TASK_PENDING && task->restarts > attempt;
}

enum cause cause_recorded(const char *reason, const char *disruption)
{
    for (size_t i = 0; i < RULES; i++)
        if (strcmp(rules[i].reason ? rules[i].reason : "", reason) == 0 &&
            strcmp(rules[i].disruption ? rules[i].disruption : "", disruption) == 0)
            return (enum cause)i;
    return CAUSE_EXIT;
}

enum cause cause_of(const struct slurm_task *task, uint32_t attempt)
{
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends[i].state == task->state)
            return ends[i].cause;
    if (task->preempted)
        return CAUSE_PREEMPTED;
    return cause_is_queued(task, attempt) ? CAUSE_REQUEUED : CAUSE_EXIT;
}
