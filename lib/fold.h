/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state of a Job = fold(object.json, events, end, live state of Slurm). Nothing else is
 * authoritative, and nothing is stored: every reader folds for itself and gets the same.
 *
 * The result does not depend on the order of the files or of the records, nor on records that come
 * twice. Each attempt (index, attempt) is counted once: fold_table.h says what is kept of an
 * attempt that has several ends. Then the records are handed to the state machine (machine.h, as a
 * bookkeeper) in the order of their times; at the same time first what concerns the whole Job, then
 * ends, restarts and deletions, the terminal decision, and at last starts, each by (index,
 * attempt).
 *
 * - An attempt without an end is an active pod, unless a later attempt of its index exists: then it
 *   was lost and counts as a disrupted one.
 * - While there is a terminal decision, the machine makes none of its own: what one node decided is
 *   what everyone sees, also where clocks differ. Without one the machine decides; whoever acts on
 *   that makes it lasting with journal_end_make().
 * - A Job that was retried after its failure (JOURNAL_RETRIED) goes on as another array. What
 *   failed before counts no more, nor do clock, conditions and decision of then; what succeeded
 *   stays so, and so do changes of the spec. Attempts of the new array come after the retry.
 * - So does a suspended Job whose template has changed (JOURNAL_RENEWED), but all that was counted
 *   before stays so. An attempt of an earlier array that has no end is over, and counts as nothing.
 * - A Job that has got more completions (JOURNAL_GROWN) has another array for them, beside those
 *   that it has; attempts of it come after the growth. An index that it had before, and lost,
 *   begins anew: what it did then is void. A growth that came too late, after the Job's end, or
 *   begins elsewhere than at the completions of that moment, as others have changed them, changes
 *   nothing.
 * - Times that contradict each other, as clocks may differ, are made to agree (fold_table_settle).
 *
 * Usage: fold_new, fold_read (or fold_add and fold_set_end), fold_live for what Slurm says, then
 * fold_run; after that the rest. Cost is linear in the number of records; about 60 bytes an attempt
 * are kept.
 */
#ifndef SKJOB_FOLD_H
#define SKJOB_FOLD_H

#include "error.h"
#include "fold_table.h"
#include "journal.h"
#include "journal_read.h"
#include "machine.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fold;

struct fold_config {
    int64_t backoff_base_us; /* see machine_config; 0 = 10 s and 360 s */
    int64_t backoff_cap_us;
    bool start_at_submission; /* the Job's clock starts when it is submitted, not when it runs */
    bool goes_on; /* it will be read on, see fold_read_on: 40 bytes an attempt more are kept */
};

/* Fills in the back-off from texts in seconds, fractions allowed (SKJOB_BACKOFF_BASE and
 * SKJOB_BACKOFF_MAX). What is NULL, "" or no number leaves what is there, or the default for 0. */
void fold_config_backoff(struct fold_config *config, const char *base, const char *cap);

/* Such a text in microseconds. */
int64_t fold_config_seconds(const char *text, int64_t otherwise_us);

/* job is the Job as it was created (object.json); it is copied. config may be NULL. *out is owned
 * by the caller, NULL on error. */
int fold_new(const json_t *job, const struct fold_config *config, struct fold **out,
             struct error *err);
void fold_free(struct fold *f);

static inline void fold_freep(struct fold **p)
{
    fold_free(*p);
}

#define cleanup_fold __attribute__((cleanup(fold_freep)))

/* Reads the folder events and the file end of a job folder. Damaged lines go to damaged(arg, file,
 * line, why), see journal_read.h; it may be NULL. */
int fold_read(struct fold *f, int job_fd,
              void (*damaged)(void *arg, const char *file, size_t line, const char *why), void *arg,
              struct error *err);

/* What has come since fold_read() or the last fold_read_on(), of a fold that goes on: only that is
 * read. What fold_live() and fold_set_end() said is forgotten. Then fold_run() again: it makes the
 * same of it as a new fold. Returns 0; 1 when the journal is not the one that was read (a file was
 * replaced), and a new fold is needed; or -1 with err. */
int fold_read_on(struct fold *f, int job_fd,
                 void (*damaged)(void *arg, const char *file, size_t line, const char *why),
                 void *arg, struct error *err);

/* One record. Returns 0, or -1 when out of memory. */
int fold_add(struct fold *f, const struct journal_line *line);
void fold_set_end(struct fold *f, const struct journal_end *end);

/* What Slurm says now about an attempt that has no end in the journal. */
enum fold_liveness {
    FOLD_PENDING, /* queued, not started */
    FOLD_RUNNING, /* also when the journal does not know of its start */
    FOLD_GONE,    /* Slurm does not know it any more: neither active nor counted */
};
#define FOLD_FIRST UINT32_MAX /* as an attempt: the first one of the array of all indexes */
int fold_live(struct fold *f, uint32_t index, uint32_t attempt, enum fold_liveness liveness);

/* Runs the machine over everything, then lets it see the time now_us. actions, if not NULL, gets
 * what the machine wants done now. May be called again with another time. On error the fold is only
 * good for fold_free(). */
int fold_run(struct fold *f, int64_t now_us, struct machine_actions *actions, struct error *err);

/* The same, and answer gets what the machine wants done because the attempt (index, attempt) ended
 * or its pod was deleted: whether and when to retry it. Ask machine_decided() first: others may
 * have ended the Job. */
int fold_run_for(struct fold *f, int64_t now_us, uint32_t index, uint32_t attempt,
                 struct machine_actions *answer, struct error *err);

/* After fold_run(). The machine is NULL before. */
const struct machine *fold_machine(const struct fold *f);

/* The Job with the changes of spec that the journal has. Borrowed. */
const json_t *fold_job(const struct fold *f);

/* Which template the pods with this attempt number have: the first number of the array that brought
 * it (JOURNAL_RENEWED), 0 = that of the creation; after fold_run(). FOLD_NOW: which one the Job
 * has now. The journal does not have the template itself; who has it sets it: it is part of
 * fold_job() then (a reference is taken), and NULL is that of the creation again. */
#define FOLD_NOW UINT32_MAX
uint32_t fold_template_of(const struct fold *f, uint32_t attempt);
void fold_set_template(struct fold *f, json_t *template_);

/* The Job as it was created. Borrowed. */
const json_t *fold_created(const struct fold *f);

/* The status as Kubernetes' JobStatus: a new object, or NULL when out of memory. */
json_t *fold_status(const struct fold *f);

/* The terminal decision that was read, or NULL. */
const struct journal_end *fold_end(const struct fold *f);

/* What to hand to journal_end_make(): returns true and fills end when the machine has decided and
 * no decision was read. It is dated as the machine's own, so that the fold with it is the fold
 * without it. */
bool fold_decision(const struct fold *f, struct journal_end *end);

/* One of the arrays that the Job is now: that of the last retry or change of the template, else of
 * the first submission, and those by which it has grown since. */
struct fold_array {
    uint32_t job;   /* Slurm's job id */
    uint32_t first; /* it has the indexes from here up to the next array's */
    uint32_t base;  /* the number of their first attempts; lower ones are of arrays before */
};

/* After fold_run(), by index; none when it is not known that the Job was submitted. */
const struct fold_array *fold_arrays(const struct fold *f, size_t *n);

/* The one that has the index, NULL = not known. */
const struct fold_array *fold_array_of(const struct fold *f, uint32_t index);

/* Its base, 0 where it is not known. Attempts of the index with lower numbers are over, whatever
 * the journal lacks of them. */
uint32_t fold_base_of(const struct fold *f, uint32_t index);
bool fold_is_past(const struct fold *f, const struct fold_attempt *a);

/* Whether what the attempt did is void: the Job has lost its index since, and got it back. */
bool fold_is_void(const struct fold *f, const struct fold_attempt *a);

/* Their job ids, after fold_run(): "10", or "10,12"; "" when none is known. */
const char *fold_slurm_job(const struct fold *f);

/* All attempts in the order of (index, attempt), and one of them (NULL = unknown). */
const struct fold_attempt *fold_attempts(const struct fold *f, size_t *n);
const struct fold_attempt *fold_attempt_of(const struct fold *f, uint32_t index, uint32_t attempt);

/* The lowest number of an attempt that counts, that is since the last retry, 0 for a Job that was
 * never retried; after fold_run(). */
uint32_t fold_first_attempt(const struct fold *f);

/* The attempts of one index. */
const struct fold_attempt *fold_attempts_of(const struct fold *f, uint32_t index, size_t *n);

/* The latest attempt of an index that was a run with this restart count of its array, NULL = none.
 */
const struct fold_attempt *fold_attempt_of_run(const struct fold *f, uint32_t index, uint32_t run);

/* The number for an attempt in such a run that has none yet. */
uint32_t fold_next_attempt(const struct fold *f, uint32_t index, uint32_t run);

/* The node's name, percent-encoded, "" when it is not known. */
const char *fold_node(const struct fold *f, const struct fold_attempt *a);

/* The pod's address as its record of the start has it, percent-encoded, "" when it is not known:
 * those that are found by name have one. */
const char *fold_address(const struct fold *f, const struct fold_attempt *a);

/* The outcome of an attempt that ended: values as in the journal. */
struct fold_outcome_parts;
void fold_outcome_of(const struct fold *f, const struct fold_attempt *a,
                     struct fold_outcome_parts *parts);

/* Whether the user has deleted the pod of this attempt. */
bool fold_deleted(const struct fold *f, uint32_t index, uint32_t attempt);

/* When that was, FOLD_NO_TIME = never. */
int64_t fold_deleted_at(const struct fold *f, uint32_t index, uint32_t attempt);

/* What else the journal tells (deletions, suspensions, submissions, changes), by time. */
const struct fold_note *fold_notes(const struct fold *f, size_t *n);

/* When spec was changed last (suspended, resumed, or another field) or the Job got another array,
 * FOLD_NO_TIME = never. */
int64_t fold_last_change(const struct fold *f);

#endif
