/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * hostPath volumes: what has to be at the path, and what is made there (pkg/volume/hostpath of
 * Kubernetes). What is made stays on the node, as there.
 */
#ifndef SKJOB_POD_HOST_PATH_H
#define SKJOB_POD_HOST_PATH_H

#include "error.h"

/* type as in the manifest, "" = no check: a path that is missing becomes a folder then, as
 * containerd does. Returns the path with symbolic links resolved, which the caller frees, or NULL
 * with err in the kubelet's words. */
char *host_path_prepare(const char *path, const char *type, struct error *err);

#endif
