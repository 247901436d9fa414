/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether a LabelSelector object (matchLabels and matchExpressions) selects a set of labels
 * (k8s.io/apimachinery, LabelSelectorAsSelector and labels.Selector.Matches).
 */
#ifndef SKJOB_LABEL_MATCH_H
#define SKJOB_LABEL_MATCH_H

#include <jansson.h>

/* 1 = selects, 0 = does not, -1 = the selector is not valid (validation says why). A NULL selector
 * selects nothing, an empty one everything; labels may be NULL. */
int label_selector_matches(const json_t *selector, const json_t *labels);

#endif
