/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How long a pod that is deleted may take to end, where its user has said so (skjob delete
 * --grace-period): a number of seconds in a file "grace", in the folder of the pod, else of the
 * Job. A pod that is deleted by itself has such a file in any case, and with another word in it
 * where the user has said nothing.
 */
#ifndef SKJOB_POD_GRACE_H
#define SKJOB_POD_GRACE_H

#include <stdbool.h>
#include <stdint.h>

/* dir: the Job's folder. Returns whether there is such a file, and its number. */
bool grace_read(const char *dir, const char *pod, int64_t *ms);

/* Whether the pod is being deleted, it alone. A container may end of SIGTERM before the runner gets
 * its own: Slurm signals one process after the other. */
bool grace_is_deleted(const char *dir, const char *pod);

#endif
