/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Single tasks of an array: what slurmctld knows of them, and what the owner may do with them.
 *
 * Tasks are named as text: "123_7" for a task of an array, "123_[0-6,8-9]" for several of them,
 * "123" for a job without an array. Never a bare number for a task: the last task of an array has
 * the array's own number, and there it means the whole array.
 */
#ifndef SKJOB_SLURM_TASK_H
#define SKJOB_SLURM_TASK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "error.h"
#include "slurm_answer.h"

enum slurm_task_state {
    SLURM_TASK_PENDING, /* also one that was requeued */
    SLURM_TASK_RUNNING, /* also suspended by Slurm */
    SLURM_TASK_CANCELLED,
    SLURM_TASK_TIMEOUT,
    SLURM_TASK_PREEMPTED,   /* for good */
    SLURM_TASK_NODE_FAILED, /* also a node that could not be booted for it */
    SLURM_TASK_OUT_OF_MEMORY,
    SLURM_TASK_ENDED, /* in any other way */
};

struct slurm_task {
    uint32_t job;   /* the array, or the job where there is no array */
    uint32_t index; /* the array task id, 0 where there is no array */
    uint32_t restarts;
    enum slurm_task_state state;
    bool completing;   /* its last run has not left the node yet */
    bool preempted;    /* its last run is being, or was, preempted */
    bool delayed;      /* pending, and may not start yet: held, or its begin time is ahead */
    bool held;         /* its priority is 0: pending, it does not start; running, it goes on */
    bool array;        /* it is a task of an array */
    uint32_t reason;   /* why it waits: see slurm_reason.h */
    uint32_t throttle; /* of the array: tasks that run at once, 0 = no limit */
    int status;        /* the wait status, where it has ended */
    time_t ended;      /* when it ended, where it has */
    const char
        *partition; /* while it waits, also several: "a,b". Valid during a visit, else NULL */
};

/* Asks for one task by its own job id (SLURM_JOB_ID). SLURM_REFUSED: Slurm does not know it. */
enum slurm_answer slurm_task_read(uint32_t job_id, struct slurm_task *out, struct error *err);

/* Asks for all tasks of an array that Slurm still knows and calls visit for each, pending ones
 * included. SLURM_REFUSED: it knows none. visit returns 0, or -1 to stop (then SLURM_REFUSED). */
enum slurm_answer slurm_task_read_all(uint32_t array_id,
                                      int (*visit)(void *arg, const struct slurm_task *task),
                                      void *arg, struct error *err);

/* The same for all tasks of all of this user's jobs, with one question. */
enum slurm_answer slurm_task_read_mine(int (*visit)(void *arg, const struct slurm_task *task),
                                       void *arg, struct error *err);

/* Requeues a task. only_running: nothing happens unless it runs at that moment, so that a task that
 * was cancelled meanwhile is not brought back; that, too, is SLURM_DONE. */
enum slurm_answer slurm_task_requeue(const char *task, bool only_running, struct error *err);

/* Sets when a pending task may start. Set right after a requeue, it keeps Slurm from adding its
 * own delay of two minutes, provided that it is still ahead when the task's run has ended. */
enum slurm_answer slurm_task_begin(const char *task, time_t begin, struct error *err);

/* Sends a signal to the batch scripts of tasks, and to nothing that they have started. Tasks that
 * do not run are left out. */
enum slurm_answer slurm_task_signal(const char *tasks, int sig, struct error *err);

/* Cancels tasks. That some of them have ended already is no error. */
enum slurm_answer slurm_task_cancel(const char *tasks, struct error *err);

#endif
