/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tells the runners of pods that are about to be deleted how long these may take to end: see
 * pod/grace.h, which reads it.
 */
#ifndef SKJOB_DELETE_GRACE_H
#define SKJOB_DELETE_GRACE_H

#include <stdint.h>

/* folder: of the Job. seconds < 0: as the pods' own grace period says. What cannot be written is
 * told on standard error and keeps nobody from deleting. */
void delete_grace_write(const char *folder, int64_t seconds);

/* The same with the folder of one pod. Its runner finds a file in any case. */
void delete_grace_write_pod(const char *folder, int64_t seconds);

/* Nothing was deleted after all. */
void delete_grace_remove(const char *folder);

#endif
