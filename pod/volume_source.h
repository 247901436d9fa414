/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What each kind of volume becomes on the node.
 */
#ifndef SKJOB_POD_VOLUME_SOURCE_H
#define SKJOB_POD_VOLUME_SOURCE_H

#include "volumes.h"

/* Makes the volume of this element of spec.volumes: sets out->path and what belongs to it. Returns
 * 0, VOLUMES_WAIT or -1 with err, in words that follow 'MountVolume.SetUp failed for volume "v" :
 * '.
 */
int volume_source_make(struct volumes *v, const struct volumes_ask *ask, const json_t *volume,
                       struct volume *out, struct error *err);

/* The pod's folder on disk or in memory, made when it is first needed. NULL with err. */
struct run_dir *volumes_folder(struct volumes *v, const struct volumes_ask *ask, bool memory,
                               struct error *err);

#endif
