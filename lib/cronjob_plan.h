/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the CronJob controller does at one moment (pkg/controller/cronjob/cronjob_controllerv2.go,
 * syncCronJob and cleanupFinishedJobs of Kubernetes 1.36): which old Jobs go, what became of the
 * active ones, whether a Job is due, and when to look again. Pure: the caller brings the Jobs and
 * the time, and does what the plan says, in its order. Unlike there, a zone that cannot be read is
 * looked for again an hour later: this node may lack the files, and the next one have them.
 *
 * Times are seconds since 1970, CRONJOB_NEVER stands for none.
 */
#ifndef SKJOB_CRONJOB_PLAN_H
#define SKJOB_CRONJOB_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "timezone.h"

#define CRONJOB_NEVER INT64_MIN

enum cronjob_end { CRONJOB_UNFINISHED, CRONJOB_COMPLETE, CRONJOB_FAILED };

/* A Job whose controller is the CronJob. The texts are borrowed. */
struct cronjob_job {
    const char *name, *uid;
    enum cronjob_end end;
    int64_t started, completed; /* of its status */
};

enum cronjob_act {
    CRONJOB_TELL,    /* an event: type, reason, text */
    CRONJOB_DELETE,  /* an old Job, in the background: text is its name */
    CRONJOB_REPLACE, /* the same of an active one: unless that succeeds, nothing is created */
    CRONJOB_CREATE,  /* the Job that is due, the last action; see cronjob_plan_created() */
};

struct cronjob_action {
    enum cronjob_act act;
    const char *type, *reason; /* static */
    char *text;                /* owned */
};

struct cronjob_plan {
    struct cronjob_action *v;
    size_t len;
    json_t *status;    /* of the CronJob, once all but CREATE is done; owned */
    int64_t scheduled; /* which time of the schedule the Job of CREATE is for */
    int64_t next;      /* when to look again at the latest; NEVER: not before the CronJob changes */
    bool blocked;      /* a run is due, but waits for the active Jobs to end (Forbid) */
    struct timezone_info *zone; /* of spec.timeZone, in which the Job's time is written; owned, or
                                   NULL = UTC, also for a schedule in the local zone */
};

/* cronjob: decoded and defaulted, as it was created; status: what it was so far, or NULL.
 * local: the zone of a schedule without timeZone (borrowed, NULL = UTC); zoneinfo: see
 * timezone_load(). Returns 0, or -1 with err when out of memory. p is to be freed in any case. */
int cronjob_plan_make(struct cronjob_plan *p, const json_t *cronjob, const json_t *status,
                      const struct cronjob_job *jobs, size_t n, int64_t now,
                      const struct timezone_info *local, const char *zoneinfo, struct error *err);

/* A time of a status, NEVER when there is none. */
int64_t cronjob_plan_time(const json_t *status, const char *field);

/* The Job of CREATE is there: it is active from now on, and its time is the last one. */
int cronjob_plan_created(struct cronjob_plan *p, const json_t *cronjob, const char *name,
                         const char *uid, struct error *err);

/* Whether CREATE is among the actions. */
bool cronjob_plan_is_due(const struct cronjob_plan *p);

void cronjob_plan_free(struct cronjob_plan *p);

#define cleanup_cronjob_plan __attribute__((cleanup(cronjob_plan_free)))

#endif
