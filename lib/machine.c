/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine.h"

#include "machine_impl.h"

#include <stdlib.h>
#include <string.h>

static const struct machine_config default_config = {
    .backoff_base_us = 10 * INT64_C(1000000),
    .backoff_cap_us = 360 * INT64_C(1000000),
};

struct machine *machine_new(const struct job_spec *spec, const struct machine_config *cfg)
{
    struct machine *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->spec = spec;
    m->cfg = cfg ? *cfg : default_config;
    m->completions = spec->completions;
    m->now = MACHINE_NO_TIME;
    m->start_us = m->last_start_us = m->completion_us = MACHINE_NO_TIME;
    machine_rules_load(m);
    if (m->oom) {
        machine_free(m);
        return NULL;
    }
    return m;
}

void machine_free(struct machine *m)
{
    if (!m)
        return;
    machine_pods_free(m);
    machine_rules_free(m);
    free(m->decision_reason);
    free(m->decision_message);
    indexset_free(&m->completed);
    indexset_free(&m->failed_indexes);
    indexset_free(&m->given_up);
    free(m->tallies.v);
    free(m->debts.v);
    free(m->replaced.v);
    free(m->fail_job);
    free(m);
}

/* A bookkeeper's Job starts with its first attempt. */
static void start_clock(struct machine *m, int64_t at_us)
{
    if (m->cfg.external && m->start_us == MACHINE_NO_TIME && !m->spec->suspend)
        m->start_us = at_us;
}

/* A Job that has decided to fail has counted everything that ran then, known or not. */
static bool killed_unannounced(struct machine *m, struct tally *t)
{
    if (!m->cfg.external)
        return false;
    if (machine_condition(m, MACHINE_SUCCESS_CRITERIA_MET) || machine_finished(m))
        return true;
    if (machine_condition(m, MACHINE_FAILURE_TARGET))
        t->ok = false;
    return m->spec->suspend && !t->ok; /* stopped by the suspension */
}

static void note_fail_job(struct machine *m, const struct machine_event *ev,
                          const struct policy_match *match)
{
    if (match->action != JOB_FAIL_JOB || m->fail_job)
        return;
    struct strbuf name = STRBUF_INIT;
    if (!ev->pod_name && job_spec_indexed(m->spec))
        strbuf_addf(&name, "%s-%u", m->spec->name, ev->index);
    m->fail_job = policy_message(match, m->spec->namespace_,
                                 ev->pod_name ? ev->pod_name
                                 : name.len   ? strbuf_str(&name)
                                              : m->spec->name);
    m->oom |= !m->fail_job;
    strbuf_free(&name);
}

/* Queues a pod's end. pod is NULL for one that was not known. */
static void count_end(struct machine *m, const struct machine_event *ev, const struct pod *pod,
                      bool ok)
{
    struct tally t = {.index = ev->index,
                      .attempt = ev->attempt,
                      .failures = pod ? pod->failures : ev->failures,
                      .ignored = pod ? pod->ignored : ev->ignored,
                      .finished_us = ev->finished_us ? ev->finished_us : ev->time_us,
                      .ok = ok};
    if (!ok) {
        struct policy_match match = policy_match(m->spec, ev->outcome);
        t.verdict = match.action;
        note_fail_job(m, ev, &match);
    }
    if (pod || !killed_unannounced(m, &t))
        machine_tally_add(m, &t);
}

/* The failures that an index brings to its next attempt. */
static void inherit(struct machine *m, struct machine_event *ev)
{
    const struct debt *debt = m->cfg.external ? machine_debt_find(m, ev->index) : NULL;
    if (debt) {
        ev->failures = debt->failures;
        ev->ignored = debt->ignored;
    }
    /* Kubernetes keeps them as text that anybody may edit: what is no int32 reads as 0. */
    ev->failures = ev->failures > INT32_MAX ? 0 : ev->failures;
    ev->ignored = ev->ignored > INT32_MAX ? 0 : ev->ignored;
}

static void on_started(struct machine *m, struct machine_event *ev)
{
    struct pod *pod = machine_pod_find(m, ev->index, ev->attempt);
    if (ev->phase == MACHINE_RUNNING)
        start_clock(m, ev->time_us);
    if (!pod) {
        inherit(m, ev);
        pod = machine_pod_add(m, ev->index, ev->attempt);
        if (!pod)
            return;
        pod->failures = ev->failures;
        pod->ignored = ev->ignored;
        if (ev->created_us)
            pod->created_us = ev->created_us;
        if (machine_debt_find(m, ev->index))
            machine_debt_replaced(m, ev->index);
    }
    pod->phase = ev->phase;
    machine_pod_set_ready(m, pod, ev->ready);
    if (ev->restarts > pod->restarts)
        machine_pod_set_restarts(m, pod, ev->restarts);
}

static void on_restarted(struct machine *m, struct machine_event *ev)
{
    struct pod *pod = machine_pod_find(m, ev->index, ev->attempt);
    if (pod && ev->restarts > pod->restarts)
        machine_pod_set_restarts(m, pod, ev->restarts);
}

/* Under TerminatingOrFailed a deleted pod has failed, whatever it does from now on. */
static void on_deleted(struct machine *m, struct machine_event *ev)
{
    struct pod *pod = machine_pod_find(m, ev->index, ev->attempt);
    if (!pod || pod->place != POD_ACTIVE)
        return;
    machine_pod_move(m, pod, POD_TERMINATING);
    pod->verdict = policy_match(m->spec, ev->outcome).action;
    if (!m->spec->replace_failed_only) {
        machine_pod_settle(m, pod);
        pod->counted = true;
        count_end(m, ev, pod, false);
    }
}

/* Slurm does not start a task again that has succeeded before a suspension could stop it. */
static bool success_after_all(const struct machine *m, const struct pod *pod, bool ok)
{
    return m->cfg.external && ok && !pod->counted && !machine_decided(m);
}

static void on_ended(struct machine *m, struct machine_event *ev)
{
    struct pod *pod = machine_pod_find(m, ev->index, ev->attempt);
    bool ok = ev->phase == MACHINE_SUCCEEDED;
    start_clock(m, ev->finished_us ? ev->finished_us : ev->time_us);
    if (!pod) {
        inherit(m, ev);
        if (machine_debt_find(m, ev->index) && m->cfg.external)
            machine_debt_count(m, ev->index);
        count_end(m, ev, NULL, ok);
        return;
    }
    struct pod last = *pod;
    machine_pod_remove(m, pod);
    if (!last.settled || success_after_all(m, &last, ok))
        count_end(m, ev, &last, ok);
}

static void on_gone(struct machine *m, struct machine_event *ev)
{
    struct pod *pod = machine_pod_find(m, ev->index, ev->attempt);
    if (pod)
        machine_pod_remove(m, pod);
}

static void on_start(struct machine *m, struct machine_event *ev)
{
    start_clock(m, ev->time_us);
}

/* A Job of fewer completions forgets the indexes beyond. */
static void rescale(struct machine *m)
{
    uint32_t limit = job_spec_index_limit(m->spec);
    m->oom |= indexset_remove_from(&m->completed, limit) < 0;
    m->oom |= indexset_remove_from(&m->failed_indexes, limit) < 0;
    m->oom |= indexset_remove_from(&m->given_up, limit) < 0;
    machine_debts_drop_from(m, limit);
    machine_rules_load(m);
    m->irregular = true;
}

/* Pods that were deleted while only failed ones were replaced count at once, now that deleted ones
 * are as good as failed. */
static void fail_terminating(struct machine *m, const struct machine_event *ev)
{
    for (struct pod *p = m->place[POD_TERMINATING].head; p; p = p->next) {
        if (p->settled)
            continue;
        machine_pod_settle(m, p);
        p->counted = true;
        struct machine_event end = {
            .index = p->index, .attempt = p->attempt, .time_us = ev->time_us};
        count_end(m, &end, p, false);
    }
}

static void on_spec(struct machine *m, struct machine_event *ev)
{
    if (ev->spec)
        m->spec = ev->spec;
    if (job_spec_indexed(m->spec) && m->spec->completions != m->completions)
        rescale(m);
    m->completions = m->spec->completions;
    if (!m->spec->replace_failed_only && m->unsettled_terminating > 0)
        fail_terminating(m, ev);
}

static void on_job_deleted(struct machine *m, struct machine_event *ev)
{
    (void)ev;
    m->job_deleted = true;
    machine_debts_count_all(m);
}

static void on_decided(struct machine *m, struct machine_event *ev)
{
    const struct machine_condition *d = ev->decision;
    if (m->decision_reason || !d)
        return;
    char *reason = strdup(d->reason ? d->reason : "");
    m->decision_message = strdup(d->message ? d->message : "");
    if (reason && m->decision_message) {
        m->decision_reason = reason;
    } else {
        free(reason);
        m->oom = true;
    }
    m->decision_success = d->type == MACHINE_COMPLETE;
}

static void on_retried(struct machine *m, struct machine_event *ev)
{
    uint32_t first, last;
    if (!job_spec_indexed(m->spec)) {
        m->succeeded = indexset_count(ev->succeeded);
        return;
    }
    for (uint32_t at = 0; indexset_next(ev->succeeded, at, &first, &last); at = last + 1)
        for (uint32_t i = first; i <= last; i++)
            machine_complete_index(m, i);
    m->oom |= indexset_merge(&m->failed_indexes, ev->given_up) < 0;
    m->oom |= indexset_merge(&m->given_up, ev->given_up) < 0;
}

static void on_sync(struct machine *m, struct machine_event *ev)
{
    (void)m;
    (void)ev;
}

static void (*const handlers[])(struct machine *m, struct machine_event *ev) = {
    [MACHINE_SYNC] = on_sync,
    [MACHINE_SPEC] = on_spec,
    [MACHINE_START] = on_start,
    [MACHINE_POD_STARTED] = on_started,
    [MACHINE_POD_RESTARTED] = on_restarted,
    [MACHINE_POD_DELETED] = on_deleted,
    [MACHINE_POD_ENDED] = on_ended,
    [MACHINE_POD_GONE] = on_gone,
    [MACHINE_JOB_DELETED] = on_job_deleted,
    [MACHINE_RETRIED] = on_retried,
    [MACHINE_DECIDED] = on_decided,
};

/* A Job that has ended, or is not ours, only keeps its spec up to date. */
static bool at_rest(const struct machine *m)
{
    return machine_finished(m) || m->spec->managed_elsewhere || m->spec->mode == JOB_MODE_UNKNOWN;
}

static void handle_at_rest(struct machine *m, const struct machine_event *ev)
{
    if (ev->type == MACHINE_SPEC && ev->spec)
        m->spec = ev->spec;
    if (ev->type == MACHINE_JOB_DELETED)
        m->job_deleted = true;
}

/* Nobody wakes a bookkeeper: a deadline that has passed since the last event comes first. */
static void catch_up(struct machine *m, int64_t time_us)
{
    int64_t deadline = machine_deadline(m);
    if (!m->cfg.external || deadline > time_us || machine_decided(m) || m->cfg.decided_elsewhere)
        return;
    m->now = deadline > m->now ? deadline : m->now;
    machine_sync(m, false);
}

int machine_handle(struct machine *m, const struct machine_event *event,
                   struct machine_actions *actions, struct error *err)
{
    if (event->type < 0 || event->type >= sizeof handlers / sizeof *handlers)
        return error_set(err, "unknown kind of event: %d", (int)event->type);
    struct machine_event ev = *event;
    if (actions) {
        actions->len = 0;
        actions->wake_us = actions->create_us = MACHINE_NEVER;
    }
    m->actions = actions;
    catch_up(m, ev.time_us);
    if (ev.time_us > m->now)
        m->now = ev.time_us;
    ev.time_us = m->now;
    if (at_rest(m))
        handle_at_rest(m, &ev);
    else
        handlers[ev.type](m, &ev);
    if (!ev.more)
        machine_sync(m, ev.unsettled);
    m->actions = NULL;
    return m->oom ? error_set(err, "out of memory") : 0;
}

void machine_view(const struct machine *m, struct machine_view *view)
{
    bool indexed = job_spec_indexed(m->spec);
    *view = (struct machine_view){
        .spec = m->spec,
        .start_us = m->start_us,
        .completion_us = m->completion_us,
        .active = m->place[POD_ACTIVE].len,
        .ready = m->ready,
        .terminating = m->place[POD_TERMINATING].len,
        .succeeded = indexed ? indexset_count(&m->completed) : m->succeeded,
        .failed = m->failed,
        .completed_indexes = indexed ? &m->completed : NULL,
        .failed_indexes = job_spec_per_index(m->spec) ? &m->failed_indexes : NULL,
        .given_up = &m->given_up,
        .conditions = m->condition,
        .n_conditions = m->n_conditions,
        .backoff_failures = m->backoff.failures,
        .backoff_until_us = machine_job_backoff_until(m),
    };
}
