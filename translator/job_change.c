/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_change.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "job_live.h"
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
    char host[256];
    store_host(host);
    int64_t at = time_of_change(v);
    r->time_us = r->time_us > at ? r->time_us : at;
    return journal_append_path(v->dir, host, r, err);
}

static int refuse_finished(const struct job_view *v, struct error *err)
{
    const char *name = tree_str(tree_get(v->created, "metadata"), "name");
    return machine_decided(fold_machine(v->fold))
               ? error_set(err, "job.batch/%s has ended (%s): it cannot be changed any more", name,
                           job_view_state(v))
               : 0;
}

static const struct job_spec *spec_of(const struct job_view *v)
{
    struct machine_view view;
    machine_view(fold_machine(v->fold), &view);
    return view.spec;
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

static int go_on(uint32_t job, const char *id, uint32_t throttle, bool many, struct error *err)
{
    wait_for_nodes(job);
    if (many && slurm_change_throttle(id, throttle, err) != SLURM_DONE)
        return -1;
    return slurm_change_release(id, time(NULL) + 1, err) == SLURM_DONE ? 0 : -1;
}

static int pause_all(const char *id, struct error *err)
{
    return slurm_change_hold(id, err) == SLURM_DONE && slurm_change_stop(id, err) == SLURM_DONE
               ? 0
               : -1;
}

/* Makes Slurm do what the Job says now. was: it was paused before. */
static int tell_slurm(const struct job_view *v, const struct job_spec *now, bool was,
                      struct error *err)
{
    char id[16];
    uint32_t job = job_view_slurm_job(v);
    uint32_t throttle = reconcile_throttle(v->created, now);
    bool many = reconcile_tasks(v->created, now) > 1;
    if (!job)
        return 0; /* nothing was submitted */
    snprintf(id, sizeof id, "%u", job);
    if (reconcile_paused(now))
        return pause_all(id, err);
    if (was)
        return go_on(job, id, throttle, many, err);
    return !many || slurm_change_throttle(id, throttle, err) == SLURM_DONE ? 0 : -1;
}

int job_change_suspend(const struct job_view *v, bool suspend, struct error *err)
{
    struct job_spec now = *spec_of(v); /* borrows */
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

/* A work queue's pods are its tasks, and an array does not grow. */
static int check_parallelism(const struct job_view *v, const struct job_spec *spec, int64_t n,
                             struct error *err)
{
    const char *name = tree_str(tree_get(v->created, "metadata"), "name");
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

int job_change_parallelism(const struct job_view *v, int64_t parallelism, struct error *err)
{
    struct job_spec now = *spec_of(v); /* borrows */
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

int job_change_may_shrink(const struct job_view *v, int64_t n, struct error *err)
{
    const struct job_spec *spec = spec_of(v);
    const char *name = tree_str(tree_get(v->created, "metadata"), "name");
    if (!job_spec_indexed(spec))
        return error_set(
            err,
            "The Job \"%s\" is invalid: spec.completions: Invalid value: %lld: field is "
            "immutable",
            name, (long long)n);
    if (n < 1)
        return error_set(err, "--completions must be greater than 0");
    return n <= spec->completions
               ? 0
               : error_set(err,
                           "job.batch/%s has %d completions and cannot have more: a Slurm array "
                           "does not grow; create another Job for the rest",
                           name, spec->completions);
}

/* Ends the tasks of the indexes from first on. */
static int end_indexes(const struct job_view *v, uint32_t first, uint32_t count, struct error *err)
{
    char id[48];
    uint32_t job = job_view_slurm_job(v);
    if (!job || first >= count)
        return 0;
    snprintf(id, sizeof id, "%u_[%u-%u]", job, first, count - 1);
    return slurm_task_cancel(id, err) == SLURM_DONE ? 0 : -1;
}

int job_change_completions(const struct job_view *v, int64_t completions, struct error *err)
{
    struct job_spec now = *spec_of(v); /* borrows */
    bool is_change = now.completions != completions || now.parallelism != completions;
    char value[24];
    const struct journal_change changes[] = {{"completions", value}, {"parallelism", value}};
    snprintf(value, sizeof value, "%lld", (long long)completions);
    if (refuse_finished(v, err) < 0 || job_change_may_shrink(v, completions, err) < 0)
        return -1;
    now.completions = now.parallelism = (int32_t)completions;
    return is_change && job_change_fields(v, changes, 2, &now, err) < 0 ? -1 : is_change;
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

static void tell_runners(const struct job_view *v)
{
    char id[16];
    struct error err;
    snprintf(id, sizeof id, "%u", job_view_slurm_job(v));
    if (job_view_slurm_job(v))
        slurm_task_signal(id, RUNNER_SIGNAL_LOOK, &err);
}

int job_change_fields(const struct job_view *v, const struct journal_change *changes, size_t n,
                      const struct job_spec *now, struct error *err)
{
    const struct job_spec *was = spec_of(v);
    struct job_spec next = *now; /* borrows */
    struct journal_record r = {.event = JOURNAL_CHANGED, .changes = changes, .n_changes = n};
    bool is_retention = n == 1 && strcmp(changes[0].field, "ttlSecondsAfterFinished") == 0;
    bool is_told = was->parallelism != now->parallelism;
    bool is_deadline = was->active_deadline_seconds != now->active_deadline_seconds;
    bool was_paused = reconcile_paused(was);
    next.suspend = was->suspend;
    if ((!is_retention && refuse_finished(v, err) < 0) ||
        (is_told && check_parallelism(v, was, now->parallelism, err) < 0) ||
        (is_deadline && announce_deadline(v, err) < 0) || record(v, &r, err) < 0)
        return -1;
    if (is_deadline)
        tell_runners(v);
    if (now->completions < was->completions && now->completions != JOB_UNSET &&
        end_indexes(v, (uint32_t)now->completions, (uint32_t)was->completions, err) < 0)
        return -1;
    return is_told ? tell_slurm(v, &next, was_paused, err) : 0;
}

int job_change_delete_pod(const struct job_view *v, uint32_t index, uint32_t attempt,
                          struct error *err)
{
    char id[32];
    struct journal_record r = {.event = JOURNAL_DELETED, .index = index, .attempt = attempt};
    bool is_change = !fold_deleted(v->fold, index, attempt);
    const struct slurm_task task = {.index = index, .array = true};
    reconcile_name_task(v, &task, id);
    if (is_change && record(v, &r, err) < 0)
        return -1;
    return slurm_task_requeue(id, true, err) == SLURM_DONE ? is_change : -1;
}

/* On a login host whose clock is behind, the pod must not look as if it was deleted while it ran.
 */
int job_change_drop_pod(const struct job_view *v, const struct fold_attempt *a, struct error *err)
{
    struct journal_record r = {.event = JOURNAL_DELETED,
                               .time_us = a->ended_us + 1,
                               .index = a->index,
                               .attempt = a->attempt};
    return a->deleted ? 0 : record(v, &r, err);
}
