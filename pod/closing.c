/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "closing.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "fold_outcome.h"
#include "job_state.h"
#include "numbering.h"
#include "retry_change.h"
#include "tree.h"

#define RECORD_PAUSE_MS 500

/* What is known about the end, before the Job's state is folded. */
struct finding {
    enum cause cause;
    enum cause_retry retry;
    bool queued;              /* Slurm has requeued the task by itself */
    bool deleted;             /* the user has deleted the pod */
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
    f->deleted = fold_deleted(s.fold, c->act.slurm->index, c->act.slurm->attempt);
    bool paused = view.spec->suspend || view.spec->parallelism == 0;
    if (paused)
        f->cause = CAUSE_SUSPENDED;
    return paused;
}

/* Completes the finding by what Slurm says. */
static void ask_slurm(const struct closing *c, struct finding *f)
{
    struct slurm_task task;
    if (!c->act.slurm->live || acting_read_own(&c->act, &task, NULL) != SLURM_DONE)
        return;
    uint32_t run = c->act.slurm->restarts;
    enum cause cause = cause_of(&task, run);
    if (cause == CAUSE_REQUEUED && f->deleted)
        cause = CAUSE_DELETED;
    bool is_own = f->cause == CAUSE_POD_DEADLINE && cause == CAUSE_TIME_LIMIT;
    f->retry = cause_rule(cause)->retry;
    if (cause != CAUSE_EXIT && !is_own)
        f->cause = cause;
    f->queued = cause_is_queued(&task, run);
    if (task.state == SLURM_TASK_RUNNING && task.restarts > run)
        f->retry = RETRY_NEVER; /* our node was given up, and another one runs the task now */
}

/* Nothing but Slurm can tell more. A success costs nothing, so nobody asks about one that the
 * runner has not seen killed. */
static bool needs_slurm(const struct closing *c)
{
    if (c->leave && !c->signalled && (c->past_deadline || c->past_job))
        return false; /* the hook will ask */
    return c->signalled || c->orphaned || (c->unseen && c->pod->exit_code) ||
           c->pod->exit_code == 128 + SIGTERM || c->pod->exit_code == 128 + SIGKILL;
}

static struct finding find_cause(const struct closing *c)
{
    struct finding f = {.cause = CAUSE_EXIT};
    if (c->past_deadline)
        f.cause = CAUSE_POD_DEADLINE;
    if (c->pod->is_evicted)
        f.cause = CAUSE_EVICTED;
    if (c->orphaned)
        f.cause = CAUSE_ORPHANED;
    if (c->past_job)
        f.cause = CAUSE_DECIDED;
    f.retry = cause_rule(f.cause)->retry;
    if (!needs_slurm(c))
        return f;
    if (read_job_cause(c, &f))
        f.retry = cause_rule(f.cause)->retry;
    else
        ask_slurm(c, &f);
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

/* It has failed, and nobody has said why. */
static bool needs_reason(const struct journal_container *c)
{
    return c->exit_code && (!c->reason || strcmp(c->reason, "Error") == 0);
}

/* The containers with what the cause says of those that have failed for no other reason. NULL when
 * it says nothing. The caller frees. */
static struct journal_container *judge_containers(const struct pod_result *pod, const char *reason)
{
    struct journal_container *out = reason ? calloc(pod->n_containers, sizeof *out) : NULL;
    for (size_t i = 0; out && i < pod->n_containers; i++) {
        out[i] = pod->containers[i];
        if (needs_reason(&out[i]))
            out[i].reason = reason;
    }
    return out;
}

static int record_end(const struct closing *c, const struct finding *f, enum journal_phase phase,
                      struct error *err)
{
    const struct cause_rule *rule = cause_rule(f->cause);
    cleanup_free struct journal_container *judged = judge_containers(c->pod, rule->container);
    const struct journal_condition condition = {.type = "DisruptionTarget",
                                                .reason = rule->disruption};
    const struct journal_record r = {
        .event = JOURNAL_ENDED,
        .time_us = c->ended_us,
        .index = c->act.slurm->index,
        .attempt = c->act.slurm->attempt,
        .ahead = c->act.slurm->attempt - c->act.slurm->restarts,
        .phase = phase,
        .reason = rule->reason,
        .containers = judged ? judged : c->pod->containers,
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
    int64_t deadline = job_state_deadline(fold, MACHINE_NO_TIME);
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

static int bring_back(const struct closing *c, const struct finding *f, const struct fold *fold,
                      int64_t at_us, struct error *err)
{
    int rc = acting_retry(&c->act, f->retry, f->queued, retry_time(fold, at_us), err);
    if (rc == 0 && f->retry != RETRY_NEVER)
        retry_change_apply(&c->act, fold, f->cause);
    return rc;
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
        return bring_back(c, f, s.fold, retry->at_us, err);
    return f->queued && f->cause != CAUSE_SUSPENDED ? acting_cancel_own(&c->act, err) : 0;
}

/* Records the end, and returns the phase; JOURNAL_PHASE_NONE with err. */
static enum journal_phase conclude(const struct closing *c, struct finding *f, struct error *err)
{
    *f = find_cause(c);
    enum journal_phase phase = closing_phase(c, f->cause, f->replace_failed_only);
    return record_end(c, f, phase, err) < 0 ? JOURNAL_PHASE_NONE : phase;
}

static int act_on(struct closing *c, const struct finding *f, enum journal_phase phase,
                  struct error *err)
{
    bool is_done = phase == JOURNAL_SUCCEEDED && !c->success_policy && !f->queued && !c->must_stop;
    return is_done || !c->act.slurm->live ? 0 : act(c, f, err);
}

int closing_run(struct closing *c, struct error *err)
{
    struct finding f;
    enum journal_phase phase = conclude(c, &f, err);
    if (phase == JOURNAL_PHASE_NONE)
        return -1;
    if (c->leave && c->pod->exit_code && phase == JOURNAL_FAILED)
        return 0;
    return act_on(c, &f, phase, err);
}

static bool is_overtaken(const struct closing *c, const struct fold *fold)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts_of(fold, c->act.slurm->index, &n);
    return n && v[n - 1].attempt > c->act.slurm->attempt;
}

/* The finding of the runner, as far as its record tells. Whether Slurm has put the task back into
 * its queue, or has ended it for good, must be asked again where either can be. */
static void recall(const struct closing *c, const struct fold *fold, const struct fold_attempt *a,
                   struct finding *f)
{
    struct fold_outcome_parts parts;
    struct journal_item item = {0};
    char reason[64];
    char disruption[64];
    fold_outcome_of(fold, a, &parts);
    journal_next_item(&parts.conditions, &item);
    journal_decode(parts.reason, reason, sizeof reason);
    journal_decode(item.part[2], disruption, sizeof disruption);
    f->cause = cause_recorded(reason, disruption);
    f->retry = cause_rule(f->cause)->retry;
    f->deleted = fold_deleted(fold, a->index, a->attempt);
    if (*disruption || f->deleted || f->cause == CAUSE_POD_DEADLINE)
        ask_slurm(c, f);
}

static bool outlived_limit(const struct closing *c, const struct fold_attempt *a)
{
    int64_t at;
    return c->pod_limit_us && a && a->started_us != FOLD_NO_TIME &&
           !__builtin_add_overflow(a->started_us, c->pod_limit_us, &at) && c->ended_us >= at;
}

/* c->act.slurm has the number of the attempt. */
static int finish(struct closing *c, const struct fold *fold, struct error *err)
{
    struct finding f = {.cause = CAUSE_EXIT};
    if (is_overtaken(c, fold))
        return 0;
    const struct fold_attempt *a =
        fold_attempt_of(fold, c->act.slurm->index, c->act.slurm->attempt);
    enum journal_phase phase = a ? (enum journal_phase)a->phase : JOURNAL_PHASE_NONE;
    if (phase == JOURNAL_SUCCEEDED)
        return 0; /* a success is acted upon where it is recorded */
    if (phase == JOURNAL_FAILED) {
        recall(c, fold, a, &f);
        return act_on(c, &f, phase, err);
    }
    c->unseen = true;
    c->past_deadline = outlived_limit(c, a);
    phase = conclude(c, &f, err);
    return phase == JOURNAL_PHASE_NONE ? -1 : act_on(c, &f, phase, err);
}

int closing_finish(struct closing *c, struct error *err)
{
    cleanup_job_state struct job_state s = JOB_STATE_INIT;
    if (read_state(c, &s, err) < 0 || fold_run(s.fold, now_us(c), NULL, err) < 0)
        return -1;
    const struct slurm_env *given = c->act.slurm;
    if (numbering_is_past(s.fold, given))
        return 0; /* another array has the index: this one is over */
    struct slurm_env own = *given;
    own.attempt = numbering_find(s.fold, given);
    c->act.slurm = &own;
    int rc = finish(c, s.fold, err);
    c->act.slurm = given;
    return rc;
}
