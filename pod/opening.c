/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "opening.h"

#include "clock.h"
#include "job_state.h"
#include "journal.h"
#include "numbering.h"

#define AGAIN_US (5 * INT64_C(1000000))

static int read_state(const struct opening *o, struct job_state *s, struct error *err)
{
    return job_state_read(s, o->dir, o->act.slurm->first, o->act.slurm->last, err);
}

/* An attempt that began and never ended, although the next one is here. */
static int close_lost(const struct opening *o, const struct fold_attempt *a, struct error *err)
{
    const struct journal_condition condition = {.type = "DisruptionTarget",
                                                .reason = cause_rule(CAUSE_LOST)->disruption};
    const struct journal_record r = {
        .event = JOURNAL_ENDED,
        .time_us = o->act.ops->now_us(),
        .index = a->index,
        .attempt = a->attempt,
        .phase = JOURNAL_FAILED,
        .inferred = true,
        .conditions = &condition,
        .n_conditions = 1,
    };
    return journal_append_path(o->dir, o->act.slurm->host, &r, err);
}

/* superseded: the fold has closed it on its own account, as a later attempt of the index is known;
 * a record makes that lasting. Returns how many, or -1. */
static int close_all_lost(const struct opening *o, const struct fold *fold, struct error *err)
{
    size_t n;
    int closed = 0;
    const struct slurm_env *slurm = o->act.slurm;
    const struct fold_attempt *v = fold_attempts_of(fold, slurm->index, &n);
    for (size_t i = 0; i < n && v[i].attempt < slurm->attempt; i++) {
        if (v[i].phase != JOURNAL_PHASE_NONE && !v[i].superseded)
            continue;
        if (close_lost(o, &v[i], err) < 0)
            return -1;
        closed++;
    }
    return closed;
}

/* Folds, closes what was lost, and folds again with that. What another array runs is not lost. */
static int settle(const struct opening *o, struct job_state *s, struct error *err)
{
    if (read_state(o, s, err) < 0 || fold_run(s->fold, o->act.ops->now_us(), NULL, err) < 0)
        return -1;
    int closed = numbering_is_past(s->fold, o->act.slurm) ? 0 : close_all_lost(o, s->fold, err);
    if (closed <= 0)
        return closed;
    job_state_close(s);
    return read_state(o, s, err) < 0 || fold_run(s->fold, o->act.ops->now_us(), NULL, err) < 0 ? -1
                                                                                               : 0;
}

/* This index needs no further attempt: it was requeued by hand, or has reached its own limit; or
 * the Job has another array for it. */
static bool is_over(const struct opening *o, const struct fold *fold)
{
    size_t n;
    struct machine_view view;
    uint32_t index = o->act.slurm->index;
    const struct fold_attempt *v = fold_attempts_of(fold, index, &n);
    machine_view(fold_machine(fold), &view);
    if ((view.failed_indexes && indexset_contains(view.failed_indexes, index)) ||
        numbering_is_past(fold, o->act.slurm))
        return true;
    /* A work queue starts nothing after its first success. */
    if (view.spec->completions == JOB_UNSET && o->act.slurm->attempt > o->act.slurm->base &&
        view.succeeded > 0)
        return true;
    for (size_t i = 0; i < n; i++)
        if (v[i].phase == JOURNAL_SUCCEEDED && !fold_is_void(fold, &v[i]))
            return true;
    return false;
}

/* Returns 1 when the attempt may run. */
static int decide(const struct opening *o, int64_t *deadline, struct error *err)
{
    cleanup_job_state struct job_state s = JOB_STATE_INIT;
    if (settle(o, &s, err) < 0)
        return -1;
    *deadline = job_state_deadline(s.fold, MACHINE_NO_TIME);
    if (!machine_decided(fold_machine(s.fold)))
        return !is_over(o, s.fold);
    if (job_state_decide(&s, o->act.slurm->host, err) == 1 && o->act.slurm->live)
        acting_stop(&o->act, s.fold, false, err);
    return 0;
}

static int record_start(const struct opening *o, struct error *err)
{
    const struct slurm_env *slurm = o->act.slurm;
    const struct journal_record r = {
        .event = JOURNAL_STARTED,
        .time_us = o->act.ops->now_us(),
        .index = slurm->index,
        .attempt = slurm->attempt,
        .ahead = slurm->attempt - slurm->restarts,
        .pod = o->pod,
        .node = slurm->node,
        .job = *slurm->id ? slurm->id : NULL,
        .address = o->address,
    };
    return journal_append_path(o->dir, slurm->host, &r, err);
}

int opening_run(const struct opening *o, int64_t *deadline, struct error *err)
{
    *deadline = CLOCK_NEVER;
    if (job_state_has_end(o->dir))
        return 0;
    if (o->act.slurm->attempt > 0 || o->has_deadline) {
        int rc = decide(o, deadline, err);
        if (rc <= 0)
            return rc;
    }
    return record_start(o, err) < 0 ? -1 : 1;
}

int64_t opening_deadline(const struct opening *o, bool *won)
{
    cleanup_job_state struct job_state s = JOB_STATE_INIT;
    int64_t now = o->act.ops->now_us();
    if (won)
        *won = false;
    if (read_state(o, &s, NULL) < 0 || fold_run(s.fold, now, NULL, NULL) < 0)
        return now + AGAIN_US;
    if (!machine_decided(fold_machine(s.fold)))
        return job_state_deadline(s.fold, MACHINE_NO_TIME);
    if (won)
        *won = job_state_decide(&s, o->act.slurm->host, NULL) == 1;
    return now;
}
