/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_change.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "job_arrays.h"
#include "job_grow.h"
#include "job_live.h"
#include "job_resubmit.h"
#include "job_shares.h"
#include "reconcile.h"
#include "reconcile_plan.h"
#include "runner_signal.h"
#include "slurm_change.h"
#include "slurm_task.h"
#include "tree.h"

#define SETTLE_US (60 * INT64_C(1000000)) /* for pods to leave their nodes */
#define SETTLE_MS 200

/* Behind what the user did before, also where the clock was set back since: the later of two
 * changes counts. */
static int64_t time_of_change(const struct job_view *v)
{
    size_t n;
    int64_t at = job_view_now();
    const struct fold_note *notes = fold_notes(v->fold, &n);
    for (size_t i = 0; i < n; i++)
        if (notes[i].time_us >= at)
            at = notes[i].time_us + 1;
    return at;
}

/* Not before r->time_us, where that is set. */
static int record(const struct job_view *v, struct journal_record *r, struct error *err)
{
    int64_t at = time_of_change(v);
    r->time_us = r->time_us > at ? r->time_us : at;
    return job_view_record(v, r, err);
}

static int refuse_finished(const struct job_view *v, struct error *err)
{
    const char *name = job_view_name(v);
    return machine_decided(fold_machine(v->fold))
               ? error_set(err, "job.batch/%s has ended (%s): it cannot be changed any more", name,
                           job_view_state(v))
               : 0;
}

static int see_completing(void *arg, const struct slurm_task *task)
{
    bool *completing = arg;
    *completing |= task->completing;
    return 0;
}

/* A task that is released before its last run has left the node would wait for two minutes. */
static void wait_for_nodes(uint32_t id)
{
    int64_t until = job_view_now() + SETTLE_US;
    struct error err;
    for (;;) {
        bool completing = false;
        enum slurm_answer answer = slurm_task_read_all(id, see_completing, &completing, &err);
        if (answer != SLURM_DONE || !completing || job_view_now() >= until)
            return;
        nanosleep(&(struct timespec){.tv_nsec = SETTLE_MS * 1000000L}, NULL);
    }
}

static int set_throttle(const struct job_share *s, struct error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", s->job);
    return s->tasks < 2 || slurm_change_throttle(id, s->throttle, err) == SLURM_DONE ? 0 : -1;
}

/* An array that gets less comes before the one that gets what it loses. */
static int set_throttles(const struct job_share *v, size_t n, struct error *err)
{
    for (size_t i = 0; i < 2 * n; i++)
        if (v[i % n].lowers == (i < n) && set_throttle(&v[i % n], err) < 0)
            return -1;
    return 0;
}

static int release(const struct job_share *v, size_t n, struct error *err)
{
    for (size_t i = 0; i < n; i++)
        wait_for_nodes(v[i].job);
    for (size_t i = 0; i < n; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", v[i].job);
        if (slurm_change_release(id, time(NULL) + 1, err) != SLURM_DONE)
            return -1;
    }
    return 0;
}

static struct job_share *share(const struct job_view *v, const struct job_spec *spec, size_t *n)
{
    size_t arrays;
    (void)fold_arrays(v->fold, &arrays);
    return job_shares_make(v->fold, spec, arrays > 1 ? job_live_ask(v->fold) : NULL, n);
}

/* Makes Slurm do what the Job says now. was: it was paused before. */
static int tell_slurm(const struct job_view *v, const struct job_spec *now, bool was,
                      struct error *err)
{
    size_t n;
    if (!job_view_is_submitted(v))
        return 0;
    if (reconcile_paused(now))
        return job_arrays_pause(v, err);
    cleanup_free struct job_share *shares = share(v, now, &n);
    if (!shares)
        return error_set(err, "out of memory");
    return set_throttles(shares, n, err) < 0 ? -1 : was ? release(shares, n, err) : 0;
}

int job_change_suspend(const struct job_view *v, bool suspend, struct error *err)
{
    struct job_spec now = *job_view_spec(v); /* borrows */
    bool is_change = now.suspend != suspend;
    struct journal_record r = {.event = suspend ? JOURNAL_SUSPENDED : JOURNAL_RESUMED};
    if (refuse_finished(v, err) < 0 || (is_change && record(v, &r, err) < 0))
        return -1;
    now.suspend = suspend;
    /* What the user holds by hand in a Job that was not suspended stays held. */
    bool again = fold_last_change(v->fold) != FOLD_NO_TIME;
    if ((is_change || again || suspend) && tell_slurm(v, &now, true, err) < 0)
        return -1;
    return is_change;
}

/* Arrays of which something is left to do cannot have less than one each. */
static int check_shares(const struct job_view *v, const struct job_spec *spec, int64_t n,
                        struct error *err)
{
    size_t len;
    struct job_spec next = *spec; /* borrows */
    next.parallelism = (int32_t)n;
    if (n == 0)
        return 0;
    cleanup_free struct job_share *shares = job_shares_make(v->fold, &next, NULL, &len);
    if (!shares)
        return error_set(err, "out of memory");
    uint32_t least = job_shares_least(shares, len);
    return n >= least || len == 1
               ? 0
               : error_set(err,
                           "job.batch/%s is %u arrays with something left to do since its "
                           "completions have grown, and Slurm runs at least one task of each; its "
                           "parallelism can be 0, or %u and more",
                           job_view_name(v), least, least);
}

/* A work queue's pods are its tasks, and an array does not grow. */
int job_change_may_run(const struct job_view *v, int64_t n, struct error *err)
{
    const struct job_spec *spec = job_view_spec(v);
    const char *name = job_view_name(v);
    if (n < 0)
        return error_set(err,
                         "The Job \"%s\" is invalid: spec.parallelism: Invalid value: %lld: must "
                         "be greater than or equal to 0",
                         name, (long long)n);
    uint32_t tasks = reconcile_tasks(v->created, spec);
    if (spec->completions == JOB_UNSET && n > (int64_t)tasks)
        return error_set(err,
                         "job.batch/%s is a work queue that was submitted with %u pods; on Slurm "
                         "it can have fewer, but not more",
                         name, tasks);
    return n > INT32_MAX ? error_set(err, "--parallelism is out of range") : 0;
}

static int check_parallelism(const struct job_view *v, const struct job_spec *spec, int64_t n,
                             struct error *err)
{
    return job_change_may_run(v, n, err) < 0 ? -1 : check_shares(v, spec, n, err);
}

int job_change_parallelism(const struct job_view *v, int64_t parallelism, struct error *err)
{
    struct job_spec now = *job_view_spec(v); /* borrows */
    bool was_paused = reconcile_paused(&now);
    bool is_change = now.parallelism != parallelism;
    char value[24];
    const struct journal_change change = {"parallelism", value};
    struct journal_record r = {.event = JOURNAL_CHANGED, .changes = &change, .n_changes = 1};
    snprintf(value, sizeof value, "%lld", (long long)parallelism);
    if (refuse_finished(v, err) < 0 || check_parallelism(v, &now, parallelism, err) < 0 ||
        (is_change && record(v, &r, err) < 0))
        return -1;
    now.parallelism = (int32_t)parallelism;
    return tell_slurm(v, &now, was_paused, err) < 0 ? -1 : is_change;
}

int job_change_may_scale(const struct job_view *v, int64_t n, struct error *err)
{
    const struct job_spec *spec = job_view_spec(v);
    const char *name = job_view_name(v);
    if (!job_spec_indexed(spec))
        return error_set(
            err,
            "The Job \"%s\" is invalid: spec.completions: Invalid value: %lld: field is "
            "immutable",
            name, (long long)n);
    if (n < 1)
        return error_set(err, "--completions must be greater than 0");
    return n <= spec->completions ? 0 : job_grow_may(v, n, err);
}

int job_change_completions(const struct store *s, struct job_view *v, int64_t completions,
                           struct error *err)
{
    struct job_spec now = *job_view_spec(v); /* borrows */
    bool is_change = now.completions != completions || now.parallelism != completions;
    char value[24];
    const struct journal_change changes[] = {{"completions", value}, {"parallelism", value}};
    snprintf(value, sizeof value, "%lld", (long long)completions);
    if (refuse_finished(v, err) < 0 || job_change_may_scale(v, completions, err) < 0)
        return -1;
    now.completions = now.parallelism = (int32_t)completions;
    return is_change && job_change_fields(s, v, changes, 2, &now, err) < 0 ? -1 : is_change;
}

/* More completions. was_paused: by a parallelism of 0; a Job that is suspended stays so. */
static int grow(const struct store *s, struct job_view *v, const struct journal_change *changes,
                size_t n, uint32_t completions, struct error *err)
{
    uint32_t job_id;
    bool was_paused = reconcile_paused(job_view_spec(v));
    if (job_grow(s, v, completions, changes, n, &job_id, err) < 0)
        return -1;
    const struct job_spec *now = job_view_spec(v);
    if (reconcile_paused(now))
        return 0;
    if (tell_slurm(v, now, was_paused, err) < 0)
        return -1;
    return was_paused ? 0 : job_resubmit_release(v, job_id, "scaled", err);
}

/* The runners look at the deadline again when they are told to: those that run, by a signal; those
 * that start, by a file. It is best effort: who is not reached obeys the next look at the Job. */
static int announce_deadline(const struct job_view *v, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/" JOURNAL_DEADLINE_FILE, v->dir);
    cleanup_close int fd = open(strbuf_str(&path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    return fd >= 0 ? 0 : error_set(err, "cannot write %s: %s", strbuf_str(&path), strerror(errno));
}

/* The record, and what it says about arrays. */
static int change(const struct store *s, struct job_view *v, struct journal_record *r,
                  const struct job_spec *now, struct error *err)
{
    const struct job_spec *was = job_view_spec(v);
    int32_t before = was->completions;
    struct job_spec next = *now; /* borrows */
    bool was_paused = reconcile_paused(was), is_told = was->parallelism != now->parallelism;
    bool is_scaled = before != JOB_UNSET && now->completions != JOB_UNSET;
    next.suspend = was->suspend;
    if (is_scaled && now->completions > before)
        return grow(s, v, r->changes, r->n_changes, (uint32_t)now->completions, err);
    if (record(v, r, err) < 0)
        return -1;
    if (is_scaled && now->completions < before &&
        job_arrays_end(v, (uint32_t)now->completions, (uint32_t)before - 1, err) < 0)
        return -1;
    return is_told ? tell_slurm(v, &next, was_paused, err) : 0;
}

int job_change_fields(const struct store *s, struct job_view *v,
                      const struct journal_change *changes, size_t n, const struct job_spec *now,
                      struct error *err)
{
    const struct job_spec *was = job_view_spec(v);
    struct journal_record r = {.event = JOURNAL_CHANGED, .changes = changes, .n_changes = n};
    bool is_retention = n == 1 && strcmp(changes[0].field, "ttlSecondsAfterFinished") == 0;
    bool is_deadline = was->active_deadline_seconds != now->active_deadline_seconds;
    if ((!is_retention && refuse_finished(v, err) < 0) ||
        (was->parallelism != now->parallelism &&
         check_parallelism(v, now, now->parallelism, err) < 0) ||
        (is_deadline && announce_deadline(v, err) < 0))
        return -1;
    int rc = change(s, v, &r, now, err);
    if (is_deadline)
        job_arrays_signal(v, RUNNER_SIGNAL_LOOK);
    return rc;
}

int job_change_delete_pod(const struct job_view *v, uint32_t index, uint32_t attempt,
                          struct error *err)
{
    char id[32];
    struct journal_record r = {.event = JOURNAL_DELETED, .index = index, .attempt = attempt};
    bool is_change = !fold_deleted(v->fold, index, attempt);
    const struct fold_array *array = fold_array_of(v->fold, index);
    const struct slurm_task task = {.job = array ? array->job : 0, .index = index, .array = true};
    reconcile_name_task(&task, id);
    if (is_change && record(v, &r, err) < 0)
        return -1;
    return slurm_task_requeue(id, true, err) == SLURM_DONE ? is_change : -1;
}

/* On a login host whose clock is behind, the pod must not look as if it was deleted while it ran.
 */
int job_change_drop_pod(const struct job_view *v, const struct fold_attempt *a, struct error *err)
{
    struct journal_record r = {.event = JOURNAL_DELETED,
                               .time_us = a->phase ? a->ended_us + 1 : 0,
                               .index = a->index,
                               .attempt = a->attempt};
    return a->deleted ? 0 : record(v, &r, err);
}
