/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Random Jobs with random journals, the same for the same seed.
 */
#ifndef SKJOB_TEST_FOLD_RANDOM_H
#define SKJOB_TEST_FOLD_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journal.h"

#define RECORDS_MAX 160

/* A case: a Job, its records as texts for line_write(), and perhaps a decision. */
struct scenario {
    char job[2048];
    char records[RECORDS_MAX][256];
    size_t n;
    struct journal_end end;
    bool has_end;
    bool whole_seconds; /* so that many times are the same */
    uint32_t completions;
};

void scenario_make(struct scenario *s, uint64_t seed);

/* More of the same source. */
uint32_t random_below(uint32_t n);
bool random_chance(uint32_t percent);

#endif
