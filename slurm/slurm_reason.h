/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Why a task waits (squeue's REASON), in words.
 */
#ifndef SKJOB_SLURM_REASON_H
#define SKJOB_SLURM_REASON_H

#include <stdint.h>

/* A constant text; "" when Slurm gives no reason. */
const char *slurm_reason_words(uint32_t reason);

#endif
