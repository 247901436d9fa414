/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "retry_change.h"

#include <string.h>

#include "fold_outcome.h"
#include "retry_rule.h"
#include "site.h"

/* Whether a container of the attempt ended for this reason, as its record says. */
static bool has_ended_for(const struct acting *a, const struct fold *fold, const char *reason)
{
    struct fold_outcome_parts parts;
    struct journal_item item;
    const struct fold_attempt *own = fold_attempt_of(fold, a->slurm->index, a->slurm->attempt);
    if (!own || own->phase == JOURNAL_PHASE_NONE)
        return false;
    fold_outcome_of(fold, own, &parts);
    while (journal_next_item(&parts.containers, &item))
        if (item.part[2].len == strlen(reason) &&
            memcmp(item.part[2].data, reason, item.part[2].len) == 0)
            return true;
    return false;
}

void retry_change_apply(const struct acting *a, const struct fold *fold, enum cause cause)
{
    struct retry_rule rule = retry_rule_of(fold_created(fold), site_conf(NULL));
    if (!rule.exclude_node && !rule.memory_milli)
        return;
    bool of_memory = rule.memory_milli && has_ended_for(a, fold, "OOMKilled");
    bool of_node =
        rule.exclude_node && (cause == CAUSE_NODE_FAILED || has_ended_for(a, fold, "StartError"));
    if (of_node || of_memory)
        a->ops->amend(a->slurm->own_id, a->slurm->id, &rule, of_node ? a->slurm->node : "",
                      of_memory, NULL);
}
