/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The requests about jobs and array tasks that slurmctld answers with records, or with a code for
 * each record; for the modules of this folder only.
 */
#ifndef SKJOB_SLURM_JOBS_H
#define SKJOB_SLURM_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include <slurm/slurm.h>

#include "error.h"
#include "slurm_answer.h"

/* An array is never shared in a federation: without SHOW_LOCAL libslurm asks for that, too. */
#define SLURM_JOBS_SHOW ((uint16_t)(SHOW_ALL | SHOW_LOCAL))

/* The records of a job or an array. *msg is freed by slurm_jobs_free(); it is NULL unless the
 * answer is SLURM_DONE. */
enum slurm_answer slurm_jobs_read(uint32_t job_id, job_info_msg_t **msg, struct error *err);

/* Those of all of this user's jobs. */
enum slurm_answer slurm_jobs_read_mine(job_info_msg_t **msg, struct error *err);
void slurm_jobs_free(job_info_msg_t *msg);

/* A change of nothing yet. Returns 0, or -1 with err. */
int slurm_jobs_change(job_desc_msg_t *change, struct error *err);

/* Whether an error of one task is none of the request: such a task is left as it is. */
typedef bool slurm_jobs_left_out(int error);

/* Both: tasks as in slurm_task.h. left_out may be NULL: then every error counts. */
enum slurm_answer slurm_jobs_update(const char *tasks, job_desc_msg_t *change,
                                    slurm_jobs_left_out *left_out, struct error *err);
enum slurm_answer slurm_jobs_requeue(const char *tasks, uint32_t flags,
                                     slurm_jobs_left_out *left_out, struct error *err);

#endif
