/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The question to slurmctld, in a process of its own: libslurm waits a minute for one that is gone,
 * and ends the process where it finds no configuration.
 */
#ifndef SKJOB_LIVE_ASK_H
#define SKJOB_LIVE_ASK_H

#include "job_live.h"

/* Fills live with the tasks of the n arrays, in no order; its memory is used again. None at all of
 * an array that Slurm does not know. n 0: those of all of this user's jobs. Returns 0, or -1 when
 * there was no answer within limit_ms. */
int live_ask(struct job_live *live, const struct fold_array *arrays, size_t n, int limit_ms);

#endif
