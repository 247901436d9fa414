/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_grow.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "job_arrays.h"
#include "job_live.h"
#include "job_remove.h"
#include "job_resubmit.h"
#include "reconcile.h"
#include "slurm_api.h"
#include "submit.h"
#include "tree.h"

#define SETTLE_US (60 * INT64_C(1000000)) /* for pods to leave their nodes */
#define SETTLE_MS 200

struct growing {
    const struct store *store;
    struct job_view *view;
    uint32_t from; /* completions, as they are and as they are to be */
    uint32_t to;
    const struct journal_change *changes;
    size_t n_changes;
    uint32_t first_attempt;
    uint32_t job_id; /* of the new array */
};

int job_grow_may(const struct job_view *v, int64_t completions, struct error *err)
{
    const char *name = job_view_name(v);
    if (tree_has(tree_at(v->created, "metadata", "annotations", NULL), JOB_INDEX_LIMIT))
        return error_set(err,
                         "job.batch/%s is an array that was submitted without a manifest, and "
                         "cannot have more tasks",
                         name);
    if (completions > INT32_MAX)
        return error_set(err, "--completions is out of range");
    if (job_remove_asked_for(v) >= 0)
        return error_set(err, "job.batch/%s is being deleted", name);
    if (!job_view_is_submitted(v))
        return error_set(err, "job.batch/%s is not known to be in Slurm: skjob reconcile finds out",
                         name);
    if (!reconcile_may(v))
        return error_set(err, "job.batch/%s: its folder %s cannot be written to", name, v->dir);
    return 0;
}

/* ---- before ---- */

/* What was read may be older than what others have done. */
static int read_again(struct growing *g, struct error *err)
{
    struct job_view *v = g->view;
    if (job_resubmit_check_wanted(v, err) < 0 || job_view_refold(v, job_view_now(), err) < 0)
        return -1;
    if (machine_decided(fold_machine(v->fold)))
        return error_set(err, "job.batch/%s has ended just now: it cannot be changed any more",
                         job_view_name(v));
    if (job_view_spec(v)->completions != (int64_t)g->from)
        return error_set(err, "job.batch/%s was scaled by somebody else just now",
                         job_view_name(v));
    g->first_attempt = job_resubmit_first_attempt(v->fold, g->from);
    return 0;
}

/* Whether Slurm has a task of the indexes that are to come that is not over: the Job had them. */
static int old_ones(const struct growing *g, bool *alive, uint32_t *last, struct error *err)
{
    const struct job_live *live = job_live_ask(g->view->fold);
    *alive = false;
    *last = g->from;
    if (!live)
        return error_set(err, "slurmctld does not answer");
    for (size_t i = 0; i < live->len; i++) {
        const struct slurm_task *t = &live->tasks[i];
        *alive |= t->index >= g->from && (job_live_is_active(t) || t->completing);
        *last = t->index > *last ? t->index : *last;
    }
    return 0;
}

static int end_old_ones(const struct growing *g, struct error *err)
{
    bool alive;
    uint32_t last;
    int64_t until = job_view_now() + SETTLE_US;
    if (old_ones(g, &alive, &last, err) < 0 ||
        (alive && job_arrays_end(g->view, g->from, last, err) < 0))
        return -1;
    job_live_keep(0);
    while (alive) {
        if (job_view_now() >= until)
            return error_set(err,
                             "pods of job.batch/%s that its indexes from %u on had before are "
                             "still ending; try again when they have",
                             job_view_name(g->view), g->from);
        nanosleep(&(struct timespec){.tv_nsec = SETTLE_MS * 1000000L}, NULL);
        if (old_ones(g, &alive, &last, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- the array ---- */

static json_t *grown_object(const struct growing *g)
{
    json_t *job = json_deep_copy(fold_job(g->view->fold));
    json_t *spec = tree_get(job, "spec");
    if (json_object_set_new(spec, "completions", json_integer(g->to)) == 0 &&
        json_object_set_new(spec, "parallelism", json_integer(g->to)) == 0)
        return job;
    json_decref(job);
    return NULL;
}

static void explain_limit(const struct growing *g, struct error *err)
{
    struct slurm_cluster cluster;
    struct error ignored;
    if (!strcasestr(err->text, "array") || slurm_api_cluster(&cluster, &ignored) < 0 ||
        g->to <= cluster.max_array_size)
        return;
    error_set(err,
              "job.batch/%s stays as it is: %u completions need array indexes up to %u, and this "
              "cluster allows up to %u (MaxArraySize); create another Job for the rest, or ask the "
              "admin to raise it",
              job_view_name(g->view), g->to, g->to - 1, cluster.max_array_size - 1);
}

static void name_indexes(const struct growing *g, char text[32])
{
    if (g->to - g->from == 1)
        snprintf(text, 32, "%u", g->from);
    else
        snprintf(text, 32, "%u-%u", g->from, g->to - 1);
}

static int submit(struct growing *g, struct error *err)
{
    char indexes[32];
    cleanup_json json_t *job = grown_object(g);
    const struct job_resubmission more = {.store = g->store,
                                          .view = g->view,
                                          .object = job,
                                          .array = indexes,
                                          .first_attempt = g->first_attempt};
    name_indexes(g, indexes);
    if (!job)
        return error_set(err, "out of memory");
    int rc = job_resubmit(&more, &g->job_id, err);
    if (rc < 0)
        explain_limit(g, err);
    return rc;
}

static int record(const struct growing *g, struct error *err)
{
    char id[16], indexes[32];
    const struct journal_record r = {.event = JOURNAL_GROWN,
                                     .time_us = job_resubmit_time(g->view->fold),
                                     .job = id,
                                     .ahead = g->first_attempt,
                                     .indexes = indexes,
                                     .changes = g->changes,
                                     .n_changes = g->n_changes};
    snprintf(id, sizeof id, "%u", g->job_id);
    name_indexes(g, indexes);
    return job_view_record(g->view, &r, err);
}

/* ---- after ---- */

/* was: the spec before, of which the record has changed nothing. A retry would begin with it. */
static void change_back(const struct growing *g)
{
    char completions[16], parallelism[16];
    struct error lost;
    const struct job_spec *was = job_view_spec(g->view);
    const struct journal_change changes[] = {{"completions", completions},
                                             {"parallelism", parallelism}};
    const struct journal_record r = {.event = JOURNAL_CHANGED,
                                     .time_us = job_resubmit_time(g->view->fold),
                                     .changes = changes,
                                     .n_changes = 2};
    snprintf(completions, sizeof completions, "%d", was->completions);
    snprintf(parallelism, sizeof parallelism, "%d", was->parallelism);
    job_view_record(g->view, &r, &lost);
}

static int confirm(const struct growing *g, struct error *err)
{
    const struct job_view *v = g->view;
    if (job_view_refold(g->view, job_view_now(), err) < 0)
        return -1;
    bool has_ended = machine_decided(fold_machine(v->fold));
    const struct fold_array *array = fold_array_of(v->fold, g->from);
    if (!has_ended && array && array->job == g->job_id)
        return 0;
    job_resubmit_cancel(g->job_id);
    if (job_view_spec(v)->completions != (int64_t)g->to)
        change_back(g);
    return error_set(err,
                     has_ended ? "job.batch/%s has ended while it was being scaled: it stays as it "
                                 "was"
                               : "job.batch/%s was scaled by somebody else meanwhile: it stays so",
                     job_view_name(v));
}

static int grow_alone(struct growing *g, struct error *err)
{
    if (read_again(g, err) < 0 || end_old_ones(g, err) < 0 || read_again(g, err) < 0 ||
        submit(g, err) < 0)
        return -1;
    if (record(g, err) == 0 && job_resubmit_check_wanted(g->view, err) == 0)
        return confirm(g, err);
    job_resubmit_cancel(g->job_id);
    return -1;
}

int job_grow(const struct store *s, struct job_view *v, uint32_t completions,
             const struct journal_change *changes, size_t n, uint32_t *job_id, struct error *err)
{
    struct growing g = {.store = s,
                        .view = v,
                        .from = (uint32_t)job_view_spec(v)->completions,
                        .to = completions,
                        .changes = changes,
                        .n_changes = n};
    if (end_old_ones(&g, err) < 0) /* as long as a signal may end it */
        return -1;
    submission_hold_signals();
    int rc = job_resubmit_lock(v, "growth of completions", err);
    if (rc == 0) {
        rc = grow_alone(&g, err);
        job_resubmit_unlock(v);
    }
    submission_release_signals();
    *job_id = g.job_id;
    return rc;
}
