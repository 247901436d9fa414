/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_change.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slurm/slurm_errno.h>

#include "slurm_jobs.h"
#include "strbuf.h"

/* The task is not one that the change is about. */
static bool is_left_out(int error)
{
    static const int harmless[] = {
        ESLURM_ALREADY_DONE,
        ESLURM_JOB_FINISHED,
        ESLURM_INVALID_JOB_ID,
        ESLURM_JOB_PENDING,
        ESLURM_JOB_NOT_PENDING,
        ESLURM_JOB_NOT_RUNNING,
        ESLURM_JOB_NOT_PENDING_NOR_RUNNING,
    };
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (error == harmless[i])
            return true;
    return false;
}

static enum slurm_answer update(const char *tasks, job_desc_msg_t *change, struct error *err)
{
    return slurm_jobs_update(tasks, change, is_left_out, err);
}

static enum slurm_answer set_begin(const char *tasks, time_t begin, struct error *err)
{
    return slurm_jobs_begin(tasks, begin, is_left_out, err);
}

enum slurm_answer slurm_change_hold(const char *tasks, struct error *err)
{
    job_desc_msg_t change;
    if (slurm_jobs_change(&change, err) < 0)
        return SLURM_REFUSED;
    change.priority = 0;
    change.alloc_sid = ALLOC_SID_USER_HOLD;
    return update(tasks, &change, err);
}

enum slurm_answer slurm_change_stop(const char *tasks, struct error *err)
{
    return slurm_jobs_requeue(tasks, JOB_REQUEUE_HOLD | JOB_RUNNING, is_left_out, err);
}

/* A task that is over is back in the queue at once, so its begin time cannot come too early. */
enum slurm_answer slurm_change_requeue(const char *task, time_t begin, struct error *err)
{
    enum slurm_answer answer = slurm_jobs_requeue(task, 0, is_left_out, err);
    return answer == SLURM_DONE ? set_begin(task, begin, err) : answer;
}

/* Two requests: a task whose priority is 0 is not given a begin time. */
enum slurm_answer slurm_change_release(const char *tasks, time_t begin, struct error *err)
{
    job_desc_msg_t change;
    if (slurm_jobs_change(&change, err) < 0)
        return SLURM_REFUSED;
    change.priority = INFINITE;
    enum slurm_answer answer = update(tasks, &change, err);
    return answer == SLURM_DONE ? set_begin(tasks, begin, err) : answer;
}

enum slurm_answer slurm_change_throttle(const char *array, uint32_t n, struct error *err)
{
    job_desc_msg_t change;
    char text[16];
    if (slurm_jobs_change(&change, err) < 0)
        return SLURM_REFUSED;
    snprintf(text, sizeof text, "%u", n);
    change.array_inx = text;
    return update(array, &change, err);
}

/* Memory per CPU stays memory per CPU. */
static bool raise_memory(const struct retry_rule *rule, uint64_t before, job_desc_msg_t *change)
{
    uint64_t next = retry_rule_memory(rule, before & ~MEM_PER_CPU);
    if (next <= (before & ~MEM_PER_CPU))
        return false;
    change->pn_min_memory = next | (before & MEM_PER_CPU);
    return true;
}

static const job_info_t *find(const job_info_msg_t *msg, const char *task)
{
    const char *index = strchr(task, '_');
    for (uint32_t i = 0; i < msg->record_count; i++) {
        const job_info_t *j = &msg->job_array[i];
        bool is_it = !index || j->array_task_id == (uint32_t)strtoul(index + 1, NULL, 10);
        if (is_it)
            return j;
    }
    return NULL;
}

enum slurm_answer slurm_change_retry(uint32_t task_id, const char *task,
                                     const struct retry_rule *rule, const char *node,
                                     bool more_memory, struct error *err)
{
    job_info_msg_t *msg;
    job_desc_msg_t change;
    cleanup_strbuf struct strbuf exclude = STRBUF_INIT;
    bool changed = false;
    if (slurm_jobs_change(&change, err) < 0)
        return SLURM_REFUSED;
    enum slurm_answer answer = slurm_jobs_read(task_id, &msg, err);
    if (answer != SLURM_DONE)
        return answer;
    const job_info_t *j = find(msg, task);
    if (j && more_memory)
        changed = raise_memory(rule, j->pn_min_memory, &change);
    if (j && rule->exclude_node && node && retry_rule_exclude(j->exc_nodes, node, &exclude)) {
        change.exc_nodes = exclude.data;
        changed = true;
    }
    slurm_jobs_free(msg);
    return changed ? update(task, &change, err) : SLURM_DONE;
}
