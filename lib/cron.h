/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Schedules of CronJobs: the grammar and the search of robfig/cron v3 (ParseStandard), with its
 * messages, and the missed-run arithmetic of Kubernetes' CronJob controller.
 */
#ifndef SKJOB_CRON_H
#define SKJOB_CRON_H

#include "error.h"
#include "timezone.h"

#include <stdbool.h>
#include <stdint.h>

struct cron;

/* Parses a schedule. The zone of a TZ= or CRON_TZ= prefix is not looked up, and counts for nothing
 * (the API server refuses such a schedule): see cron_check(). Returns 0, or -1 with *out NULL and
 * err in the words of robfig/cron. */
int cron_parse(const char *text, struct cron **out, struct error *err);

/* The whole check of the API server: as cron_parse(), but a prefix with an unknown zone is an
 * error, too, and comes first. root: see timezone_load(). */
int cron_check(const char *text, const char *root, struct error *err);

/* NULL is allowed. */
void cron_free(struct cron *c);

/* The first time of the schedule strictly later than t (seconds since 1970), in zone tz (NULL =
 * UTC), with Go's behaviour around daylight saving changes. Returns false when there is none within
 * five years. */
bool cron_next(const struct cron *c, const struct timezone_info *tz, int64_t t, int64_t *next);

struct cron_missed {
    bool found;    /* is there a run due? */
    int64_t time;  /* the latest one that is not later than now */
    int64_t base;  /* what the search started from */
    bool too_many; /* more than 100 runs missed: the event TooManyMissedTimes is due */
};

/* mostRecentScheduleTime of the controller: which run is due now. base is the last schedule time,
 * or the creation time before the first; deadline is startingDeadlineSeconds, negative for none.
 * Returns 0, or -1 with err when the schedule never fires. */
int cron_most_recent_missed(const struct cron *c, const struct timezone_info *tz, int64_t base,
                            int64_t now, int64_t deadline, struct cron_missed *out,
                            struct error *err);

#endif
