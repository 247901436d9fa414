/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For tests: a slurmctld that answers as told and writes down what it was asked, with a clock of
 * its own.
 */
#ifndef SKJOB_TEST_FAKE_SLURM_H
#define SKJOB_TEST_FAKE_SLURM_H

#include "../closing.h"
#include "../slurm_ops.h"
#include "job_folder.h"
#include "strbuf.h"

struct fake_slurm {
    int64_t now_us;
    struct slurm_task task;
    int unavailable;         /* so many calls find no slurmctld */
    enum slurm_answer begin; /* the answer to begin */
    struct strbuf calls;     /* "read 12; requeue? 10_3; begin 10_3 +5; cancel 10_[0-2]" */
};

extern struct fake_slurm fake;
extern const struct slurm_ops fake_ops;

/* Forgets everything; the time is T0 + seconds. */
void fake_reset(double seconds);
void fake_free(void);

/* The closing of a pod whose only container, main, ends now. What is told to closing.h about the
 * pod is overwritten by the next call. */
struct closing fake_closing(const struct slurm_env *slurm, const char *dir, int exit_code);

#endif
