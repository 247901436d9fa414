/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A Job that is looked at again and again. A look costs some stat calls while its journal stays as
 * it is, of a journal that has grown only what is new is read, and slurmctld is asked once in an
 * interval that grows with the time that is spent: 1 s at first, 10 s after 100 s.
 */
#ifndef SKJOB_JOB_WATCH_H
#define SKJOB_JOB_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "job_view.h"
#include "store.h"

struct job_watch {
    struct job_view view; /* of the last look; valid until the next */
    bool changed;         /* the last look read the Job anew */
    bool journal_only;    /* slurmctld is never asked, and view.object has no status */
    /* private */
    uint64_t seen;
    int64_t began_us;
    int64_t read_us; /* when it was read last, and how long that took */
    int64_t took_us;
    int64_t full_us; /* when it was read last although its journal is as it was */
};

/* Returns 0, 1 when there is no such Job, -1 with err. A zeroed struct begins. */
int job_watch_look(struct job_watch *w, const struct store *s, const char *ns, const char *name,
                   struct error *err);

/* Waits as long as makes sense before the next look, until until_us at most. */
void job_watch_sleep(const struct job_watch *w, int64_t until_us);

/* The interval between two questions to slurmctld after so much time, in microseconds. */
int64_t job_watch_interval(int64_t spent_us);

bool job_watch_ended(const struct job_watch *w);

void job_watch_free(struct job_watch *w);

#define cleanup_job_watch __attribute__((cleanup(job_watch_free)))

#endif
