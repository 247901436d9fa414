/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Since 26.05 the calls of libslurm that take a job id take a step id by value. For the modules of
 * this folder only.
 */
#ifndef SKJOB_SLURM_JOB_REF_H
#define SKJOB_SLURM_JOB_REF_H

#include <stdint.h>

#include <slurm/slurm.h>

#if SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(26, 5, 0)
typedef slurm_step_id_t slurm_job_ref_t;
static inline slurm_job_ref_t slurm_job_ref(uint32_t id)
{
    slurm_step_id_t ref = SLURM_STEP_ID_INITIALIZER;
    ref.job_id = id;
    return ref;
}
#define JOB_ID_OF(info) ((info)->step_id.job_id)
#else
typedef uint32_t slurm_job_ref_t;
static inline slurm_job_ref_t slurm_job_ref(uint32_t id)
{
    return id;
}
#define JOB_ID_OF(info) ((info)->job_id)
#endif

#endif
