/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal of a Job: what happened to its attempts, as text, one record a line.
 *
 *   skj1 t=2026-01-02T03:04:05.123456Z event=ended index=7 attempt=0 phase=Failed
 *        containers=main:1:Error crc=1f2e3d4c                                  (one line)
 *
 * - "skj1" is the version. The first two fields have a fixed width, so sort(1) orders by time.
 * - Fields are key=value with one blank between them; grep -w index=7 finds an index.
 * - Values are percent-encoded: every byte but printable ASCII, and the characters blank % = , :
 *   Lists are a,b,c; parts of an item are a:b:c.
 * - crc is the CRC-32 of zlib over all bytes before " crc=", 8 hex digits. A torn, interleaved or
 *   bit-damaged line is recognised by it.
 * - Unknown keys are ignored, unknown events are handed on as JOURNAL_OTHER: a newer skjob may add
 *   both without a new version.
 *
 * The files are <job folder>/events/<hostname>. Each has one writing host; any number of processes
 * of that host append at once. No lock is needed: a record is one write(2) with O_APPEND. Names
 * that start with a dot are not part of the journal (temporary files, NFS's .nfs*).
 *
 * An attempt is identified by (index, attempt): writing a record twice changes nothing. attempt is
 * Slurm's restart count of the task. But a slurmctld that has lost the last seconds of its state
 * may run a task again with the same count: that run takes the next free number, and says by
 * "ahead" by how much it is ahead of the count. So do the attempts of a later array of the Job.
 */
#ifndef SKJOB_JOURNAL_H
#define SKJOB_JOURNAL_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_LINE_MAX   4095        /* bytes of a record, with its newline */
#define JOURNAL_INDEX_MAX  2147483646u /* largest index and largest attempt number */
#define JOURNAL_EVENTS_DIR "events"

/* An empty file in the Job's folder: activeDeadlineSeconds was changed. The script that Slurm has
 * does not say so, and a runner does not read the journal when it starts without need. */
#define JOURNAL_DEADLINE_FILE "deadline"

enum journal_event {
    JOURNAL_STARTED,   /* an attempt runs: index, attempt, pod, node, job, address */
    JOURNAL_RESTARTED, /* a container of a running attempt was restarted in place: restarts */
    JOURNAL_ENDED,     /* an attempt is over: phase, containers, conditions, restarts, inferred */
    JOURNAL_MARKED,    /* the user gave the pod of an attempt conditions: conditions */
    JOURNAL_DELETED,   /* the user deleted the pod of an attempt (skjob delete pod) */
    JOURNAL_SUBMITTED, /* the array was given to Slurm: job */
    JOURNAL_SUSPENDED, /* spec.suspend became true */
    JOURNAL_RESUMED,   /* spec.suspend became false */
    JOURNAL_CHANGED,   /* other fields of spec changed: changes */
    JOURNAL_RETRIED, /* the Job, which had failed, goes on as another array: job, ahead, indexes */
    JOURNAL_RENEWED, /* the template of the Job, which is suspended, has changed, and another array
                      * takes the place of the one it had: job, ahead */
    JOURNAL_GROWN, /* more completions, and another array for them: job, ahead, indexes, changes */
    JOURNAL_END,   /* the terminal decision; only in the file "end" */
    JOURNAL_OTHER, /* an event this version does not know; never written */
};

enum journal_phase {
    JOURNAL_PHASE_NONE,
    JOURNAL_SUCCEEDED,
    JOURNAL_FAILED,
};

/* What became of a container. exit_code is 128+n after signal n, as the kubelet reports it. */
struct journal_container {
    const char *name;
    int exit_code;
    const char *reason; /* Completed, Error, OOMKilled, StartError ...; NULL = not known */
};

struct journal_condition {
    const char *type;   /* DisruptionTarget */
    const char *status; /* True, False, Unknown; NULL = True */
    const char *reason; /* PreemptionByScheduler ...; NULL = none */
};

/* A field of spec that changed. value is a JSON scalar: 5, null, true, "Failed". */
struct journal_change {
    const char *field;
    const char *value;
};

/* A record to be written. Everything is borrowed for the time of the call; a NULL text, an empty
 * list and a zero restarts are left out. time_us is UTC, microseconds since the epoch. */
struct journal_record {
    enum journal_event event;
    int64_t time_us;

    uint32_t index; /* STARTED, RESTARTED, ENDED, MARKED, DELETED */
    uint32_t attempt;
    /* STARTED, ENDED: attempt is so much more than Slurm's restart count, see above. RETRIED,
     * RENEWED, GROWN: that of the first attempts of the new array; all lower ones of its indexes
     * are of the arrays before. */
    uint32_t ahead;

    const char *pod;     /* name of the pod */
    const char *node;    /* where it runs */
    const char *job;     /* Slurm's job id: 123 or 123_7 */
    const char *indexes; /* RETRIED: those that run again, as 1,3-5; NULL = all without a success;
                          * GROWN: those that the Job has got */
    const char *address; /* STARTED: the pod's IP address, where others are to find it by name */

    enum journal_phase phase; /* ENDED; must be set */
    bool inferred;     /* ENDED: not seen by the attempt itself, concluded by somebody else */
    uint32_t restarts; /* RESTARTED, ENDED: restarts of all containers of the pod so far */
    const struct journal_container *containers; /* in the order of spec.containers */
    size_t n_containers;
    const struct journal_container *init; /* init containers and sidecars */
    size_t n_init;
    const struct journal_condition *conditions;
    size_t n_conditions;

    const struct journal_change *changes; /* CHANGED, GROWN */
    size_t n_changes;

    const char *condition; /* END: Complete or Failed */
    const char *reason;    /* END, ENDED (reason of the pod: DeadlineExceeded, Evicted), DELETED */
    const char *message;   /* free text; cut when the record gets too long */
};

/* Writes the record as a line with its newline and a NUL into buf, returns its length or -1.
 *
 * A record that would be too long is shortened in steps: the message is dropped, then the reasons
 * of the containers, then the containers with exit code 0 (no policy looks at them), then the last
 * ones of both lists, which more=N counts. */
int journal_format(const struct journal_record *r, char buf[JOURNAL_LINE_MAX + 1],
                   struct error *err);

/* Appends the record to the file "host" of the folder events_fd: open, one write, close. The file
 * is made with mode 0600 when needed. When a crash left half a line at its end, the record starts
 * with a newline. Returns 0, or -1 when the record may not be complete in the file (full disk,
 * quota, I/O error): half a line at most is left behind, which readers skip, so it is right to try
 * again with the same record. */
int journal_append(int events_fd, const char *host, const struct journal_record *r,
                   struct error *err);

/* The same for the job folder given by its path; makes its folder events (0700) when needed. */
int journal_append_path(const char *job_dir, const char *host, const struct journal_record *r,
                        struct error *err);

/* The terminal decision of a Job. It is made once: the first one stays. */
struct journal_end {
    int64_t time_us;
    char condition[64]; /* Complete or Failed */
    char reason[128];
    char message[1024];
};

/* Makes the file "end" in the job folder: written aside, fsync, then link(2). host tells writers on
 * a shared file system apart. Returns 1: this decision is the one; 0: somebody else decided before
 * (see journal_end_read); -1: error. */
int journal_end_make(int job_fd, const char *host, const struct journal_end *end,
                     struct error *err);

/* Returns 1 and fills end, 0 when nothing is decided yet, -1 when the file cannot be read or is
 * damaged. */
int journal_end_read(int job_fd, struct journal_end *end, struct error *err);

#endif
