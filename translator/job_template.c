/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "job_arrays.h"
#include "job_live.h"
#include "job_remove.h"
#include "job_resubmit.h"
#include "reconcile.h"
#include "reconcile_plan.h"
#include "submit.h"
#include "template_file.h"
#include "tree.h"

#define SETTLE_US (60 * INT64_C(1000000)) /* for pods to leave their nodes */
#define POLL_MS   200

struct changing {
    const struct store *store;
    struct job_view *view;
    const char *before; /* the Job's arrays when it was judged */
    struct indexset tasks;
    json_t *object; /* the Job as it is to be; owned */
    uint32_t first_attempt;
    uint32_t job_id; /* of the new array */
    bool cut_short;  /* the array before is still there */
};

static const char *name_of(const struct changing *c)
{
    return job_view_name(c->view);
}

/* ---- whether it may be done now ---- */

static int check_state(const struct changing *c, struct error *err)
{
    struct machine_view is;
    const struct machine *m = fold_machine(c->view->fold);
    machine_view(m, &is);
    if (job_remove_asked_for(c->view) >= 0)
        return error_set(err, "job.batch/%s is being deleted", name_of(c));
    if (machine_decided(m))
        return error_set(err, "job.batch/%s has ended: it cannot be changed any more", name_of(c));
    if (strcmp(fold_slurm_job(c->view->fold), c->before) != 0)
        return error_set(err, "job.batch/%s was changed by somebody else just now", name_of(c));
    if (!is.spec->suspend)
        return error_set(err, "job.batch/%s is not suspended any more: its template stays as it is",
                         name_of(c));
    if (!reconcile_may(c->view))
        return error_set(err, "job.batch/%s: its folder %s cannot be written to", name_of(c),
                         c->view->dir);
    return job_view_is_submitted(c->view)
               ? 0
               : error_set(err,
                           "job.batch/%s: its array in Slurm is not known, so its template stays "
                           "as it is",
                           name_of(c));
}

/* ---- no pod of it is left ---- */

static const struct job_live *ask(const struct changing *c, struct error *err)
{
    const struct job_live *live = job_live_ask(c->view->fold);
    if (!live)
        error_set(err, "slurmctld does not answer");
    return live;
}

static bool any_on_node(const struct job_live *live)
{
    for (size_t i = 0; i < live->len; i++)
        if (live->tasks[i].state == SLURM_TASK_RUNNING || live->tasks[i].completing)
            return true;
    return false;
}

static bool any_open(const struct fold *f)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts(f, &n);
    for (size_t i = 0; i < n; i++)
        if (v[i].phase == JOURNAL_PHASE_NONE && !fold_is_past(f, &v[i]))
            return true;
    return false;
}

/* Those without an end whose runner was killed are closed by reconcile. Returns 1 when no pod is
 * left, 0, or -1 with err. */
static int is_quiet(struct changing *c, struct error *err)
{
    const struct job_live *live = ask(c, err);
    if (!live || job_view_refold(c->view, job_view_now(), err) < 0)
        return -1;
    bool busy = any_on_node(live);
    if (busy || !any_open(c->view->fold))
        return !busy;
    return reconcile_run(c->view, live, job_view_now(), NULL, err) < 0 ? -1 : 0;
}

static int wait_until_quiet(struct changing *c, struct error *err)
{
    int64_t until = job_view_now() + SETTLE_US;
    job_live_keep(0);
    for (;;) {
        int quiet = is_quiet(c, err);
        if (quiet != 0)
            return quiet < 0 ? -1 : 0;
        if (job_view_now() >= until)
            return error_set(err,
                             "pods of job.batch/%s are still ending (Slurm job %s); try again when "
                             "they have",
                             name_of(c), fold_slurm_job(c->view->fold));
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
}

/* ---- what the array has ---- */

static bool is_over(const struct fold *f, const struct fold_attempt *a, bool is_last)
{
    if (a->phase == JOURNAL_SUCCEEDED)
        return !fold_is_void(f, a);
    return is_last && !fold_is_past(f, a) && job_live_was_cancelled(f, a);
}

static int add_over(const struct fold *f, const struct job_live *live, struct indexset *out)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts(f, &n);
    for (size_t i = 0; i < n; i++)
        if (is_over(f, &v[i], i + 1 == n || v[i + 1].index != v[i].index) &&
            indexset_insert(out, v[i].index) < 0)
            return -1;
    for (size_t i = 0; i < live->len; i++)
        if (live->tasks[i].state == SLURM_TASK_CANCELLED &&
            indexset_insert(out, live->tasks[i].index) < 0)
            return -1;
    return 0;
}

static int choose(struct changing *c, struct error *err)
{
    struct machine_view is;
    const struct fold *f = c->view->fold;
    const struct job_live *live = ask(c, err);
    cleanup_indexset struct indexset over = INDEXSET_INIT;
    machine_view(fold_machine(f), &is);
    const struct indexset *taken[] = {&over, &c->tasks, is.given_up, is.failed_indexes};
    uint32_t tasks = reconcile_tasks(c->view->created, is.spec);
    if (!live)
        return -1;
    if (add_over(f, live, &over) < 0)
        return error_set(err, "out of memory");
    for (uint32_t at = 0; (at = indexset_next_free(taken, 4, at)) < tasks;)
        if (indexset_insert(&c->tasks, at) < 0)
            return error_set(err, "out of memory");
    return indexset_count(&c->tasks)
               ? 0
               : error_set(err, "job.batch/%s: no pod of it is left to run", name_of(c));
}

/* The Job as it stands, with what is new of it. */
static int make_object(struct changing *c, const json_t *now, struct error *err)
{
    static const char *const texts[] = {"labels", "annotations"};
    json_decref(c->object);
    c->object = json_deep_copy(fold_job(c->view->fold));
    json_t *meta = tree_get(c->object, "metadata"), *spec = tree_get(c->object, "spec");
    bool failed = !meta || !spec;
    for (size_t i = 0; !failed && i < sizeof texts / sizeof *texts; i++) {
        json_t *v = tree_get(tree_get(now, "metadata"), texts[i]);
        if (v)
            failed = json_object_set(meta, texts[i], v) < 0;
        else
            json_object_del(meta, texts[i]);
    }
    failed = failed || json_object_set(spec, "template", tree_at(now, "spec", "template", NULL));
    return failed ? error_set(err, "out of memory") : 0;
}

/* ---- the change ---- */

static int submit(struct changing *c, struct error *err)
{
    struct machine_view is;
    cleanup_strbuf struct strbuf list = STRBUF_INIT;
    machine_view(fold_machine(c->view->fold), &is);
    uint32_t throttle = reconcile_throttle(c->view->created, is.spec);
    indexset_print(&c->tasks, &list);
    if (throttle)
        strbuf_addf(&list, "%%%u", throttle);
    const struct job_resubmission other = {.store = c->store,
                                           .view = c->view,
                                           .object = c->object,
                                           .array = strbuf_str(&list),
                                           .first_attempt = c->first_attempt};
    return list.failed ? error_set(err, "out of memory") : job_resubmit(&other, &c->job_id, err);
}

static int record(const struct changing *c, struct error *err)
{
    char id[16];
    snprintf(id, sizeof id, "%u", c->job_id);
    const struct journal_record r = {.event = JOURNAL_RENEWED,
                                     .time_us = job_resubmit_time(c->view->fold),
                                     .job = id,
                                     .ahead = c->first_attempt};
    return job_view_record(c->view, &r, err);
}

/* While sbatch was at work, the Job may have been resumed: its old array is the one that runs. */
static int make_it_so(struct changing *c, struct error *err)
{
    if (job_view_refold(c->view, job_view_now(), err) == 0 && check_state(c, err) == 0 &&
        record(c, err) == 0 && job_resubmit_check_wanted(c->view, err) == 0)
        return 0;
    job_resubmit_cancel(c->job_id);
    return -1;
}

/* The view is as old as before the record: its arrays are those that go. */
static int cancel_old(struct changing *c, struct error *err)
{
    if (job_arrays_cancel(c->view, err) == 0)
        return 0;
    c->cut_short = true;
    return error_prefix(err,
                        "job.batch/%s has its new template, as Slurm job %u, but nothing else was "
                        "changed; Slurm job %s, which it was before, is held, and skjob reconcile "
                        "cancels it in five minutes",
                        name_of(c), c->job_id, fold_slurm_job(c->view->fold));
}

static int change(struct changing *c, const json_t *now, struct error *err)
{
    const json_t *template = tree_at(now, "spec", "template", NULL);
    if (wait_until_quiet(c, err) < 0 || check_state(c, err) < 0 || choose(c, err) < 0 ||
        make_object(c, now, err) < 0)
        return -1;
    c->first_attempt = job_resubmit_first_attempt(c->view->fold, 0);
    if (template_file_write(c->view->dir, c->first_attempt, template, err) < 0 ||
        submit(c, err) < 0 || make_it_so(c, err) < 0 || cancel_old(c, err) < 0)
        return -1;
    return job_view_refold(c->view, job_view_now(), err);
}

static int change_alone(struct changing *c, const json_t *now, struct error *err)
{
    if (check_state(c, err) < 0 || job_resubmit_lock(c->view, "change of the template", err) < 0)
        return -1;
    int rc = change(c, now, err);
    if (!c->cut_short)
        job_resubmit_unlock(c->view);
    return rc;
}

int job_template_change(const struct store *s, struct job_view *v, const json_t *now,
                        struct error *err)
{
    cleanup_free char *before = strdup(fold_slurm_job(v->fold));
    struct changing c = {.store = s, .view = v, .before = before, .tasks = INDEXSET_INIT};
    if (!before)
        return error_set(err, "out of memory");
    if (check_state(&c, err) < 0 || wait_until_quiet(&c, err) < 0) /* a signal may end it */
        return -1;
    submission_hold_signals();
    int rc = change_alone(&c, now, err);
    submission_release_signals();
    indexset_free(&c.tasks);
    json_decref(c.object);
    return rc;
}
