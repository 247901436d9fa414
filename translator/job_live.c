/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_live.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fold_outcome.h"
#include "grow.h"
#include "live_ask.h"
#include "timefmt.h"
#include "tree.h"

#define DOWN_SECONDS 60
#define ANSWER_MS    5000 /* libslurm itself tries for a minute */

static int compare(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* By job, then index. */
static int by_place(const void *left, const void *right)
{
    const struct slurm_task *a = left, *b = right;
    return a->job != b->job ? compare(a->job, b->job) : compare(a->index, b->index);
}

static int by_index(const void *left, const void *right)
{
    return compare(((const struct slurm_task *)left)->index,
                   ((const struct slurm_task *)right)->index);
}

/* Asks anew. Returns whether there was an answer. */
static bool ask(struct job_live *live, const struct fold_array *arrays, size_t n)
{
    static time_t down_until;
    if (time(NULL) < down_until)
        return false;
    if (live_ask(live, arrays, n, ANSWER_MS) < 0) {
        down_until = time(NULL) + DOWN_SECONDS;
        return false;
    }
    if (live->len > 1)
        qsort(live->tasks, live->len, sizeof *live->tasks, by_place);
    return true;
}

static bool is_new;

bool job_live_is_new(void)
{
    return is_new;
}

static int64_t keep_ms = 2000;

void job_live_keep(int64_t ms)
{
    keep_ms = ms;
}

static bool many, are_others;

void job_live_many(void)
{
    many = true;
}

void job_live_others(void)
{
    are_others = true;
}

/* The last answer: about one Job, by the last of its arrays, or (0) about all. */
static struct {
    struct job_live live;
    bool valid;
    uint32_t about;
    int64_t at_ms;
    uint32_t *told; /* the jobs that were asked about since */
    size_t n_told;
} last;

/* Whether the job is asked about for the first time since the answer came. */
static bool tell_first(uint32_t slurm_job)
{
    for (size_t i = 0; i < last.n_told; i++)
        if (last.told[i] == slurm_job)
            return false;
    uint32_t *told = grow(last.told, last.n_told, sizeof *told);
    if (!told)
        return false;
    last.told = told;
    told[last.n_told++] = slurm_job;
    return true;
}

/* The tasks of one job, which stand together. */
static const struct job_live *part(uint32_t slurm_job)
{
    static struct job_live found;
    size_t low = 0, high = last.live.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (last.live.tasks[middle].job < slurm_job)
            low = middle + 1;
        else
            high = middle;
    }
    found = (struct job_live){.tasks = last.live.tasks ? last.live.tasks + low : NULL};
    while (low + found.len < last.live.len && found.tasks[found.len].job == slurm_job)
        found.len++;
    return &found;
}

/* The tasks of several jobs, each with the indexes that it has now. */
static const struct job_live *parts(const struct fold_array *arrays, size_t n)
{
    static struct job_live all;
    struct slurm_task *room = reallocarray(all.tasks, last.live.len + 1, sizeof *room);
    if (!room)
        return NULL;
    all.tasks = room;
    all.len = 0;
    for (size_t i = 0; i < n; i++) {
        const struct job_live *one = part(arrays[i].job);
        uint32_t end = i + 1 < n ? arrays[i + 1].first : UINT32_MAX;
        for (size_t k = 0; k < one->len; k++)
            if (one->tasks[k].index >= arrays[i].first && one->tasks[k].index < end)
                room[all.len++] = one->tasks[k];
    }
    return &all;
}

const struct job_live *job_live_ask(const struct fold *f)
{
    size_t n;
    struct timespec t;
    const struct fold_array *arrays = fold_arrays(f, &n);
    if (!n)
        return NULL;
    bool is_about_all = many || (n > 1 && !are_others);
    uint32_t about = is_about_all ? 0 : arrays[n - 1].job;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t now_ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
    is_new = false;
    if (!last.valid || last.about != about || now_ms - last.at_ms >= keep_ms) {
        last.n_told = 0;
        last.about = about;
        last.at_ms = now_ms;
        last.valid = ask(&last.live, arrays, is_about_all ? 0 : n);
    }
    if (!last.valid)
        return NULL;
    is_new = tell_first(arrays->job);
    return n > 1 ? parts(arrays, n) : part(arrays->job);
}

bool job_live_matters(const struct fold *f)
{
    struct machine_view view;
    machine_view(fold_machine(f), &view);
    return !fold_end(f) &&
           (!machine_finished(fold_machine(f)) || view.spec->completions == JOB_UNSET);
}

const struct slurm_task *job_live_find(const struct job_live *live, uint32_t index)
{
    const struct slurm_task key = {.index = index};
    return live->len ? bsearch(&key, live->tasks, live->len, sizeof key, by_index) : NULL;
}

bool job_live_is_active(const struct slurm_task *t)
{
    return t->state == SLURM_TASK_PENDING || t->state == SLURM_TASK_RUNNING;
}

/* The attempt has a start and no end in the journal. One that is newer than Slurm's answer lives.
 */
bool job_live_is_gone(const struct job_live *live, const struct fold_attempt *a)
{
    const struct slurm_task *t = job_live_find(live, a->index);
    if (!t)
        return true;
    uint32_t run = fold_attempt_run(a);
    if (t->restarts <= run)
        return t->restarts == run && !job_live_is_active(t) && !t->completing;
    return !(t->completing && t->restarts == run + 1);
}

static int tell_open(const struct job_live *live, struct fold *f, uint32_t *running)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts(f, &n);
    *running = 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i].phase != JOURNAL_PHASE_NONE || fold_is_past(f, &v[i]))
            continue;
        bool gone = job_live_is_gone(live, &v[i]);
        *running += !gone;
        if (gone && fold_live(f, v[i].index, v[i].attempt, FOLD_GONE) < 0)
            return -1;
    }
    return 0;
}

static bool has_succeeded(const struct fold *f, const struct slurm_task *t)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts_of(f, t->index, &n);
    for (size_t i = 0; i < n; i++)
        if (v[i].phase == JOURNAL_SUCCEEDED && !fold_is_void(f, &v[i]))
            return true;
    return false;
}

/* Tasks that wait in Slurm are pending pods as far as there may be pods: no more than parallelism
 * at a time, none that is held or in its back-off. A work queue has all of its tasks from the
 * beginning, and no retry after its first success. */
static int tell_waiting(const struct job_live *live, struct fold *f, uint32_t running)
{
    struct machine_view view;
    machine_view(fold_machine(f), &view);
    bool queue = view.spec->completions == JOB_UNSET;
    uint64_t succeeded = view.succeeded;
    int64_t room = (int64_t)view.spec->parallelism - running;
    for (size_t i = 0; i < live->len && room > 0; i++) {
        const struct slurm_task *t = &live->tasks[i];
        bool waits = t->delayed && !(queue && t->restarts == 0);
        if (!job_live_is_active(t) || waits || (queue && t->restarts > 0 && succeeded > 0) ||
            fold_attempt_of_run(f, t->index, t->restarts) || has_succeeded(f, t))
            continue;
        uint32_t attempt = fold_next_attempt(f, t->index, t->restarts);
        if (fold_live(f, t->index, attempt, FOLD_PENDING) < 0)
            return -1;
        room--;
    }
    return 0;
}

bool job_live_was_cancelled(const struct fold *f, const struct fold_attempt *a)
{
    static const char reason[] = "Cancelled";
    struct fold_outcome_parts parts;
    if (a->phase != JOURNAL_FAILED)
        return false;
    fold_outcome_of(f, a, &parts);
    return parts.reason.len == strlen(reason) &&
           memcmp(parts.reason.data, reason, parts.reason.len) == 0;
}

/* Slurm still has the task, and the Job has use for it: it is to be run again, or what became of it
 * has yet to be written down. See reconcile_plan.h. */
static bool has_future(const struct fold *f, const struct machine_view *view,
                       const struct slurm_task *t)
{
    const struct fold_attempt *a = fold_attempt_of_run(f, t->index, t->restarts);
    bool queue_is_done = view->spec->completions == JOB_UNSET && view->succeeded > 0;
    if (t->state == SLURM_TASK_CANCELLED || queue_is_done || has_succeeded(f, t) ||
        (view->failed_indexes && indexset_contains(view->failed_indexes, t->index)))
        return false;
    return a ? !job_live_was_cancelled(f, a) : t->state != SLURM_TASK_ENDED || t->status != 0;
}

static bool any_left(const struct job_live *live, const struct fold *f)
{
    struct machine_view view;
    machine_view(fold_machine(f), &view);
    for (size_t i = 0; i < live->len; i++) {
        const struct slurm_task *t = &live->tasks[i];
        if (job_live_is_active(t) || t->completing || has_future(f, &view, t))
            return true;
    }
    return false;
}

static bool any_cancelled(const struct job_live *live)
{
    for (size_t i = 0; i < live->len; i++)
        if (live->tasks[i].state == SLURM_TASK_CANCELLED)
            return true;
    return false;
}

/* When the last thing happened; at least the Job was created, and retried. */
static struct journal_end end_of_lost(const struct job_live *live, const struct fold *f)
{
    size_t n;
    int64_t created = 0;
    bool cancelled = any_cancelled(live);
    const struct fold_attempt *v = fold_attempts(f, &n);
    timefmt_parse_rfc3339(tree_str(tree_get(fold_job(f), "metadata"), "creationTimestamp"),
                          &created);
    struct journal_end end = {.time_us = created * 1000000, .condition = "Failed"};
    for (size_t i = 0; i < n; i++) {
        int64_t at = v[i].phase ? v[i].ended_us : v[i].started_us;
        cancelled |= !fold_is_past(f, &v[i]) && job_live_was_cancelled(f, &v[i]);
        if (at > end.time_us)
            end.time_us = at;
    }
    if (fold_last_change(f) >= end.time_us)
        end.time_us = fold_last_change(f) + 1;
    strcpy(end.reason, cancelled ? "Cancelled" : "TasksGone");
    strcpy(end.message, cancelled ? "Tasks of the Job were cancelled in Slurm and none is left"
                                  : "Slurm has no task of the Job any more");
    return end;
}

int job_live_tell(const struct job_live *live, struct fold *f, int64_t now_us, struct error *err)
{
    uint32_t running;
    if (tell_open(live, f, &running) < 0 || tell_waiting(live, f, running) < 0)
        return error_set(err, "out of memory");
    return fold_run(f, now_us, NULL, err);
}

bool job_live_lost(const struct job_live *live, const struct fold *f, struct journal_end *end)
{
    if (fold_end(f) || any_left(live, f) || machine_decided(fold_machine(f)))
        return false;
    *end = end_of_lost(live, f);
    return true;
}

int job_live_apply(const struct job_live *live, struct fold *f, int64_t now_us, struct error *err)
{
    struct journal_end end;
    if (job_live_tell(live, f, now_us, err) < 0)
        return -1;
    if (!job_live_lost(live, f, &end))
        return 0;
    fold_set_end(f, &end);
    return fold_run(f, now_us, NULL, err);
}
