/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A CronJob at work: one sync of the controller (lib/cronjob_plan.h) done with real Jobs, under the
 * lock of its state; and what the commands do that create or change one, or look at it.
 */
#ifndef SKJOB_CRONJOB_SYNC_H
#define SKJOB_CRONJOB_SYNC_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cronjob_jobs.h"
#include "cronjob_plan.h"
#include "cronjob_state.h"
#include "error.h"
#include "store.h"

/* A CronJob that nobody else works on. */
struct cronjob_sync {
    const struct store *store;
    json_t *cronjob; /* owned, as the rest */
    struct cronjob_state state;
    struct cronjob_jobs jobs;
    struct cronjob_plan plan;
    int64_t next; /* when to look again: plan.next, or earlier when something failed */
};

/* Takes the lock, and reads everything. uid: that of the one that is meant, NULL = any. Returns 0,
 * 1 when there is no such CronJob (any more), -1 with err. */
int cronjob_sync_open(struct cronjob_sync *c, const struct store *s, const char *ns,
                      const char *name, const char *uid, struct error *err);
void cronjob_sync_close(struct cronjob_sync *c);

#define cleanup_cronjob_sync __attribute__((cleanup(cronjob_sync_close)))

/* Does what is due at that time (seconds), tells it on out (NULL = quietly) and in the events, and
 * writes the state. What cannot be done is an event, and a reason to look again soon. */
int cronjob_sync_run(struct cronjob_sync *c, int64_t now, FILE *out, struct error *err);

/* Its next look is at that time at the latest. */
void cronjob_sync_look_again(struct cronjob_sync *c, int64_t at);

/* When its clock has to look at it next, without doing anything. NEVER: it needs no clock. */
int64_t cronjob_sync_peek(struct cronjob_sync *c, int64_t now, bool at_once, struct error *err);

/* ---- for commands ---- */

/* It was created or changed: sets its clock. at_once: a run that is due starts now; else the next
 * time counts (only schedule or timeZone changed). Returns 0, or -1 with err. */
int cronjob_sync_changed(const struct store *s, const char *ns, const char *name, bool at_once,
                         struct error *err);

/* Puts right a clock that was lost. Quiet, and best effort; nothing where all is well. */
void cronjob_sync_look(const struct store *s, const json_t *cronjob);

/* A whole round for skjob reconcile: what is due, and the clock. */
int cronjob_sync_reconcile(const struct store *s, const char *ns, const char *name, int64_t now,
                           FILE *out, struct error *err);

/* The object with its status, as users see it. Takes object, returns it. */
json_t *cronjob_sync_show(const struct store *s, json_t *object);

#endif
