/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an answer of slurmctld means for the caller.
 */
#ifndef SKJOB_SLURM_ANSWER_H
#define SKJOB_SLURM_ANSWER_H

#include "error.h"

enum slurm_answer {
    SLURM_DONE,
    SLURM_REFUSED,     /* slurmctld says no, with err */
    SLURM_UNAVAILABLE, /* slurmctld does not answer: worth another try, with err */
};

/* Judges an error number of libslurm, which calls it text. Never SLURM_DONE. For the modules of
 * this folder only. */
enum slurm_answer slurm_answer_judge(int error, const char *text, struct error *err);

#endif
