/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The volumes of the pod that this process runs (volumes.h), and what its containers get of them:
 * made before the first container starts, gone when all of its processes are.
 */
#ifndef SKJOB_POD_POD_STORAGE_H
#define SKJOB_POD_POD_STORAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "environment.h"
#include "error.h"
#include "pod_facts.h"
#include "slurm_env.h"
#include "volumes.h"

struct pod_storage {
    struct volumes volumes;
    struct volumes_place place;
    char id[48];
    bool is_ready;
    char *hosts;        /* what is mounted at /etc/hosts; NULL = nothing */
    int64_t look_at_ms; /* when the limits are looked at next; 0 = not set yet */
    int64_t pause_ms;
};

/* What one container gets. */
struct storage_share {
    struct mount_list mounts;
    char *message_file; /* what is mounted at its terminationMessagePath; NULL = nothing */
};

/* Sweeps away what runners that were killed have left here. env is borrowed. */
void pod_storage_open(struct pod_storage *s, const struct slurm_env *slurm, char *const env[]);

/* Makes the volumes, if that is still to be done, and the mounts of one container of the decoded
 * PodSpec. env is the container's, for subPathExpr. Returns 0; 1 when something is not there yet,
 * -1 when it cannot be done: both with err in the kubelet's words. */
int pod_storage_share(struct pod_storage *s, const struct pod_facts *facts, const json_t *container,
                      struct environment *env, struct storage_share *out, struct error *err);
void storage_share_free(struct storage_share *share);

/* The folder of a volume, borrowed from s. Makes the volumes; returns like pod_storage_share. */
int pod_storage_find(struct pod_storage *s, const struct pod_facts *facts, const char *name,
                     const char **path, struct error *err);

/* Makes the file for /etc/hosts, empty: containers that start from now on have it there, unless
 * they mount something else. Returns its path, or NULL with err. */
const char *pod_storage_hosts(struct pod_storage *s, const struct pod_facts *facts,
                              struct error *err);

/* Looks at the sizeLimits when it is time: a second after the start, later every ten. Returns 1
 * when the pod is to be evicted, with the reason in message; lowers *due to the next look. */
int pod_storage_look(struct pod_storage *s, int64_t now_ms, int64_t *due, struct error *message);

/* All processes of the pod are gone. Returns 0, or -1 with err when something stays. */
int pod_storage_close(struct pod_storage *s, struct error *err);

#endif
