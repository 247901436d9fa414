/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The only door to Slurm's API. libslurm is loaded when it is first needed: commands that do not
 * talk to slurmctld start faster and run without Slurm.
 */
#ifndef SKJOB_SLURM_API_H
#define SKJOB_SLURM_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"

struct slurm_cluster {
    char name[65];
    uint32_t max_array_size; /* one more than the highest array index */
    uint32_t max_job_count;
    uint16_t message_timeout; /* seconds */
};

/* Asks slurmctld. Returns 0, or -1 with err when Slurm is not installed or does not answer. */
int slurm_api_cluster(struct slurm_cluster *out, struct error *err);

/* Looks for a job of this user, submitted since then, whose script holds the text needle; alive:
 * that has not ended. Those of that name are looked at first; an option of the user's may have
 * given it another one. Returns 1 and *job_id (of the array), 0 when there is none, -1 with err
 * when slurmctld cannot be asked. */
int slurm_api_find_script(uid_t uid, const char *name, int64_t since, bool alive,
                          const char *needle, uint32_t *job_id, struct error *err);

/* Whether the script of the job (of an array: of the array) holds the text; false as well when
 * slurmctld does not know it, or cannot be asked. */
bool slurm_api_script_holds(uint32_t job_id, const char *needle);

/* Cancels the array (or job) with all its tasks. A job that has ended, or that Slurm has forgotten,
 * is no error. */
int slurm_api_cancel(uint32_t job_id, struct error *err);

/* Whether a task of the array is still pending, running or completing: 1, 0, or -1 with err. */
int slurm_api_is_alive(uint32_t job_id, struct error *err);

/* The ids of this user's jobs (arrays) of which a task is pending, running or completing, in no
 * order, some more than once. The caller frees *ids. Returns 0, or -1 with err. */
int slurm_api_list_alive(uid_t uid, uint32_t **ids, size_t *n, struct error *err);

#endif
