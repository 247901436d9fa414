/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The strict reading of an index list such as "0-2,5", as validation wants it (successPolicy's
 * succeededIndexes; validateIndexesFormat of Kubernetes). Only counts: sets are in indexset.h.
 */
#ifndef SKJOB_INTERVAL_H
#define SKJOB_INTERVAL_H

#include "error.h"

#include <stdint.h>

/* Counts the indexes listed in text, which must ascend and be below completions. "" lists none.
 * Returns 0, or -1 with err in the words of Kubernetes. Time O(length of text), no allocation. */
int interval_parse(const char *text, int32_t completions, int64_t *count, struct error *err);

#endif
