/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slurm_ops.h"

#include <poll.h>
#include <string.h>

#include "clock.h"
#include "isolate.h"
#include "slurm_change.h"

#define CALL_MS 120000 /* longer than libslurm's own patience with a slurmctld that is gone */

static int64_t give_up_at = INT64_MAX;

struct call {
    uint32_t job_id;
    const char *tasks;
    bool only_running;
    time_t begin;
    const struct retry_rule *rule;
    const char *node;
    bool more_memory;
    struct slurm_task task;
    enum slurm_answer answer;
    struct error err;
};

static void do_read(void *io)
{
    struct call *c = io;
    c->answer = slurm_task_read(c->job_id, &c->task, &c->err);
}

static void do_requeue(void *io)
{
    struct call *c = io;
    c->answer = slurm_task_requeue(c->tasks, c->only_running, &c->err);
}

static void do_begin(void *io)
{
    struct call *c = io;
    c->answer = slurm_task_begin(c->tasks, c->begin, &c->err);
}

static void do_cancel(void *io)
{
    struct call *c = io;
    c->answer = slurm_task_cancel(c->tasks, &c->err);
}

static void do_amend(void *io)
{
    struct call *c = io;
    c->answer = slurm_change_retry(c->job_id, c->tasks, c->rule, c->node, c->more_memory, &c->err);
}

static enum slurm_answer call(void (*fn)(void *io), struct call *c, struct error *err)
{
    int64_t left = give_up_at - clock_monotonic_ms();
    int limit = left < 0 ? 0 : left < CALL_MS ? (int)left : CALL_MS;
    int rc = limit ? isolate(fn, c, sizeof *c, limit) : 1;
    if (rc == 0) {
        error_set(err, "%s", c->err.text);
        return c->answer;
    }
    error_set(err, rc > 0 ? "slurmctld does not answer" : "Slurm's library gave up");
    return rc > 0 ? SLURM_UNAVAILABLE : SLURM_REFUSED;
}

static enum slurm_answer real_read(uint32_t job_id, struct slurm_task *out, struct error *err)
{
    struct call c = {.job_id = job_id};
    enum slurm_answer answer = call(do_read, &c, err);
    *out = c.task;
    return answer;
}

static enum slurm_answer real_requeue(const char *task, bool only_running, struct error *err)
{
    return call(do_requeue, &(struct call){.tasks = task, .only_running = only_running}, err);
}

static enum slurm_answer real_begin(const char *task, time_t begin, struct error *err)
{
    return call(do_begin, &(struct call){.tasks = task, .begin = begin}, err);
}

static enum slurm_answer real_cancel(const char *tasks, struct error *err)
{
    return call(do_cancel, &(struct call){.tasks = tasks}, err);
}

static enum slurm_answer real_amend(uint32_t job_id, const char *task,
                                    const struct retry_rule *rule, const char *node,
                                    bool more_memory, struct error *err)
{
    struct call c = {
        .job_id = job_id, .tasks = task, .rule = rule, .node = node, .more_memory = more_memory};
    return call(do_amend, &c, err);
}

static void real_sleep(int ms)
{
    poll(NULL, 0, ms);
}

void slurm_ops_give_up_at(int64_t monotonic_ms)
{
    give_up_at = monotonic_ms;
}

const struct slurm_ops slurm_ops_real = {
    .read = real_read,
    .requeue = real_requeue,
    .begin = real_begin,
    .cancel = real_cancel,
    .amend = real_amend,
    .now_us = clock_now_us,
    .sleep_ms = real_sleep,
};
