/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Running again what failed of a Job that has failed. Slurm has forgotten the Job's array by then,
 * or cannot requeue its tasks any more: another array is submitted, of the same script and with
 * those indexes, and is the Job's array from then on. A record in the journal (JOURNAL_RETRIED)
 * says so, and lib/fold.h what it means: the failures of before count no more, the numbers of the
 * attempts go on, logs stay.
 *
 * The order is that of job_resubmit.h; behind the record, the file "end" goes.
 */
#ifndef SKJOB_JOB_RETRY_H
#define SKJOB_JOB_RETRY_H

#include <stdint.h>

#include "error.h"
#include "job_view.h"
#include "store.h"

struct job_retried {
    uint32_t job_id; /* of the new array */
    uint64_t again;  /* how many indexes (without completion indexes: pods) */
    uint64_t of;
};

/* indexes: those to run again (1,3-5), NULL = all that have not succeeded. seconds: how long to
 * wait for pods that are still ending. Returns 0, or -1 with err: nothing was changed. */
int job_retry(const struct store *s, struct job_view *v, const char *indexes, long seconds,
              struct job_retried *out, struct error *err);

/* Removes the file "end" of before the last retry, should somebody have died before doing so. */
int job_retry_clear_end(const struct job_view *v, struct error *err);

#endif
