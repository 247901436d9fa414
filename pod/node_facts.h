/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a pod is told about the machine under it: what Slurm allocated there. Its addresses are in
 * node_address.h.
 */
#ifndef SKJOB_POD_NODE_FACTS_H
#define SKJOB_POD_NODE_FACTS_H

#include "pod_facts.h"

struct node_facts {
    struct pod_allocation allocation;
};

/* Reads SLURM_CPUS_ON_NODE, SLURM_MEM_PER_NODE and SLURM_MEM_PER_CPU (MiB) out of env, which may be
 * NULL-terminated or NULL; what is not there, or no number, is taken from the machine. The storage
 * is what is free where temporary files go (TMPDIR, else /tmp). */
void node_facts_read(struct node_facts *out, char *const env[]);

#endif
