/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_retry.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "job_arrays.h"
#include "job_remove.h"
#include "job_resubmit.h"
#include "reconcile.h"
#include "reconcile_plan.h"
#include "submit.h"
#include "tree.h"

#define INDEXES_MAX 3500 /* bytes: they have to fit into a record of the journal */

struct retrying {
    const struct store *store;
    struct job_view *view;
    const char *wanted;     /* of the user, NULL = all */
    struct machine_view is; /* of the view's fold */
    uint32_t tasks;         /* of the whole Job */
    struct indexset again;
    uint32_t first_attempt;
    uint32_t job_id; /* of the new array */
};

static const char *name_of(const struct retrying *r)
{
    return job_view_name(r->view);
}

/* ---- whether, and what ---- */

static int check_state(const struct retrying *r, struct error *err)
{
    const struct machine *m = fold_machine(r->view->fold);
    if (job_remove_asked_for(r->view) >= 0)
        return error_set(err, "job.batch/%s is being deleted", name_of(r));
    if (!machine_decided(m))
        return error_set(err,
                         "job.batch/%s has not ended (%s): retry is for a Job that has failed; "
                         "pods that fail before are run again as backoffLimit says",
                         name_of(r), job_view_state(r->view));
    if (machine_condition(m, MACHINE_SUCCESS_CRITERIA_MET))
        return error_set(err, "job.batch/%s is complete: nothing of it is to be run again",
                         name_of(r));
    if (!reconcile_may(r->view))
        return error_set(err, "job.batch/%s: its folder %s cannot be written to", name_of(r),
                         r->view->dir);
    return 0;
}

static int add_succeeded(const struct retrying *r, struct indexset *out)
{
    size_t n;
    const struct fold_attempt *v = fold_attempts(r->view->fold, &n);
    for (size_t i = 0; i < n; i++)
        if (v[i].phase == JOURNAL_SUCCEEDED && !fold_is_void(r->view->fold, &v[i]) &&
            indexset_insert(out, v[i].index) < 0)
            return -1;
    return 0;
}

/* One number at *text, which moves behind it. */
static bool take_number(const char **text, uint32_t limit, uint32_t *out)
{
    char *end;
    if (!isdigit((unsigned char)**text))
        return false;
    unsigned long n = strtoul(*text, &end, 10);
    *text = end;
    *out = (uint32_t)n;
    return n < limit;
}

/* As strict as the option of kubectl's that it is not. */
static int parse_indexes(const struct retrying *r, struct indexset *out, struct error *err)
{
    const char *p = r->wanted;
    for (bool more = true; more;) {
        uint32_t first, last;
        bool ok = take_number(&p, r->tasks, &first);
        last = first;
        if (ok && *p == '-') {
            p++;
            ok = take_number(&p, r->tasks, &last) && last >= first;
        }
        more = *p == ',';
        if (!ok || (*p && !more))
            return error_set(err,
                             "--index=%s: job.batch/%s has the indexes 0-%u; name some of them as "
                             "3,7-9",
                             r->wanted, name_of(r), r->tasks - 1);
        p += more;
        if (indexset_insert_range(out, first, last) < 0)
            return error_set(err, "out of memory");
    }
    return 0;
}

static int choose_named(struct retrying *r, const struct indexset *succeeded, struct error *err)
{
    uint32_t first, last;
    if (!job_spec_indexed(r->is.spec))
        return error_set(err,
                         "job.batch/%s has no completion indexes: retry it without --index, and "
                         "its pods that have not succeeded run again",
                         name_of(r));
    if (parse_indexes(r, &r->again, err) < 0)
        return -1;
    for (uint32_t at = 0; indexset_next(&r->again, at, &first, &last); at = last + 1)
        for (uint32_t i = first; i <= last; i++)
            if (indexset_contains(succeeded, i))
                return error_set(err,
                                 "index %u of job.batch/%s has succeeded: a completed index is "
                                 "not run again",
                                 i, name_of(r));
    return 0;
}

static int choose_all(struct retrying *r, const struct indexset *succeeded, struct error *err)
{
    const struct indexset *taken[] = {succeeded, &r->again};
    for (uint32_t at = 0; (at = indexset_next_free(taken, 2, at)) < r->tasks;)
        if (indexset_insert(&r->again, at) < 0)
            return error_set(err, "out of memory");
    return indexset_count(&r->again)
               ? 0
               : error_set(err, "every pod of job.batch/%s has succeeded", name_of(r));
}

static int choose(struct retrying *r, struct error *err)
{
    cleanup_indexset struct indexset succeeded = INDEXSET_INIT;
    bool queue = r->is.spec->completions == JOB_UNSET;
    if (queue && r->is.succeeded > 0)
        return error_set(err,
                         "job.batch/%s is a work queue of which a pod has succeeded: no pod of it "
                         "starts after that",
                         name_of(r));
    r->tasks = reconcile_tasks(r->view->created, r->is.spec);
    if (add_succeeded(r, &succeeded) < 0)
        return error_set(err, "out of memory");
    return r->wanted ? choose_named(r, &succeeded, err) : choose_all(r, &succeeded, err);
}

/* ---- the array ---- */

static int wait_until_gone(const struct retrying *r, long seconds, struct error *err)
{
    int alive = job_arrays_wait(r->view, seconds, err);
    return alive <= 0 ? alive
                      : error_set(err,
                                  "pods of job.batch/%s are still ending (Slurm job %s); try "
                                  "again when they have",
                                  name_of(r), fold_slurm_job(r->view->fold));
}

static int submit(struct retrying *r, struct error *err)
{
    cleanup_strbuf struct strbuf list = STRBUF_INIT;
    uint32_t throttle = reconcile_throttle(r->view->created, r->is.spec);
    indexset_print(&r->again, &list);
    if (throttle)
        strbuf_addf(&list, "%%%u", throttle);
    const struct job_resubmission again = {.store = r->store,
                                           .view = r->view,
                                           .object = fold_job(r->view->fold),
                                           .array = strbuf_str(&list),
                                           .first_attempt = r->first_attempt};
    return list.failed ? error_set(err, "out of memory") : job_resubmit(&again, &r->job_id, err);
}

/* ---- the record ---- */

static int record(const struct retrying *r, struct error *err)
{
    char id[16];
    cleanup_strbuf struct strbuf list = STRBUF_INIT;
    const struct machine_condition *c =
        machine_condition(fold_machine(r->view->fold), MACHINE_FAILURE_TARGET);
    snprintf(id, sizeof id, "%u", r->job_id);
    indexset_print(&r->again, &list);
    const struct journal_record rec = {.event = JOURNAL_RETRIED,
                                       .time_us = job_resubmit_time(r->view->fold),
                                       .job = id,
                                       .ahead = r->first_attempt,
                                       .indexes = r->wanted ? strbuf_str(&list) : NULL,
                                       .condition = "Failed",
                                       .reason = c ? c->reason : NULL,
                                       .message = c ? c->message : NULL};
    if (list.failed)
        return error_set(err, "out of memory");
    return job_view_record(r->view, &rec, err);
}

static int remove_end(const char *dir, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/end", dir);
    return unlink(strbuf_str(&path)) == 0 || errno == ENOENT
               ? 0
               : error_set(err, "cannot remove %s: %s", strbuf_str(&path), strerror(errno));
}

int job_retry_clear_end(const struct job_view *v, struct error *err)
{
    return fold_first_attempt(v->fold) && !fold_end(v->fold) ? remove_end(v->dir, err) : 0;
}

/* ---- all of it ---- */

static int retry(struct retrying *r, struct error *err)
{
    if (submit(r, err) < 0)
        return -1;
    if (record(r, err) < 0 || job_resubmit_check_wanted(r->view, err) < 0) {
        job_resubmit_cancel(r->job_id);
        return -1;
    }
    if (remove_end(r->view->dir, err) < 0)
        return -1;
    return reconcile_paused(r->is.spec) ? 0
                                        : job_resubmit_release(r->view, r->job_id, "retried", err);
}

/* What was read may be older than another retry's record, a deletion, the last pod's success. */
static int read_again(struct retrying *r, struct error *err)
{
    uint32_t before = fold_first_attempt(r->view->fold);
    if (job_view_refold(r->view, job_view_now(), err) < 0)
        return -1;
    machine_view(fold_machine(r->view->fold), &r->is);
    if (before != fold_first_attempt(r->view->fold))
        return error_set(err, "job.batch/%s was retried by somebody else just now", name_of(r));
    r->first_attempt = job_resubmit_first_attempt(r->view->fold, 0);
    indexset_free(&r->again);
    return job_resubmit_check_wanted(r->view, err) < 0 ? -1 : choose(r, err);
}

static int retry_alone(struct retrying *r, struct error *err)
{
    if (job_resubmit_check_wanted(r->view, err) < 0 ||
        job_resubmit_lock(r->view, "skjob retry", err) < 0)
        return -1;
    int rc = read_again(r, err) < 0 ? -1 : retry(r, err);
    job_resubmit_unlock(r->view);
    return rc;
}

int job_retry(const struct store *s, struct job_view *v, const char *indexes, long seconds,
              struct job_retried *out, struct error *err)
{
    struct retrying r = {.store = s, .view = v, .wanted = indexes};
    cleanup_strbuf struct strbuf list = STRBUF_INIT;
    machine_view(fold_machine(v->fold), &r.is);
    int rc = check_state(&r, err) < 0 || choose(&r, err) < 0 ? -1 : 0;
    indexset_print(&r.again, &list);
    if (rc == 0 && indexes && list.len > INDEXES_MAX)
        rc = error_set(err, "--index: these are too many ranges for one retry");
    if (rc == 0)
        rc = wait_until_gone(&r, seconds, err);
    if (rc == 0) {
        submission_hold_signals();
        rc = retry_alone(&r, err);
        submission_release_signals();
    }
    *out = (struct job_retried){r.job_id, indexset_count(&r.again), r.tasks};
    indexset_free(&r.again);
    return rc;
}
