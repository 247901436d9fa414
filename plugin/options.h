/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The arguments of the plugin's line in plugstack.conf, name=value each. Strict: a line with one
 * unknown name or bad value switches the plugin off, since it can mean anything.
 */
#ifndef SKJOB_PLUGIN_OPTIONS_H
#define SKJOB_PLUGIN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct options {
    uint32_t minimum_uid; /* minimum_uid=: jobs of smaller user ids are left alone; default 0 */
    bool sbatch;          /* sbatch=: `sbatch job.yaml` submits a manifest; default yes */
    const char *skjob;    /* skjob=: the program that does it; default: as installed */
};

/* What stands in *out points into av, which must live on. */
int options_parse(struct options *out, int ac, char *const av[], struct error *err);

#endif
