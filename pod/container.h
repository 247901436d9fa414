/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One container as a runtime is asked to start it: what the manifest says of it, after everything
 * was looked up and expanded. Whoever fills it owns what it points to; a runtime only reads it.
 */
#ifndef SKJOB_POD_CONTAINER_H
#define SKJOB_POD_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mount_kind {
    MOUNT_BIND,  /* source, a folder or a file of the node, appears at target */
    MOUNT_TMPFS, /* an empty file system in memory */
};

/* A volume in a container. */
struct mount {
    enum mount_kind kind;
    const char *source; /* absolute, symbolic links resolved; NULL for MOUNT_TMPFS */
    const char *target; /* absolute; need not exist on the node */
    bool read_only;
};

struct container {
    const char *name;
    const char *image;
    char *const *command; /* NULL-terminated; an empty list: the image's entrypoint */
    char *const *args;
    char *const *envp;
    const char *cwd; /* workingDir; NULL = the runtime's default */
    const struct mount *mounts;
    size_t n_mounts;
    const char *hostname; /* NULL = the node's */
    bool read_only_root;
    struct launch *launch; /* how its runtime runs it (launch.h); NULL = on the node itself */
};

#endif
