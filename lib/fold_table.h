/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The records of a journal, each attempt once. What is kept does not depend on the order of the
 * records nor on how often each of them comes:
 *
 * - started: the earliest; among equals the one whose node's name sorts first.
 * - ended: an attempt's own report before an inferred one (somebody concluded that the attempt had
 *   died, and its own report came late); then the earlier time; then Failed before Succeeded (as
 *   the Job controller, which counts a pod as what it saw first, never takes a failure back); then
 *   the outcome whose text sorts first.
 * - restarts, ahead: the highest.
 *
 * Conditions that the user gave a pod (MARKED) join the outcome of its end, when they are older.
 *
 * Everything else is a note: an event with a text. Equal notes are one note.
 */
#ifndef SKJOB_FOLD_TABLE_H
#define SKJOB_FOLD_TABLE_H

#include "journal_read.h"
#include "textpool.h"

#include <stdbool.h>
#include <stdint.h>

#define FOLD_NO_TIME INT64_MIN

struct fold_attempt {
    int64_t started_us; /* FOLD_NO_TIME: there is no record of its start */
    int64_t ended_us;   /* valid when phase is set */
    uint32_t index;
    uint32_t attempt;
    uint32_t node;    /* numbers of texts, see textpool.h; its name, and behind its NUL the address
                         of the pod where that is known */
    uint32_t outcome; /* see fold_outcome.h */
    uint32_t restarts;
    uint8_t phase; /* enum journal_phase; JOURNAL_PHASE_NONE: not ended */
    bool inferred : 1;
    bool superseded : 1; /* closed by the fold itself: a later attempt of its index exists */
    bool deleted : 1;    /* a note says that the user deleted the pod; known when settled */
    uint16_t ahead;      /* of Slurm's restart count, see journal.h; up to FOLD_AHEAD_MAX */
};

/* So often, slurmctld must have lost its state, or so many attempts an index must have had before
 * the Job got another array. */
#define FOLD_AHEAD_MAX UINT16_MAX

/* Slurm's restart count in the run of the task that the attempt was. */
static inline uint32_t fold_attempt_run(const struct fold_attempt *a)
{
    return a->attempt - a->ahead;
}

struct fold_note {
    int64_t time_us;
    uint32_t index;
    uint32_t attempt;
    uint32_t restarts;
    uint32_t text; /* CHANGED: its fields; SUBMITTED: the job id; MARKED: the conditions; RETRIED:
                    * the indexes. RETRIED, RENEWED: index is the job id, attempt the first number.
                    * GROWN: its fields, index and attempt likewise, and restarts is the first index
                    */
    enum journal_event event;
};

struct fold_table {
    struct fold_attempt *attempts; /* before settling: one for each record, or for some of them */
    uint32_t n_attempts;
    uint32_t attempts_cap;
    uint32_t n_merged; /* the first ones are in their order, each once */
    uint32_t *recent;  /* where attempts were put last, by a hash of what they are; may be NULL */
    bool goes_on;      /* records will be taken after settling, too: see fold_table_reopen */
    struct fold_attempt *records; /* then: as they were before settling */
    uint32_t n_records;
    struct fold_note *notes;
    uint32_t n_notes;
    uint32_t notes_cap;
    struct textpool pool;
    uint32_t compact_at; /* records from which on doubles are merged early; 0 = some million */
};

/* Takes a record. Returns 0, or -1 when out of memory. Unknown events are ignored. */
int fold_table_add(struct fold_table *t, const struct journal_line *line);

/* Puts attempts into the order of (index, attempt) and notes into that of (time, index, attempt,
 * event, text), without doubles. Then times are made to agree, as clocks may differ and reports may
 * come late: an attempt that has notes only started with the first of them; each attempt ended when
 * the next one of its index started, at the latest, also when it has no end of its own; and it
 * started before it ended. The table takes no records afterwards, but see fold_table_reopen.
 * Returns 0, or -1 when out of memory. */
int fold_table_settle(struct fold_table *t);

/* Back to before settling: the table takes records again. For one that goes on. */
void fold_table_reopen(struct fold_table *t);

/* Whether it is about one attempt. */
bool fold_note_is_of_pod(const struct fold_note *note);

/* An attempt of a settled table, or NULL; and its place, or where it would be. */
uint32_t fold_table_place(const struct fold_table *t, uint32_t index, uint32_t attempt);
struct fold_attempt *fold_table_find(const struct fold_table *t, uint32_t index, uint32_t attempt);

void fold_table_free(struct fold_table *t);

#endif
