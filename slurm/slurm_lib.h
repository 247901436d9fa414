/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libslurm, loaded when it is first needed; for the modules of this folder only.
 */
#ifndef SKJOB_SLURM_LIB_H
#define SKJOB_SLURM_LIB_H

#include <stddef.h>

#include "error.h"

/* A function of libslurm, and where its address goes. */
struct slurm_symbol {
    const char *name;
    size_t offset;
};

/* Loads the library once for the process, initialises it, and fills calls with the addresses.
 * Returns 0, or -1 with err. libslurm ends the process when it finds no configuration: where there
 * is no slurm.conf, scontrol has to get one first. A damaged slurm.conf still ends the process. */
int slurm_lib_load(const struct slurm_symbol *symbols, size_t n, void *calls, struct error *err);

#endif
