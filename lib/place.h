/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an entry of skjob.conf makes of a wish for a place: "-" (nothing: every node has it), or
 * options of sbatch with their values, parted by blanks: "partition:ml qos:high".
 */
#ifndef SKJOB_PLACE_H
#define SKJOB_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

#define PLACE_RUNTIME "runtime" /* the one that is no option of sbatch */

struct place {
    const char *option; /* "partition"; static */
    const char *value;  /* in the text, not terminated */
    size_t value_len;
};

/* The next place of a text; *text moves behind it. Returns 1, 0 at the end ("-" has none), -1 with
 * err for what is none. */
int place_next(const char **text, struct place *out, struct error *err);

#endif
