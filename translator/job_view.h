/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A Job as it stands now: object.json and the journal, folded.
 */
#ifndef SKJOB_JOB_VIEW_H
#define SKJOB_JOB_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "fold.h"
#include "store.h"

struct job_live;

struct job_view {
    json_t *object;        /* as it is now, with its status; owned */
    json_t *created;       /* as it was created; owned */
    struct fold *fold;     /* owned */
    char *dir;             /* its folder; owned */
    const char *partition; /* of the first task that Slurm still has; NULL = not known */
    /* private */
    bool follows;
    uint32_t template_number; /* which template the fold has: fold_template_of() */
    uint64_t object_seen;     /* what object.json looked like from outside */
};

/* The object also gets the annotation with Slurm's job ids, where they are known: of a Job that
 * has grown those of all its arrays, as "10,12".
 * now_us: the time of the observer. Damaged lines of the journal are told on standard error.
 * Returns 0, 1 when there is no such Job, -1 with err. */
int job_view_load(struct job_view *v, const struct store *s, const char *ns, const char *name,
                  int64_t now_us, struct error *err);
void job_view_free(struct job_view *v);

/* The same for a Job that may have outlived its ttlSecondsAfterFinished: job_view_load() removes it
 * and returns 1. */
int job_view_load_keep(struct job_view *v, const struct store *s, const char *ns, const char *name,
                       int64_t now_us, struct error *err);

/* The same without Slurm's view, and without the status. */
int job_view_load_journal(struct job_view *v, const struct store *s, const char *ns,
                          const char *name, int64_t now_us, struct error *err);

/* The same again and again: a zeroed view is loaded, later ones are brought up to date, for which
 * only what the journal has got since is read. What was borrowed from the view is gone. On anything
 * but 0 the view is empty. journal_only: as job_view_load_journal(). */
int job_view_follow(struct job_view *v, const struct store *s, const char *ns, const char *name,
                    bool journal_only, int64_t now_us, struct error *err);

/* Reads the journal again into v->fold, and runs it. The object stays as it was. */
int job_view_refold(struct job_view *v, int64_t now_us, struct error *err);

/* The template of the pods with this attempt number (fold_template_of). Returns 0 and a new
 * reference, or -1 with err. */
int job_view_template(const struct job_view *v, uint32_t attempt, json_t **out, struct error *err);

/* Whether slurmctld has not answered while a view was loaded, or when one was followed last: what
 * it shows may be out of date. */
bool job_view_is_journal_only(void);

#define cleanup_job_view __attribute__((cleanup(job_view_free)))

/* The Job's name, and its spec as it stands, with all changes. Borrowed: the spec until the journal
 * is read again. */
const char *job_view_name(const struct job_view *v);
const struct job_spec *job_view_spec(const struct job_view *v);

/* Appends a record to its journal, as this host. Returns 0, or -1 with err. */
int job_view_record(const struct job_view *v, const struct journal_record *r, struct error *err);

/* Whether the Job is known to be submitted. */
bool job_view_is_submitted(const struct job_view *v);

/* Slurm's view, as it was got when the Job was loaded unless that was long ago; NULL when Slurm has
 * nothing to add, or does not answer. Valid until the next question. */
const struct job_live *job_view_live(const struct job_view *v);

/* "Complete", "Failed", "Suspended", …: the STATUS column of kubectl get jobs. */
const char *job_view_state(const struct job_view *v);

/* Whether a condition of the status is "True"; type is compared without case, as kubectl wait
 * does. */
bool job_view_condition(const struct job_view *v, const char *type);

/* The time of day in microseconds. */
int64_t job_view_now(void);

/* "job/pi", "jobs/pi", "job.batch/pi" or "pi" to "pi"; NULL for another kind of object. */
const char *job_name_of(const char *word);

/* kubectl's text for a Job that is not there. */
void job_print_not_found(const char *name);

#endif
