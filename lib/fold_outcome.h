/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How an attempt ended, as a short text that is the same for all attempts that ended alike: the
 * values of containers, init, conditions and reason as they stand in the journal, separated by
 * blanks. And back, as the machine's policies want it.
 */
#ifndef SKJOB_FOLD_OUTCOME_H
#define SKJOB_FOLD_OUTCOME_H

#include "journal_read.h"
#include "machine.h"

#include <stddef.h>

/* Writes the text, returns its length. It is shorter than the line it comes from. */
size_t fold_outcome_text(const struct journal_line *line, char buf[JOURNAL_LINE_MAX]);

/* The same text with more conditions behind its own, into buf, cut off between two of them when
 * size is not enough for all. Returns its length. */
size_t fold_outcome_add(const char *text, size_t len, struct journal_text conditions, char *buf,
                        size_t size);

/* The text of an attempt whose end nobody saw: DisruptionTarget, as for a pod whose node is gone.
 */
extern const char fold_outcome_disrupted[];

/* The four values. */
struct fold_outcome_parts {
    struct journal_text containers, init, conditions, reason;
};
void fold_outcome_split(const char *text, size_t len, struct fold_outcome_parts *parts);

/* A decoded outcome, reused from text to text. Zeroed = empty. */
struct fold_outcome {
    struct machine_outcome view; /* borrows from the rest */
    struct machine_container *containers;
    struct machine_pod_condition *conditions;
    size_t cap; /* of both */
    char *names;
    size_t names_cap;
};

/* Returns 0, or -1 when out of memory. Containers whose exit code is not a number are left out: a
 * policy cannot look at them. */
int fold_outcome_decode(struct fold_outcome *o, const char *text, size_t len);

void fold_outcome_free(struct fold_outcome *o);

#endif
