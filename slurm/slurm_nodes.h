/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The nodes of the cluster, as slurmctld knows them.
 */
#ifndef SKJOB_SLURM_NODES_H
#define SKJOB_SLURM_NODES_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "error.h"

struct slurm_node {
    const char *name; /* texts are "" when not known */
    const char *hostname;
    const char *address;
    const char *arch;
    const char *os;
    const char *gres;     /* "gpu:2" */
    const char *features; /* comma-separated */
    const char *reason;   /* why it is down or drained */
    const char *version;  /* Slurm's */
    uint32_t cpus;
    uint64_t memory_mib;
    uint64_t disk_mib;
    time_t booted; /* 0 = not known */
    bool up;       /* it answers, and is not down */
    bool drained;  /* nothing new starts on it */
};

/* One question to slurmctld; visit is called for each node, in its order, and returns 0, or -1 to
 * stop. What node points to is valid during the call. Returns 0, or -1 with err. */
int slurm_nodes_read(int (*visit)(void *arg, const struct slurm_node *node), void *arg,
                     struct error *err);

#endif
