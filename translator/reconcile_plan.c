/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reconcile_plan.h"

#include <stdlib.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "grow.h"
#include "job_shares.h"
#include "tree.h"

#define SECOND_US INT64_C(1000000)
#define LOST      "DeletionByTaintManager" /* as for a pod whose node is gone */

static int add(struct reconcile_plan *p, struct reconcile_action action)
{
    struct reconcile_action *v = grow(p->v, p->len, sizeof *v);
    if (!v)
        return -1;
    p->v = v;
    v[p->len++] = action;
    return 0;
}

void reconcile_plan_free(struct reconcile_plan *p)
{
    free(p->v);
    *p = (struct reconcile_plan){0};
}

bool reconcile_paused(const struct job_spec *spec)
{
    return spec->suspend || spec->parallelism == 0;
}

uint32_t reconcile_tasks(const json_t *created, const struct job_spec *spec)
{
    if (spec->completions != JOB_UNSET)
        return (uint32_t)spec->completions;
    const json_t *was = tree_get(created, "spec");
    long long n = tree_has(was, "parallelism") ? tree_int(was, "parallelism") : 1;
    return n > 0 ? (uint32_t)n : 1;
}

uint32_t reconcile_throttle(const json_t *created, const struct job_spec *spec)
{
    uint32_t n = (uint32_t)spec->parallelism;
    return n < reconcile_tasks(created, spec) ? n : 0;
}

/* It has ended, and whoever had something to say about that had the time to. */
static bool is_over(const struct reconcile_input *in, const struct slurm_task *t)
{
    return !job_live_is_active(t) && !t->completing &&
           in->now_us - (int64_t)t->ended * SECOND_US >= in->grace_us;
}

struct reconcile_ending reconcile_ending_of(const struct slurm_task *t, uint32_t run)
{
    struct reconcile_ending e = {.phase = JOURNAL_FAILED};
    int code = WIFSIGNALED(t->status) ? 128 + WTERMSIG(t->status) : WEXITSTATUS(t->status);
    if (t->preempted || t->state == SLURM_TASK_PREEMPTED)
        e.disruption = "PreemptionByScheduler";
    else if (t->restarts > run || t->state == SLURM_TASK_NODE_FAILED)
        e.disruption = LOST;
    else if (t->state == SLURM_TASK_CANCELLED)
        e.reason = "Cancelled";
    else if (t->state == SLURM_TASK_TIMEOUT)
        e.reason = "SlurmTimeLimit";
    else if (t->state == SLURM_TASK_OUT_OF_MEMORY)
        e = (struct reconcile_ending){JOURNAL_FAILED, true, 137, "OOMKilled", NULL, NULL};
    else
        e = (struct reconcile_ending){
            code ? JOURNAL_FAILED : JOURNAL_SUCCEEDED, true, code, NULL, NULL, NULL};
    return e;
}

/* Slurm has put the task back, or forgotten it, or has ended it: the attempt is over. */
static bool is_lost(const struct reconcile_input *in, const struct fold_attempt *a,
                    const struct slurm_task *t)
{
    if (in->now_us - a->started_us < in->grace_us)
        return false;
    if (!t)
        return true;
    uint32_t run = fold_attempt_run(a);
    if (t->restarts > run)
        return !(t->completing && t->restarts == run + 1);
    return t->restarts == run && is_over(in, t);
}

static struct reconcile_ending ending_of(const struct reconcile_input *in,
                                         const struct fold_attempt *a, const struct slurm_task *t)
{
    static const struct reconcile_ending unknown = {JOURNAL_FAILED, false, 0, NULL, NULL, LOST};
    struct reconcile_ending e = t ? reconcile_ending_of(t, fold_attempt_run(a)) : unknown;
    if (fold_deleted(in->fold, a->index, a->attempt))
        e.disruption = NULL;
    return e;
}

static int close_open(const struct reconcile_input *in, struct reconcile_plan *out)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts(in->fold, &n);
    for (size_t i = 0; i < n; i++) {
        if (v[i].phase != JOURNAL_PHASE_NONE || fold_is_past(in->fold, &v[i]))
            continue;
        const struct slurm_task *t = job_live_find(in->live, v[i].index);
        if (is_lost(in, &v[i], t) &&
            add(out, (struct reconcile_action){.kind = RECONCILE_CLOSE,
                                               .index = v[i].index,
                                               .attempt = v[i].attempt,
                                               .run = fold_attempt_run(&v[i]),
                                               .ending = ending_of(in, &v[i], t)}) < 0)
            return -1;
    }
    return 0;
}

/* Also of a Job without completion indexes: the task of a pod that has succeeded is done. */
static bool has_succeeded(const struct reconcile_input *in, const struct slurm_task *t)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts_of(in->fold, t->index, &n);
    uint32_t next = fold_base_of(in->fold, t->index) + t->restarts;
    for (size_t i = 0; i < n && v[i].attempt < next; i++)
        if (v[i].phase == JOURNAL_SUCCEEDED && !fold_is_void(in->fold, &v[i]))
            return true;
    return false;
}

/* Tasks that failed before their runner could write anything. One that was cancelled has been no
 * pod; one that ended well had nothing to do, and one whose index has succeeded neither. */
static bool was_pod(const struct reconcile_input *in, const struct slurm_task *t)
{
    return t->state != SLURM_TASK_CANCELLED && !has_succeeded(in, t) &&
           !fold_attempt_of_run(in->fold, t->index, t->restarts);
}

static int close_unknown(const struct reconcile_input *in, struct reconcile_plan *out)
{
    for (size_t i = 0; i < in->live->len; i++) {
        const struct slurm_task *t = &in->live->tasks[i];
        if (!is_over(in, t) || !was_pod(in, t))
            continue;
        struct reconcile_ending e = reconcile_ending_of(t, t->restarts);
        uint32_t attempt = fold_next_attempt(in->fold, t->index, t->restarts);
        if (e.phase == JOURNAL_FAILED && add(out, (struct reconcile_action){.kind = RECONCILE_CLOSE,
                                                                            .index = t->index,
                                                                            .attempt = attempt,
                                                                            .run = t->restarts,
                                                                            .ending = e}) < 0)
            return -1;
    }
    return 0;
}

static bool any_active(const struct job_live *live)
{
    for (size_t i = 0; i < live->len; i++)
        if (job_live_is_active(&live->tasks[i]))
            return true;
    return false;
}

/* Whoever made the end cancels what is left: that takes a moment. */
static int plan_ended(const struct reconcile_input *in, struct reconcile_plan *out)
{
    bool is_due = in->now_us - fold_end(in->fold)->time_us >= 2 * in->grace_us;
    return is_due && any_active(in->live)
               ? add(out, (struct reconcile_action){.kind = RECONCILE_CANCEL})
               : 0;
}

/* When anything was last heard of the Job. */
static int64_t last_sign(const struct reconcile_input *in, const struct journal_end *lost)
{
    int64_t at = lost->time_us;
    for (size_t i = 0; i < in->live->len; i++) {
        int64_t ended = (int64_t)in->live->tasks[i].ended * SECOND_US;
        if (ended > at && ended <= in->now_us)
            at = ended;
    }
    return at;
}

/* Returns 1 when the Job ends, 0, or -1. */
static int plan_end(const struct reconcile_input *in, struct reconcile_plan *out)
{
    struct journal_end lost;
    if (!fold_decision(in->fold, &out->end)) {
        if (!job_live_lost(in->live, in->fold, &lost) ||
            in->now_us - last_sign(in, &lost) < 2 * in->grace_us)
            return 0;
        out->end = lost;
    } else if (in->now_us - out->end.time_us < in->grace_us) {
        return 1; /* somebody is about to do that */
    }
    return add(out, (struct reconcile_action){.kind = RECONCILE_DECIDE}) < 0 ? -1 : 1;
}

static int plan_paused(const struct reconcile_input *in, struct reconcile_plan *out)
{
    for (size_t i = 0; i < in->live->len; i++) {
        const struct slurm_task *t = &in->live->tasks[i];
        if (job_live_is_active(t) && !t->completing && !t->held)
            return add(out, (struct reconcile_action){.kind = RECONCILE_HOLD});
        if (t->state == SLURM_TASK_RUNNING && !t->completing)
            return add(out, (struct reconcile_action){.kind = RECONCILE_HOLD});
    }
    return 0;
}

/* Any attempt of the array that has this index. */
static bool has_started_since(const struct fold *f, uint32_t index, int64_t time_us)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts(f, &n);
    const struct fold_array *array = fold_array_of(f, index);
    for (size_t i = 0; i < n; i++)
        if (v[i].started_us >= time_us && fold_array_of(f, v[i].index) == array)
            return true;
    return false;
}

static bool is_all_held(const struct slurm_task *tasks, size_t len)
{
    bool any = false;
    for (size_t i = 0; i < len; i++) {
        if (!job_live_is_active(&tasks[i]))
            continue;
        if (!tasks[i].held || tasks[i].completing)
            return false;
        any = true;
    }
    return any;
}

/* Slurm was not told that the Job goes on, or that an array of it may begin: everything of the
 * array is held, and nothing has started since. What the user holds by hand later stays held. */
static int plan_release(const struct reconcile_input *in, struct reconcile_plan *out)
{
    const struct slurm_task *v = in->live->tasks;
    int64_t changed = fold_last_change(in->fold);
    if (changed == FOLD_NO_TIME || in->now_us - changed < in->grace_us)
        return 0;
    for (size_t from = 0, to; from < in->live->len; from = to) {
        for (to = from + 1; to < in->live->len && v[to].job == v[from].job; to++)
            ;
        if (is_all_held(v + from, to - from) &&
            !has_started_since(in->fold, v[from].index, changed) &&
            add(out, (struct reconcile_action){.kind = RECONCILE_RELEASE, .job = v[from].job}) < 0)
            return -1;
    }
    return 0;
}

static bool has_other_throttle(const struct job_live *live, const struct job_share *s)
{
    for (size_t i = 0; i < live->len; i++) {
        const struct slurm_task *t = &live->tasks[i];
        if (t->job == s->job && t->array && t->state == SLURM_TASK_PENDING &&
            t->throttle != s->throttle)
            return true;
    }
    return false;
}

/* Only for Jobs that were changed: else the throttle is what was submitted. An array that gets less
 * comes before the one that gets what it loses. */
static int plan_throttle(const struct reconcile_input *in, const struct job_spec *spec,
                         struct reconcile_plan *out)
{
    size_t n;
    int64_t changed = fold_last_change(in->fold);
    if (changed == FOLD_NO_TIME || in->now_us - changed < in->grace_us)
        return 0;
    cleanup_free struct job_share *v = job_shares_make(in->fold, spec, in->live, &n);
    if (!v)
        return -1;
    for (size_t i = 0; i < 2 * n; i++) {
        const struct job_share *s = &v[i % n];
        bool is_turn = s->lowers == (i < n);
        if (is_turn && has_other_throttle(in->live, s) &&
            add(out, (struct reconcile_action){
                         .kind = RECONCILE_THROTTLE, .job = s->job, .throttle = s->throttle}) < 0)
            return -1;
    }
    return 0;
}

/* The Job has fewer completions than before, and nobody has told Slurm. */
static int plan_surplus(const struct reconcile_input *in, const struct job_spec *spec,
                        struct reconcile_plan *out)
{
    uint32_t limit = job_spec_indexed(spec) ? job_spec_index_limit(spec) : UINT32_MAX;
    for (size_t i = 0; i < in->live->len; i++)
        if (in->live->tasks[i].index >= limit && job_live_is_active(&in->live->tasks[i]))
            return add(out, (struct reconcile_action){.kind = RECONCILE_SHRINK, .index = limit});
    return 0;
}

static int plan_deleted(const struct reconcile_input *in, struct reconcile_plan *out)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts(in->fold, &n);
    for (size_t i = 0; i < n; i++) {
        const struct slurm_task *t = job_live_find(in->live, v[i].index);
        bool runs = v[i].phase == JOURNAL_PHASE_NONE && !fold_is_past(in->fold, &v[i]) && t &&
                    t->state == SLURM_TASK_RUNNING && !t->completing &&
                    t->restarts == fold_attempt_run(&v[i]);
        if (runs && fold_deleted(in->fold, v[i].index, v[i].attempt) &&
            add(out, (struct reconcile_action){
                         .kind = RECONCILE_KILL, .index = v[i].index, .attempt = v[i].attempt}) < 0)
            return -1;
    }
    return 0;
}

/* The latest attempt of its index has failed, its task is over: the Job waits for it in vain. */
static bool needs_retry(const struct reconcile_input *in, const struct machine_view *view,
                        const struct fold_attempt *a)
{
    const struct slurm_task *t = job_live_find(in->live, a->index);
    bool queue = view->spec->completions == JOB_UNSET;
    return a->phase == JOURNAL_FAILED && !fold_is_past(in->fold, a) &&
           in->now_us - a->ended_us >= in->grace_us && t && is_over(in, t) &&
           t->restarts == fold_attempt_run(a) && t->state != SLURM_TASK_CANCELLED &&
           !job_live_was_cancelled(in->fold, a) && !(queue && view->succeeded > 0) &&
           !(view->failed_indexes && indexset_contains(view->failed_indexes, a->index));
}

static int plan_retries(const struct reconcile_input *in, struct reconcile_plan *out)
{
    size_t n;
    bool succeeded = false;
    struct machine_view view;
    const struct fold_attempt *v = fold_attempts(in->fold, &n);
    machine_view(fold_machine(in->fold), &view);
    for (size_t i = 0; i < n; i++) {
        bool last = i + 1 == n || v[i + 1].index != v[i].index;
        succeeded |= v[i].phase == JOURNAL_SUCCEEDED && !fold_is_void(in->fold, &v[i]);
        if (last && !succeeded && needs_retry(in, &view, &v[i]) &&
            add(out, (struct reconcile_action){.kind = RECONCILE_REQUEUE,
                                               .index = v[i].index,
                                               .attempt = v[i].attempt}) < 0)
            return -1;
        if (last)
            succeeded = false;
    }
    return 0;
}

int reconcile_plan(const struct reconcile_input *in, struct reconcile_plan *out)
{
    struct machine_view view;
    if (fold_end(in->fold))
        return plan_ended(in, out);
    if (close_open(in, out) < 0 || close_unknown(in, out) < 0)
        return -1;
    if (out->len)
        return 0;
    int rc = plan_end(in, out);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    machine_view(fold_machine(in->fold), &view);
    if (plan_surplus(in, view.spec, out) < 0)
        return -1;
    if (reconcile_paused(view.spec))
        return plan_paused(in, out);
    return plan_release(in, out) < 0 || plan_throttle(in, view.spec, out) < 0 ||
                   plan_deleted(in, out) < 0
               ? -1
               : plan_retries(in, out);
}
