/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The volumes of one pod on its node: made once, before its first container; mounted into each
 * container; gone with the pod.
 *
 * What a volume needs on the node is in up to two folders of the pod (run_dir.h): one on disk below
 * $SKJOB_RUN_DIR, else $SLURM_TMPDIR, $TMPDIR or /tmp, the first that is fit; one in memory below
 * /dev/shm, for emptyDirs with medium Memory and for everything that may hold a Secret.
 *
 *   emptyDir                 a folder; Memory: in memory, where it counts against the job's memory.
 *                            sizeLimit is watched (volumes_check_limits), on disk and in memory
 *   configMap secret         files, mounted read-only; written before the first container starts,
 *   downwardAPI projected    and not updated while the pod runs
 *   hostPath                 the node's own, with the rights of the user
 *   nfs, persistentVolumeClaim   folders of the node that the site's configuration maps them to
 */
#ifndef SKJOB_POD_VOLUMES_H
#define SKJOB_POD_VOLUMES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "container.h"
#include "error.h"
#include "expand.h"
#include "pod_facts.h"
#include "run_dir.h"

/* What functions here return besides 0 and -1: the pod waits, and the call is repeated later; err
 * says what for in the words of the kubelet. */
#define VOLUMES_WAIT 1

/* The folder of the node that a site provides for nfs (name: the server, path: the export) or for
 * persistentVolumeClaim (name: the claim, path: the pod's namespace). Borrowed; NULL = none. */
typedef const char *volumes_map(void *arg, const char *kind, const char *name, const char *path);

/* Where the pod's folders are made. Strings are borrowed. */
struct volumes_place {
    const char *disk[4]; /* tried in this order; NULL ends */
    const char *memory;
};

/* From SKJOB_RUN_DIR, SLURM_TMPDIR and TMPDIR of the environment. */
struct volumes_place volumes_place_of(char *const environment[]);

struct volumes_ask {
    const json_t *pod_spec;        /* decoded */
    const struct pod_facts *facts; /* for the contents of configMap, secret, downwardAPI */
    const char *id;                /* names the pod's folder: "<Slurm job id>.<restart>" */
    struct volumes_place place;
    volumes_map *map; /* NULL = the site maps nothing */
    void *map_arg;
};

struct volume {
    char *name;
    char *path; /* what is mounted: absolute, links resolved; NULL = not made yet */
    bool read_only;
    int64_t limit;    /* sizeLimit of an emptyDir in bytes, 0 = none */
    char *limit_text; /* as it is printed */
};

struct volumes {
    struct run_dir disk, memory;
    struct volume *items;
    size_t n;
};

#define VOLUMES_INIT                                                                               \
    {                                                                                              \
        .disk = RUN_DIR_INIT, .memory = RUN_DIR_INIT                                               \
    }

/* Makes what is not made yet: called again after VOLUMES_WAIT, it goes on where it stopped. v
 * starts as VOLUMES_INIT. Returns 0, VOLUMES_WAIT or -1 with err; volumes_remove(v) in the end
 * either way.
 */
int volumes_prepare(struct volumes *v, const struct volumes_ask *ask, struct error *err);

/* An empty file in the pod's folder that a container may write, for its termination message: to be
 * mounted over terminationMessagePath. Makes the pod's folder if there is none. Returns its path,
 * which the caller frees, or NULL with err. */
char *volumes_message_file(struct volumes *v, const struct volumes_ask *ask, const char *container,
                           struct error *err);

/* An empty file there, for the pod's /etc/hosts, which all may read. The same. */
char *volumes_hosts_file(struct volumes *v, const struct volumes_ask *ask, struct error *err);

/* The mounts of one container. Strings are owned by the list. */
struct mount_list {
    struct mount *items;
    size_t n;
};

/* Fills out with the volumeMounts of container, in their order. lookup knows the container's
 * environment, for subPathExpr. Returns 0, VOLUMES_WAIT (CreateContainerConfigError) or -1. */
int volumes_mounts(const struct volumes *v, const json_t *container, expand_lookup *lookup,
                   void *lookup_arg, struct mount_list *out, struct error *err);

/* Appends a mount of the file or folder source. */
int mount_list_add(struct mount_list *list, const char *source, const char *target, bool read_only,
                   struct error *err);
void mount_list_free(struct mount_list *list);

/* Some emptyDir has a sizeLimit: volumes_check_limits() is worth calling. */
bool volumes_have_limits(const struct volumes *v);

/* Adds up the emptyDirs that have a sizeLimit: reads every folder in them, so call it every ten
 * seconds or so. Returns 1 when one is too large: the pod is to be evicted (reason Evicted), and
 * message holds the text; else 0. */
int volumes_check_limits(const struct volumes *v, struct error *message);

/* Removes everything that was made in the pod's folders and frees v. All processes of the pod must
 * be gone. Returns 0, or -1 with err when something stays on the node. */
int volumes_remove(struct volumes *v, struct error *err);

/* Removes what runners of this user have left that were killed. Cheap when there is nothing. */
void volumes_sweep(const struct volumes_place *place);

#endif
