/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The name of the cluster, without asking slurmctld where that can be avoided.
 */
#ifndef SKJOB_CLUSTER_NAME_H
#define SKJOB_CLUSTER_NAME_H

#include "error.h"

#define CLUSTER_NAME_MAX 64

/* In this order: SLURM_CLUSTER_NAME (set inside Slurm jobs), the ClusterName line of slurm.conf
 * (SLURM_CONF or where Slurm looks for it), what scontrol says (hosts that get their configuration
 * from slurmctld). Not libslurm: it ends the process when it finds no configuration. Slurm folds
 * the name to lower case. */
int cluster_name(char out[CLUSTER_NAME_MAX + 1], struct error *err);

/* Asks scontrol, which works also where the configuration comes from slurmctld. Returns 0, or -1:
 * then libslurm has no configuration either. */
int cluster_name_ask(char out[CLUSTER_NAME_MAX + 1]);

/* The value of a "ClusterName=" line of a slurm.conf, or of `scontrol show config`: 0, or -1 when
 * there is none. */
int cluster_name_parse(const char *text, char out[CLUSTER_NAME_MAX + 1]);

#endif
