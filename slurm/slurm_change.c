/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_change.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

#include "cleanup.h"
#include "slurm_job_ref.h"
#include "slurm_lib.h"
#include "strbuf.h"

struct calls {
    int (*load_job)(job_info_msg_t **, slurm_job_ref_t, uint16_t);
    void (*free_job_info_msg)(job_info_msg_t *);
    int (*requeue2)(char *, uint32_t, job_array_resp_msg_t **);
    int (*update_job2)(job_desc_msg_t *, job_array_resp_msg_t **);
    void (*free_job_array_resp)(job_array_resp_msg_t *);
    void (*init_job_desc_msg)(job_desc_msg_t *);
    char *(*strerror_)(int);
};

static const struct slurm_symbol symbols[] = {
    {"slurm_load_job", offsetof(struct calls, load_job)},
    {"slurm_free_job_info_msg", offsetof(struct calls, free_job_info_msg)},
    {"slurm_requeue2", offsetof(struct calls, requeue2)},
    {"slurm_update_job2", offsetof(struct calls, update_job2)},
    {"slurm_free_job_array_resp", offsetof(struct calls, free_job_array_resp)},
    {"slurm_init_job_desc_msg", offsetof(struct calls, init_job_desc_msg)},
    {"slurm_strerror", offsetof(struct calls, strerror_)},
};

static int load(struct calls *c, struct error *err)
{
    return slurm_lib_load(symbols, sizeof symbols / sizeof *symbols, c, err);
}

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

/* An answer about an array has a code for each of its records. */
static enum slurm_answer settle(const struct calls *c, int rc, job_array_resp_msg_t *each,
                                struct error *err)
{
    int error = rc == SLURM_SUCCESS || is_left_out(errno) ? 0 : errno;
    for (uint32_t i = 0; each && !error && i < each->job_array_count; i++)
        error = is_left_out((int)each->error_code[i]) ? 0 : (int)each->error_code[i];
    if (each)
        c->free_job_array_resp(each);
    return error ? slurm_answer_judge(error, c->strerror_(error), err) : SLURM_DONE;
}

static enum slurm_answer update(const struct calls *c, const char *tasks, job_desc_msg_t *change,
                                struct error *err)
{
    job_array_resp_msg_t *each = NULL;
    cleanup_free char *id = strdup(tasks);
    if (!id)
        return error_set(err, "out of memory"), SLURM_REFUSED;
    change->job_id_str = id;
    int rc = c->update_job2(change, &each);
    return settle(c, rc, each, err);
}

enum slurm_answer slurm_change_hold(const char *tasks, struct error *err)
{
    struct calls c;
    job_desc_msg_t change;
    if (load(&c, err) < 0)
        return SLURM_REFUSED;
    c.init_job_desc_msg(&change);
    change.priority = 0;
    change.alloc_sid = ALLOC_SID_USER_HOLD;
    return update(&c, tasks, &change, err);
}

static enum slurm_answer requeue(const struct calls *c, const char *tasks, uint32_t flags,
                                 struct error *err)
{
    job_array_resp_msg_t *each = NULL;
    cleanup_free char *id = strdup(tasks);
    if (!id)
        return error_set(err, "out of memory"), SLURM_REFUSED;
    int rc = c->requeue2(id, flags, &each);
    return settle(c, rc, each, err);
}

enum slurm_answer slurm_change_stop(const char *tasks, struct error *err)
{
    struct calls c;
    if (load(&c, err) < 0)
        return SLURM_REFUSED;
    return requeue(&c, tasks, JOB_REQUEUE_HOLD | JOB_RUNNING, err);
}

/* A task that is over is back in the queue at once, so its begin time cannot come too early. */
enum slurm_answer slurm_change_requeue(const char *task, time_t begin, struct error *err)
{
    struct calls c;
    job_desc_msg_t change;
    if (load(&c, err) < 0)
        return SLURM_REFUSED;
    enum slurm_answer answer = requeue(&c, task, 0, err);
    if (answer != SLURM_DONE)
        return answer;
    c.init_job_desc_msg(&change);
    change.begin_time = begin;
    return update(&c, task, &change, err);
}

/* Two requests: a task whose priority is 0 is not given a begin time. */
enum slurm_answer slurm_change_release(const char *tasks, time_t begin, struct error *err)
{
    struct calls c;
    job_desc_msg_t change;
    if (load(&c, err) < 0)
        return SLURM_REFUSED;
    c.init_job_desc_msg(&change);
    change.priority = INFINITE;
    enum slurm_answer answer = update(&c, tasks, &change, err);
    if (answer != SLURM_DONE)
        return answer;
    c.init_job_desc_msg(&change);
    change.begin_time = begin;
    return update(&c, tasks, &change, err);
}

enum slurm_answer slurm_change_throttle(const char *array, uint32_t n, struct error *err)
{
    struct calls c;
    job_desc_msg_t change;
    char text[16];
    if (load(&c, err) < 0)
        return SLURM_REFUSED;
    snprintf(text, sizeof text, "%u", n);
    c.init_job_desc_msg(&change);
    change.array_inx = text;
    return update(&c, array, &change, err);
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
    struct calls c;
    job_info_msg_t *msg;
    job_desc_msg_t change;
    cleanup_strbuf struct strbuf exclude = STRBUF_INIT;
    bool changed = false;
    if (load(&c, err) < 0)
        return SLURM_REFUSED;
    if (c.load_job(&msg, slurm_job_ref(task_id), SHOW_ALL) != SLURM_SUCCESS)
        return slurm_answer_judge(errno, c.strerror_(errno), err);
    c.init_job_desc_msg(&change);
    const job_info_t *j = find(msg, task);
    if (j && more_memory)
        changed = raise_memory(rule, j->pn_min_memory, &change);
    if (j && rule->exclude_node && node && retry_rule_exclude(j->exc_nodes, node, &exclude)) {
        change.exc_nodes = exclude.data;
        changed = true;
    }
    c.free_job_info_msg(msg);
    return changed ? update(&c, task, &change, err) : SLURM_DONE;
}
