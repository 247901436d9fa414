/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether a file looks like the manifest of a Job: no judgement of its YAML or JSON, which is the
 * translator's, but enough to leave alone what is none.
 */
#ifndef SKJOB_PLUGIN_SNIFF_H
#define SKJOB_PLUGIN_SNIFF_H

#include <stdbool.h>

/* In the first 64 KiB:
 *  - either there is no "#!" line, or one with a word skjob or skjob-pod (as the last component of
 * a path, too);
 *  - the comments at the head hold no #SKJOB line: that one is translated already;
 *  - the first document that is not empty is a mapping with apiVersion batch/v1 and kind Job: in
 *    block style with both at the start of a line, or in flow style (JSON). ConfigMaps, Secrets and
 *    Services in block style may stand before it.
 * fd: readable; its offset does not matter. */
bool sniff_is_job(int fd);

#endif
