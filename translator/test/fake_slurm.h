/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * slurm_api.h in memory: one slurmctld that knows one job, or none.
 */
#ifndef SKJOB_TEST_FAKE_SLURM_H
#define SKJOB_TEST_FAKE_SLURM_H

#include <stdbool.h>
#include <stdint.h>

extern struct fake_slurm {
    uint32_t job_id;         /* the job whose script holds whatever is asked for; 0 = none */
    uint32_t max_array_size; /* of the cluster */
    bool down;               /* does not answer */
    int asked;               /* how often a script was asked for */
    char needle[64];         /* the last one */
} fake_slurm;

#endif
