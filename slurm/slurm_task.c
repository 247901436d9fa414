/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_task.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include "cleanup.h"
#include "slurm_job_ref.h"
#include "slurm_lib.h"

struct calls {
    int (*load_job)(job_info_msg_t **, slurm_job_ref_t, uint16_t);
    int (*load_job_user)(job_info_msg_t **, uint32_t, uint16_t);
    void (*free_job_info_msg)(job_info_msg_t *);
    int (*requeue2)(char *, uint32_t, job_array_resp_msg_t **);
    int (*update_job2)(job_desc_msg_t *, job_array_resp_msg_t **);
    void (*free_job_array_resp)(job_array_resp_msg_t *);
    void (*init_job_desc_msg)(job_desc_msg_t *);
    int (*kill_job2)(const char *, uint16_t, uint16_t, const char *);
    char *(*strerror_)(int);
    int64_t (*bit_size)(bitstr_t *);
    int (*bit_test)(bitstr_t *, int64_t); /* exported, but in no header */
};

static const struct slurm_symbol symbols[] = {
    {"slurm_load_job", offsetof(struct calls, load_job)},
    {"slurm_load_job_user", offsetof(struct calls, load_job_user)},
    {"slurm_free_job_info_msg", offsetof(struct calls, free_job_info_msg)},
    {"slurm_requeue2", offsetof(struct calls, requeue2)},
    {"slurm_update_job2", offsetof(struct calls, update_job2)},
    {"slurm_free_job_array_resp", offsetof(struct calls, free_job_array_resp)},
    {"slurm_init_job_desc_msg", offsetof(struct calls, init_job_desc_msg)},
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

/* Of what we ask for, only a requeue can be "presently disabled". */
static const char *text_of(const struct calls *c, int error)
{
    return error == ESLURM_DISABLED
               ? "the task may not be requeued, so it is not retried (sbatch --no-requeue, or "
                 "JobRequeue=0 in slurm.conf: use sbatch --requeue)"
               : c->strerror_(error);
}

static enum slurm_answer judge(const struct calls *c, int error, struct error *err)
{
    return slurm_answer_judge(error, text_of(c, error), err);
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
    };
}

static enum slurm_answer read_jobs(struct calls *c, uint32_t job_id, job_info_msg_t **msg,
                                   struct error *err)
{
    if (load(c, err) < 0)
        return SLURM_REFUSED;
    /* An array is never shared in a federation: without LOCAL libslurm asks for that, too. */
    if (c->load_job(msg, slurm_job_ref(job_id), SHOW_ALL | SHOW_LOCAL) != SLURM_SUCCESS)
        return judge(c, errno, err);
    return SLURM_DONE;
}

enum slurm_answer slurm_task_read(uint32_t job_id, struct slurm_task *out, struct error *err)
{
    struct calls c;
    job_info_msg_t *msg;
    enum slurm_answer answer = read_jobs(&c, job_id, &msg, err);
    if (answer != SLURM_DONE)
        return answer;
    answer = SLURM_REFUSED;
    error_set(err, "slurmctld does not know job %u", job_id);
    for (uint32_t i = 0; i < msg->record_count; i++) {
        const job_info_t *j = &msg->job_array[i];
        if (JOB_ID_OF(j) != job_id)
            continue;
        *out = task_of(j);
        answer = SLURM_DONE;
    }
    c.free_job_info_msg(msg);
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
static enum slurm_answer visit_all(const struct calls *c, job_info_msg_t *msg,
                                   int (*visit)(void *, const struct slurm_task *), void *arg,
                                   struct error *err)
{
    enum slurm_answer answer = SLURM_DONE;
    for (uint32_t i = 0; i < msg->record_count && answer == SLURM_DONE; i++) {
        if (visit_record(c, &msg->job_array[i], visit, arg) == 0)
            continue;
        error_set(err, "out of memory");
        answer = SLURM_REFUSED;
    }
    c->free_job_info_msg(msg);
    return answer;
}

enum slurm_answer slurm_task_read_all(uint32_t array_id,
                                      int (*visit)(void *arg, const struct slurm_task *task),
                                      void *arg, struct error *err)
{
    struct calls c;
    job_info_msg_t *msg;
    enum slurm_answer answer = read_jobs(&c, array_id, &msg, err);
    return answer == SLURM_DONE ? visit_all(&c, msg, visit, arg, err) : answer;
}

enum slurm_answer slurm_task_read_mine(int (*visit)(void *arg, const struct slurm_task *task),
                                       void *arg, struct error *err)
{
    struct calls c;
    job_info_msg_t *msg;
    if (load(&c, err) < 0)
        return SLURM_REFUSED;
    if (c.load_job_user(&msg, getuid(), SHOW_ALL | SHOW_LOCAL) != SLURM_SUCCESS)
        return judge(&c, errno, err);
    return visit_all(&c, msg, visit, arg, err);
}

/* An answer about an array has a code for each task. */
static enum slurm_answer settle(const struct calls *c, int rc, job_array_resp_msg_t *each,
                                struct error *err)
{
    int error = rc == SLURM_SUCCESS ? 0 : errno;
    for (uint32_t i = 0; each && !error && i < each->job_array_count; i++)
        error = (int)each->error_code[i];
    if (each)
        c->free_job_array_resp(each);
    return error ? judge(c, error, err) : SLURM_DONE;
}

enum slurm_answer slurm_task_requeue(const char *task, bool only_running, struct error *err)
{
    struct calls c;
    job_array_resp_msg_t *each = NULL;
    cleanup_free char *id = strdup(task);
    if (!id)
        error_set(err, "out of memory");
    if (!id || load(&c, err) < 0)
        return SLURM_REFUSED;
    int rc = c.requeue2(id, only_running ? JOB_RUNNING : 0, &each);
    return settle(&c, rc, each, err);
}

enum slurm_answer slurm_task_begin(const char *task, time_t begin, struct error *err)
{
    struct calls c;
    job_desc_msg_t change;
    job_array_resp_msg_t *each = NULL;
    cleanup_free char *id = strdup(task);
    if (!id)
        error_set(err, "out of memory");
    if (!id || load(&c, err) < 0)
        return SLURM_REFUSED;
    c.init_job_desc_msg(&change);
    change.job_id_str = id;
    change.begin_time = begin;
    int rc = c.update_job2(&change, &each);
    return settle(&c, rc, each, err);
}

enum slurm_answer slurm_task_cancel(const char *tasks, struct error *err)
{
    struct calls c;
    if (load(&c, err) < 0)
        return SLURM_REFUSED;
    if (c.kill_job2(tasks, SIGKILL, 0, NULL) == SLURM_SUCCESS || errno == ESLURM_ALREADY_DONE ||
        errno == ESLURM_INVALID_JOB_ID)
        return SLURM_DONE;
    return judge(&c, errno, err);
}
