/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a container's mounts go on the node's own root file system. A mount needs a place to hang
 * on to; where the node has none, the deepest folder that is there is rebuilt: an empty file system
 * of the container's own, with everything that was in the folder bound into it, and room for more.
 */
#ifndef SKJOB_POD_SANDBOX_ROOT_H
#define SKJOB_POD_SANDBOX_ROOT_H

#include <stdbool.h>
#include <stddef.h>

#include "container.h"
#include "error.h"

struct sandbox_mount {
    const struct mount *mount;
    char *target;    /* absolute, without . and .. and, as far as the node has it, without links */
    char *wanted;    /* as the manifest says, cleaned */
    size_t existing; /* the length of the part of target that the node has; 0 = nothing of it */
    bool nested;     /* inside of another mount: the place is made there */
};

struct sandbox_root {
    struct sandbox_mount *mounts; /* parents before children */
    size_t n;
    char **rebuilt; /* folders, parents before children; borrowed from no one */
    size_t n_rebuilt;
};

/* Looks at the node. Returns 0, or -1 with err: a mount over "/" or inside of /proc, a folder over
 * a file, or a file over a folder. Free it either way. */
int sandbox_root_plan(struct sandbox_root *out, const struct container *c, struct error *err);
void sandbox_root_free(struct sandbox_root *root);

/* An entry of this name in a rebuilt folder would be in the way: a mount makes it. */
bool sandbox_root_makes(const struct sandbox_root *root, const char *folder, const char *name);

/* An entry of this name in a rebuilt folder is rebuilt itself: what the node has there would only
 * be covered. */
bool sandbox_root_rebuilds(const struct sandbox_root *root, const char *folder, const char *name);

/* Is path inside of folder, or the folder itself? */
bool sandbox_root_within(const char *path, const char *folder);

#endif
