/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_slurm.h"

#include <stdio.h>

struct fake_slurm fake;

static void note(const char *what, const char *tasks)
{
    strbuf_addf(&fake.calls, "%s%s %s", fake.calls.len ? "; " : "", what, tasks);
}

static bool is_away(void)
{
    if (fake.unavailable == 0)
        return false;
    fake.unavailable--;
    return true;
}

static enum slurm_answer fake_read(uint32_t job_id, struct slurm_task *out, struct error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", job_id);
    if (is_away())
        return error_set(err, "away"), SLURM_UNAVAILABLE;
    note("read", id);
    *out = fake.task;
    return SLURM_DONE;
}

static enum slurm_answer fake_requeue(const char *task, bool only_running, struct error *err)
{
    if (is_away())
        return error_set(err, "away"), SLURM_UNAVAILABLE;
    note(only_running ? "requeue?" : "requeue", task);
    return SLURM_DONE;
}

static enum slurm_answer fake_begin(const char *task, time_t begin, struct error *err)
{
    if (is_away())
        return error_set(err, "away"), SLURM_UNAVAILABLE;
    note("begin", task);
    strbuf_addf(&fake.calls, " +%lld", (long long)begin - T0 / S);
    error_set(err, "not pending");
    return fake.begin;
}

static enum slurm_answer fake_cancel(const char *tasks, struct error *err)
{
    if (is_away())
        return error_set(err, "away"), SLURM_UNAVAILABLE;
    note("cancel", tasks);
    return SLURM_DONE;
}

static enum slurm_answer fake_amend(uint32_t job_id, const char *task,
                                    const struct retry_rule *rule, const char *node,
                                    bool more_memory, struct error *err)
{
    (void)job_id, (void)err;
    note("amend", task);
    if (*node)
        strbuf_addf(&fake.calls, " not %s", node);
    if (more_memory)
        strbuf_addf(&fake.calls, " memory*%u", rule->memory_milli);
    return SLURM_DONE;
}

static int64_t fake_now(void)
{
    return fake.now_us;
}

static void fake_sleep(int ms)
{
    fake.now_us += ms * INT64_C(1000);
}

const struct slurm_ops fake_ops = {fake_read,  fake_requeue, fake_begin, fake_cancel,
                                   fake_amend, fake_now,     fake_sleep};

void fake_reset(double seconds)
{
    fake_free();
    fake = (struct fake_slurm){.now_us = T0 + (int64_t)(seconds * 1e6)};
}

void fake_free(void)
{
    strbuf_free(&fake.calls);
}

struct closing fake_closing(const struct slurm_env *slurm, const char *dir, int exit_code)
{
    static struct journal_container container;
    static struct pod_result pod;
    container = (struct journal_container){"main", exit_code, exit_code ? "Error" : "Completed"};
    pod = (struct pod_result){.exit_code = exit_code, .containers = &container, .n_containers = 1};
    return (struct closing){
        .act = {slurm, &fake_ops, 60 * S, 0, 0}, .dir = dir, .pod = &pod, .ended_us = fake.now_us};
}
