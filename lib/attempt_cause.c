/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "attempt_cause.h"

#include "fold_outcome.h"

/* The first container that failed; the first one when none did. Returns whether it failed. */
static bool take(struct journal_text list, struct attempt_cause *out)
{
    struct journal_item item;
    int code;
    while (journal_next_item(&list, &item)) {
        if (!journal_item_exit_code(&item, &code) || (out->has_exit_code && code == 0))
            continue;
        out->has_exit_code = true;
        out->exit_code = code;
        journal_decode(item.part[0], out->container, sizeof out->container);
        if (!out->reason[0])
            journal_decode(item.part[2], out->reason, sizeof out->reason);
        if (code != 0)
            return true;
    }
    return false;
}

void attempt_cause_of(const struct fold *f, const struct fold_attempt *a, struct attempt_cause *out)
{
    struct fold_outcome_parts parts;
    struct journal_item condition;
    *out = (struct attempt_cause){0};
    fold_outcome_of(f, a, &parts);
    struct journal_text conditions = parts.conditions;
    journal_decode(parts.reason, out->reason, sizeof out->reason);
    if (!out->reason[0] && journal_next_item(&conditions, &condition))
        journal_decode(condition.part[2].data ? condition.part[2] : condition.part[0], out->reason,
                       sizeof out->reason);
    bool told = out->reason[0] != '\0';
    if (a->phase == JOURNAL_FAILED && take(parts.init, out))
        return;
    /* Init containers that succeeded say nothing. */
    out->has_exit_code = false;
    if (!told)
        out->reason[0] = '\0';
    take(parts.containers, out);
}
