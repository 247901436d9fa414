/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * subPath of a volumeMount: a folder or file inside of a volume. A volume is filled by containers,
 * and may hold a symbolic link to anywhere: no link leads out of it (pkg/volume/util/subpath of
 * Kubernetes). The path that comes out is looked up once more when it is mounted: who puts a link
 * there in between leads the container astray, but no further than its user may go.
 */
#ifndef SKJOB_POD_SUBPATH_H
#define SKJOB_POD_SUBPATH_H

#include <stdbool.h>

#include "error.h"

/* Resolves sub inside of the folder volume; what is missing is made as folders of the volume's own
 * mode. mount and container are the names for the message, which tells no details, as in
 * Kubernetes. Returns the path with symbolic links resolved, which the caller frees, or NULL with
 * err. */
char *subpath_resolve(const char *volume, const char *sub, const char *mount, const char *container,
                      struct error *err);

/* Whether some element of the path is "..". */
bool subpath_goes_up(const char *path);

#endif
