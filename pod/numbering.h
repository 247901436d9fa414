/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which number an attempt has: Slurm's restart count of its task, in an array that came later
 * (retry, growth, another template) counted from where the Job's earlier attempts end. A slurmctld
 * that was killed has lost the last seconds of its state, and may run a task again with the same
 * count; what the first of these runs has recorded would be taken for the second one's. So a number
 * is claimed by making the pod's folder, which is possible once. Whoever finds it taken reads the
 * journal and takes the next free number.
 *
 * Cost: the mkdir that the first log would have made. Attempts of a plain array have no folder, and
 * make a hard link.
 */
#ifndef SKJOB_POD_NUMBERING_H
#define SKJOB_POD_NUMBERING_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "fold.h"
#include "pod_name.h"
#include "slurm_env.h"

struct numbering {
    const char *dir; /* the Job's folder */
    const char *job; /* its name and uid, for the pod's name */
    const char *uid;
    bool indexed;
    bool plain; /* it is a plain array */
};

/* Claims a number: slurm->attempt, and pod, the name that goes with it. Returns 0, or -1 with err
 * and errno. */
int numbering_claim(const struct numbering *n, struct slurm_env *slurm, char pod[POD_NAME_MAX + 1],
                    struct error *err);

/* Gives it back, for an attempt that may not run: pod's folder goes, if it is empty. */
void numbering_give_back(const struct numbering *n, const struct slurm_env *slurm, const char *pod);

/* Whether the task is one of an array that the Job had before: its index is another array's by now,
 * or none's. Whatever such a task does, attempts of its index are not its own. */
bool numbering_is_past(const struct fold *fold, const struct slurm_env *slurm);

/* For who did not claim it, but works on the same run of the task on the same node: the number that
 * its attempt has, as the journal knows; where it knows of none, the one that it would get. */
uint32_t numbering_find(const struct fold *fold, const struct slurm_env *slurm);

#endif
