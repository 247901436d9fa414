/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_reason.h"

#include <stddef.h>

#include <slurm/slurm.h>

static const struct {
    uint32_t reason;
    const char *words;
} table[] = {
    {WAIT_NO_REASON, ""},
    {WAIT_PRIORITY, "jobs of higher priority are first"},
    {WAIT_DEPENDENCY, "for another job (--dependency)"},
    {WAIT_RESOURCES, "for free CPUs, memory or nodes"},
    {WAIT_PART_NODE_LIMIT, "it asks for more nodes than the partition allows"},
    {WAIT_PART_TIME_LIMIT, "it asks for more time than the partition allows"},
    {WAIT_PART_DOWN, "the partition is down"},
    {WAIT_PART_INACTIVE, "the partition is inactive"},
    {WAIT_HELD, "held by an administrator"},
    {WAIT_HELD_USER, "held (suspended)"},
    {WAIT_TIME, "for its begin time (back-off)"},
    {WAIT_LICENSES, "for licenses"},
    {WAIT_RESERVATION, "for its reservation"},
    {WAIT_NODE_NOT_AVAIL, "a node it needs is down or drained"},
    {WAIT_DEP_INVALID, "what it depends on will never come (--dependency)"},
    {WAIT_QOS, "the QOS is not allowed"},
    {WAIT_ACCOUNT, "the account is not allowed"},
    {WAIT_CLEANING, "its last run is still leaving the node"},
    {WAIT_PROLOG, "for the prolog"},
    {WAIT_ARRAY_TASK_LIMIT, "as many pods run as may (parallelism)"},
};

const char *slurm_reason_words(uint32_t reason)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].reason == reason)
            return table[i].words;
    return "a limit of the account, the QOS or the cluster (squeue tells which)";
}
