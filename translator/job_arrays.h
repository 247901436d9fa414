/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The arrays that a Job is (lib/fold.h): one, or several when it has grown. What is done to the Job
 * is done to each of them. One that Slurm has forgotten, as all of its tasks are done, is no error.
 */
#ifndef SKJOB_JOB_ARRAYS_H
#define SKJOB_JOB_ARRAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "job_view.h"

/* Whether a task of it is pending, running or completing: 1, 0, or -1 with err. */
int job_arrays_alive(const struct job_view *v, struct error *err);

/* Waits until no task is. Returns 0, 1 when the time is up before, or -1 with err. */
int job_arrays_wait(const struct job_view *v, long seconds, struct error *err);

/* All return 0, or -1 with err. */
int job_arrays_cancel(const struct job_view *v, struct error *err);

/* Nothing of it starts any more, and what runs is ended and goes back into the queue, held. */
int job_arrays_pause(const struct job_view *v, struct error *err);

/* Sends a signal to the batch scripts that run. Best effort. */
void job_arrays_signal(const struct job_view *v, int signal);

/* Ends the tasks of the indexes from first to last. */
int job_arrays_end(const struct job_view *v, uint32_t first, uint32_t last, struct error *err);

#endif
