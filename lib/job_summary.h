/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A large Job at a glance, from its fold: how each index stands, how fast it goes, how long pods
 * took, what failed and of what. One pass over the attempts; one byte an index is kept.
 */
#ifndef SKJOB_JOB_SUMMARY_H
#define SKJOB_JOB_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "fold.h"

enum index_state {
    INDEX_WAITING, /* no pod of it has started */
    INDEX_RUNNING,
    INDEX_SUCCEEDED,
    INDEX_RETRYING, /* its last pod failed, and it is run again */
    INDEX_FAILED,   /* for good */
    INDEX_STATES
};

/* Attempts that failed alike. */
struct summary_cause {
    const struct fold_attempt *last; /* the one that ended last */
    uint64_t attempts;
};

#define SUMMARY_CAUSES  8 /* the most frequent ones */
#define SUMMARY_SLOWEST 5
#define SUMMARY_RECENT  (INT64_C(600) * 1000000) /* what the rate is taken from, at most */

/* Slurm allows arrays of four million tasks; further indexes are passed over. */
#define SUMMARY_INDEXES_MAX (1u << 24)

struct job_summary {
    uint8_t *states; /* of index 0 to n - 1: enum index_state; owned */
    uint32_t n;      /* indexes of the Job; tasks, where it has none */
    uint64_t counts[INDEX_STATES];
    bool finished;     /* Complete or Failed */
    int64_t end_us;    /* when the Job ended, else now: until then attempts count that have not */
    uint64_t attempts; /* that have ended */
    uint64_t failed_attempts;
    int64_t busy_us;   /* the sum of their durations */
    int64_t failed_us; /* of the failed ones */
    int64_t median_us; /* of the successful ones; -1 = none yet */
    int64_t p95_us;
    double per_second; /* successes of late (SUMMARY_RECENT), of a Job that has ended all
                        * of them; 0 = not known */
    int64_t left_us;   /* until the rest is done at that rate; -1 = not known */
    const struct fold_attempt *slowest[SUMMARY_SLOWEST]; /* running ones count until now */
    size_t n_slowest;
    struct summary_cause causes[SUMMARY_CAUSES];
    size_t n_causes;
};

/* f has been run; what is borrowed of it is valid until it is run again. Returns 0, or -1 with err
 * (out of memory). */
int job_summary_make(const struct fold *f, int64_t now_us, struct job_summary *out,
                     struct error *err);
void job_summary_free(struct job_summary *s);

#define cleanup_job_summary __attribute__((cleanup(job_summary_free)))

/* How long the attempt took, or has taken until now_us; -1 when its start is not known. */
int64_t job_summary_duration(const struct fold_attempt *a, int64_t now_us);

/* The k-th smallest of n values (k < n), which are put into another order. */
int64_t job_summary_nth(int64_t *v, size_t n, size_t k);

#endif
