/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_task.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include "slurm_job_ref.h"
#include "slurm_jobs.h"
#include "slurm_lib.h"
#include "trace.h"

struct calls {
    int (*kill_job2)(const char *, uint16_t, uint16_t, const char *);
    char *(*strerror_)(int);
    int64_t (*bit_size)(bitstr_t *);
    int (*bit_test)(bitstr_t *, int64_t); /* exported, but in no header */
};

static const struct slurm_symbol symbols[] = {
    {"slurm_kill_job2", offsetof(struct calls, kill_job2)},
    {"slurm_strerror", offsetof(struct calls, strerror_)},
    {"slurm_bit_size", offsetof(struct calls, bit_size)},
    {"slurm_bit_test", offsetof(struct calls, bit_test)},
};

static const struct {
    uint32_t slurm;
    enum slurm_task_state state;
} states[] = {
    {JOB_PENDING, SLURM_TASK_PENDING},       {JOB_RUNNING, SLURM_TASK_RUNNING},
    {JOB_SUSPENDED, SLURM_TASK_RUNNING},     {JOB_CANCELLED, SLURM_TASK_CANCELLED},
    {JOB_TIMEOUT, SLURM_TASK_TIMEOUT},       {JOB_PREEMPTED, SLURM_TASK_PREEMPTED},
    {JOB_NODE_FAIL, SLURM_TASK_NODE_FAILED}, {JOB_BOOT_FAIL, SLURM_TASK_NODE_FAILED},
    {JOB_OOM, SLURM_TASK_OUT_OF_MEMORY},
};

static int load(struct calls *c, struct error *err)
{
    return slurm_lib_load(symbols, sizeof symbols / sizeof *symbols, c, err);
}

static enum slurm_task_state state_of(uint32_t job_state)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (states[i].slurm == (job_state & JOB_STATE_BASE))
            return states[i].state;
    return SLURM_TASK_ENDED;
}

static struct slurm_task task_of(const job_info_t *j)
{
    return (struct slurm_task){
        .job = j->array_job_id ? j->array_job_id : JOB_ID_OF(j),
        .index = j->array_task_id == NO_VAL ? 0 : j->array_task_id,
        .array = j->array_job_id != 0,
        .restarts = j->restart_cnt,
        .state = state_of(j->job_state),
        .completing = (j->job_state & JOB_COMPLETING) != 0,
        .preempted = j->preempt_time != 0,
        .delayed = j->state_reason == WAIT_TIME || j->state_reason == WAIT_HELD ||
                   j->state_reason == WAIT_HELD_USER,
        .held = j->priority == 0,
        .reason = j->state_reason,
        .throttle = j->array_max_tasks,
        .status = (int)j->exit_code,
        .ended = j->end_time,
        .partition = j->partition ? j->partition : "",
    };
}

enum slurm_answer slurm_task_read(uint32_t job_id, struct slurm_task *out, struct error *err)
{
    job_info_msg_t *msg;
    enum slurm_answer answer = slurm_jobs_read(job_id, &msg, err);
    if (answer != SLURM_DONE)
        return answer;
    answer = SLURM_REFUSED;
    error_set(err, "slurmctld does not know job %u", job_id);
    for (uint32_t i = 0; i < msg->record_count; i++) {
        const job_info_t *j = &msg->job_array[i];
        if (JOB_ID_OF(j) != job_id)
            continue;
        *out = task_of(j);
        out->partition = NULL;
        answer = SLURM_DONE;
    }
    slurm_jobs_free(msg);
    return answer;
}

/* A record that stands for tasks that have not started: the set of their ids. */
static int visit_waiting(const struct calls *c, const job_info_t *j,
                         int (*visit)(void *, const struct slurm_task *), void *arg)
{
    struct slurm_task task = task_of(j);
    int64_t n = c->bit_size(j->array_bitmap);
    for (int64_t i = 0; i < n; i++) {
        task.index = (uint32_t)i;
        if (c->bit_test(j->array_bitmap, i) && visit(arg, &task) != 0)
            return -1;
    }
    return 0;
}

static int visit_record(const struct calls *c, const job_info_t *j,
                        int (*visit)(void *, const struct slurm_task *), void *arg)
{
    if (j->array_job_id && j->array_task_id == NO_VAL)
        return j->array_bitmap ? visit_waiting(c, j, visit, arg) : 0;
    struct slurm_task task = task_of(j);
    return visit(arg, &task);
}

/* Frees msg. */
static enum slurm_answer visit_all(job_info_msg_t *msg,
                                   int (*visit)(void *, const struct slurm_task *), void *arg,
                                   struct error *err)
{
    struct calls c;
    enum slurm_answer answer = load(&c, err) < 0 ? SLURM_REFUSED : SLURM_DONE;
    for (uint32_t i = 0; i < msg->record_count && answer == SLURM_DONE; i++) {
        if (visit_record(&c, &msg->job_array[i], visit, arg) == 0)
            continue;
        error_set(err, "out of memory");
        answer = SLURM_REFUSED;
    }
    slurm_jobs_free(msg);
    return answer;
}

enum slurm_answer slurm_task_read_all(uint32_t array_id,
                                      int (*visit)(void *arg, const struct slurm_task *task),
                                      void *arg, struct error *err)
{
    job_info_msg_t *msg;
    enum slurm_answer answer = slurm_jobs_read(array_id, &msg, err);
    return answer == SLURM_DONE ? visit_all(msg, visit, arg, err) : answer;
}

enum slurm_answer slurm_task_read_mine(int (*visit)(void *arg, const struct slurm_task *task),
                                       void *arg, struct error *err)
{
    job_info_msg_t *msg;
    enum slurm_answer answer = slurm_jobs_read_mine(&msg, err);
    return answer == SLURM_DONE ? visit_all(msg, visit, arg, err) : answer;
}

enum slurm_answer slurm_task_requeue(const char *task, bool only_running, struct error *err)
{
    return slurm_jobs_requeue(task, only_running ? JOB_RUNNING : 0, NULL, err);
}

enum slurm_answer slurm_task_begin(const char *task, time_t begin, struct error *err)
{
    return slurm_jobs_begin(task, begin, NULL, err);
}

/* What is gone already needs no signal. */
static bool is_gone(int error)
{
    return error == ESLURM_ALREADY_DONE || error == ESLURM_INVALID_JOB_ID;
}

static bool does_not_run(int error)
{
    return is_gone(error) || error == ESLURM_TRANSITION_STATE_NO_UPDATE;
}

static enum slurm_answer send_signal(const char *tasks, int sig, uint16_t flags,
                                     slurm_jobs_left_out *left_out, struct error *err)
{
    struct calls c;
    if (load(&c, err) < 0)
        return SLURM_REFUSED;
    int64_t began = trace_begin();
    int rc = c.kill_job2(tasks, (uint16_t)sig, flags, NULL);
    trace_end(TRACE_CHANGES, began, "slurm_kill_job %s signal %d", tasks, sig);
    return rc == SLURM_SUCCESS || left_out(errno)
               ? SLURM_DONE
               : slurm_answer_judge(errno, c.strerror_(errno), err);
}

enum slurm_answer slurm_task_signal(const char *tasks, int sig, struct error *err)
{
    return send_signal(tasks, sig, KILL_JOB_BATCH, does_not_run, err);
}

enum slurm_answer slurm_task_cancel(const char *tasks, struct error *err)
{
    return send_signal(tasks, SIGKILL, 0, is_gone, err);
}
