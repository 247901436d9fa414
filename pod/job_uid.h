/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The uid of a Job that nobody has given one: a manifest that was submitted by sbatch itself. All
 * tasks of the array find the same one, without asking anybody.
 */
#ifndef SKJOB_POD_JOB_UID_H
#define SKJOB_POD_JOB_UID_H

#include <stdint.h>

#define JOB_UID_LEN 36

/* A version 5 UUID (SHA-1 of a name) from the cluster's name and the array's (or job's) id. */
void job_uid_derive(char out[JOB_UID_LEN + 1], const char *cluster, uint32_t job_id);

#endif
