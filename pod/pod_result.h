/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a pod has ended, as the journal records it.
 */
#ifndef SKJOB_POD_POD_RESULT_H
#define SKJOB_POD_POD_RESULT_H

#include <stddef.h>
#include <stdint.h>

#include "journal.h"

/* Everything is borrowed. */
struct pod_result {
    int exit_code;                              /* of the task: 0 = the pod has succeeded */
    const struct journal_container *containers; /* those that have ended at least once */
    size_t n_containers;
    const struct journal_container *init; /* init containers and sidecars */
    size_t n_init;
    uint32_t restarts;   /* of all containers */
    const char *message; /* NULL = none */
};

#endif
