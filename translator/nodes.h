/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Slurm's nodes as v1 Nodes.
 */
#ifndef SKJOB_NODES_H
#define SKJOB_NODES_H

#include <jansson.h>

#include "error.h"

/* A new list, by name; one question to slurmctld. NULL with err. */
json_t *nodes_list(struct error *err);

#endif
