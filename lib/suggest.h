/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * "Did you mean …?": the name of a list that a misspelt word most likely stands for.
 */
#ifndef SKJOB_SUGGEST_H
#define SKJOB_SUGGEST_H

#include <stddef.h>

/* The nearest of n names (one of the given pointers), or NULL when none is near enough to be worth
 * a hint. Case does not count; a swap of two neighbours counts as one edit. */
const char *suggest(const char *word, const char *const *names, size_t n);

#endif
