/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "closing.h"

#include <signal.h>

#include "job_state.h"
#include "tree.h"

#define RECORD_PAUSE_MS 500

/* What is known about the end, before the Job's state is folded. */
struct finding {
    enum cause cause;
    enum cause_retry retry;
    bool queued;              /* Slurm has requeued the task by itself */
    bool replace_failed_only; /* the Job's podReplacementPolicy; only read for killed pods */
};

static int64_t now_us(const struct closing *c)
{
    return c->act.ops->now_us();
}

static int read_state(const struct closing *c, struct job_state *s, struct error *err)
{
    return job_state_read(s, c->dir, c->act.slurm->first, c->act.slurm->last, err);
}

/* A pod that was killed with the Job, or suspended with it. */
static bool read_job_cause(const struct closing *c, struct finding *f)
{
    cleanup_job_state struct job_state s = JOB_STATE_INIT;
    struct machine_view view;
    if (job_state_has_end(c->dir)) {
        f->cause = CAUSE_DECIDED;
        return true;
    }
    if (read_state(c, &s, NULL) < 0 || fold_run(s.fold, now_us(c), NULL, NULL) < 0)
        return false;
    machine_view(fold_machine(s.fold), &view);
    f->replace_failed_only = view.spec->replace_failed_only;
    if (view.spec->suspend)
        f->cause = CAUSE_SUSPENDED;
    return view.spec->suspend;
}

static struct finding find_cause(const struct closing *c)
{
    struct finding f = {.cause = CAUSE_EXIT};
    struct slurm_task task;
    if (c->past_deadline)
        f.cause = CAUSE_POD_DEADLINE;
    if (c->past_job)
        f.cause = CAUSE_DECIDED;
    bool killed = c->signalled || c->pod->exit_code == 128 + SIGTERM || c->pod->exit_code == 128 + SIGKILL;
    bool ask = killed && !read_job_cause(c, &f) && c->act.slurm->live;
    f.retry = cause_rule(f.cause)->retry;
    if (!ask || acting_read_own(&c->act, &task, NULL) != SLURM_DONE)
        return f;
    enum cause cause = cause_of(&task, c->act.slurm->attempt);
    bool is_news = cause != CAUSE_EXIT && !(c->past_deadline && cause == CAUSE_TIME_LIMIT);
    f.retry = cause_rule(cause)->retry;
    if (is_news)
        f.cause = cause;
    f.queued = cause_is_queued(&task, c->act.slurm->attempt);
    return f;
}

enum journal_phase closing_phase(const struct closing *c, enum cause cause,
                                 bool replace_failed_only)
{
    const struct cause_rule *rule = cause_rule(cause);
    bool failed = c->pod->exit_code || rule->fails || (rule->terminates && !replace_failed_only);
    return failed ? JOURNAL_FAILED : JOURNAL_SUCCEEDED;
}

/* A state that cannot be written for a while is waited for: without a record nothing is retried. */
static int record(const struct closing *c, const struct journal_record *r, struct error *err)
{
    int64_t until = now_us(c) + c->record_us;
    int rc;
    while ((rc = journal_append_path(c->dir, c->act.slurm->host, r, err)) < 0 && now_us(c) < until)
        c->act.ops->sleep_ms(RECORD_PAUSE_MS);
    return rc;
}

static int record_end(const struct closing *c, const struct finding *f, enum journal_phase phase,
                      struct error *err)
{
    const struct cause_rule *rule = cause_rule(f->cause);
    const struct journal_condition condition = {.type = "DisruptionTarget",
                                                .reason = rule->disruption};
    const struct journal_record r = {
        .event = JOURNAL_ENDED,
        .time_us = c->ended_us,
        .index = c->act.slurm->index,
        .attempt = c->act.slurm->attempt,
        .phase = phase,
        .reason = rule->reason,
        .containers = c->pod->containers,
        .n_containers = c->pod->n_containers,
        .init = c->pod->init,
        .n_init = c->pod->n_init,
        .restarts = c->pod->restarts,
        .message = c->pod->message,
        .conditions = &condition,
        .n_conditions = rule->disruption ? 1 : 0,
    };
    return record(c, &r, err);
}

/* The machine's order to run this index again, or NULL. */
static const struct machine_action *find_retry(const struct closing *c,
                                               const struct machine_actions *answer)
{
    for (size_t i = 0; i < answer->len; i++)
        if (answer->v[i].type == MACHINE_CREATE_POD && answer->v[i].index == c->act.slurm->index)
            return &answer->v[i];
    return NULL;
}

/* A retry begins before the Job's deadline or at it: whoever opens then ends the Job. */
static int64_t retry_time(const struct fold *fold, int64_t at_us)
{
    int64_t deadline = job_state_deadline(fold);
    return at_us < deadline ? at_us : deadline;
}

static int end_job(struct closing *c, const struct finding *f, struct job_state *s,
                   struct error *err)
{
    int won = job_state_decide(s, c->act.slurm->host, err);
    if (won < 0)
        return -1;
    if (won || c->must_stop)
        return acting_stop(&c->act, s->fold, f->queued, err);
    return f->queued ? acting_cancel_own(&c->act, err) : 0;
}

static int act(struct closing *c, const struct finding *f, struct error *err)
{
    const struct slurm_env *slurm = c->act.slurm;
    cleanup_job_state struct job_state s = JOB_STATE_INIT;
    cleanup_machine_actions struct machine_actions answer = {0};
    if (read_state(c, &s, err) < 0 ||
        fold_run_for(s.fold, now_us(c), slurm->index, slurm->attempt, &answer, err) < 0)
        return -1;
    if (machine_decided(fold_machine(s.fold)))
        return end_job(c, f, &s, err);
    const struct machine_action *retry = find_retry(c, &answer);
    if (retry)
        return acting_retry(&c->act, f->retry, f->queued, retry_time(s.fold, retry->at_us), err);
    return f->queued && f->cause != CAUSE_SUSPENDED ? acting_cancel_own(&c->act, err) : 0;
}

int closing_run(struct closing *c, struct error *err)
{
    struct finding f = find_cause(c);
    enum journal_phase phase = closing_phase(c, f.cause, f.replace_failed_only);
    if (record_end(c, &f, phase, err) < 0)
        return -1;
    bool is_done = phase == JOURNAL_SUCCEEDED && !c->success_policy && !f.queued && !c->must_stop;
    return is_done || !c->act.slurm->live ? 0 : act(c, &f, err);
}
