/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What skjob knows of a CronJob beside the object that its user wrote: the status, the Slurm job
 * that is its clock, and what happened. A file <root>/clocks/<namespace>/<name>/state.json, written
 * aside and renamed; only whoever has the lock beside it writes.
 *
 * The lock keeps two ticks from doing the same at once. It ends with its process. Where the file
 * system has no locks, there is none: all that a tick does can be done twice (a Job is created by
 * its name).
 */
#ifndef SKJOB_CRONJOB_STATE_H
#define SKJOB_CRONJOB_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "store.h"

#define CRONJOB_EVENTS_MAX 64

struct cronjob_state {
    char *dir;   /* owned */
    json_t *doc; /* owned: uid, clock, wake, status, failures, events */
    int lock;    /* -1 = read only */
};

/* Reads it; a CronJob of another uid has left nothing. Returns 0, or -1 with err. */
int cronjob_state_read(struct cronjob_state *s, const struct store *store, const json_t *cronjob,
                       struct error *err);

/* The same with the lock, for which it waits so many seconds. */
int cronjob_state_lock(struct cronjob_state *s, const struct store *store, const json_t *cronjob,
                       int seconds, struct error *err);

int cronjob_state_write(const struct cronjob_state *s, struct error *err);

/* Gives the lock back. */
void cronjob_state_close(struct cronjob_state *s);

#define cleanup_cronjob_state __attribute__((cleanup(cronjob_state_close)))

/* Removes all that is kept of it. */
int cronjob_state_remove(const struct store *store, const char *ns, const char *name,
                         struct error *err);

/* Borrowed; NULL before the first tick. */
json_t *cronjob_state_status(const struct cronjob_state *s);
void cronjob_state_set_status(struct cronjob_state *s, const json_t *status);

/* The Slurm jobs of the CronJob: its clock, and what wakes it when a Job ends. 0 = none. */
enum cronjob_timer { CRONJOB_CLOCK, CRONJOB_WAKE };
uint32_t cronjob_state_timer(const struct cronjob_state *s, enum cronjob_timer timer);
/* What it is set to: the clock's time in seconds, or the Jobs that the other one waits for. */
const char *cronjob_state_timer_for(const struct cronjob_state *s, enum cronjob_timer timer);
void cronjob_state_set_timer(struct cronjob_state *s, enum cronjob_timer timer, uint32_t job,
                             const char *set_to);

/* How many times in a row the Job could not be created. */
int cronjob_state_failures(const struct cronjob_state *s);
void cronjob_state_set_failures(struct cronjob_state *s, int n);

/* Adds an event; the same one again counts on. Old ones are forgotten. */
void cronjob_state_tell(struct cronjob_state *s, int64_t now, const char *type, const char *reason,
                        const char *message);

/* The events as objects of the API, the oldest first: a new list, NULL when out of memory. */
json_t *cronjob_state_events(const struct cronjob_state *s, const json_t *cronjob);

#endif
