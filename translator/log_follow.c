/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "job_watch.h"
#include "log_request.h"

static int look(struct log_request *r, struct job_watch *w, const char *job, struct error *err)
{
    int rc = job_watch_look(w, r->store, r->options->ns, job, err);
    if (rc == 1)
        job_print_not_found(job);
    return rc;
}

/* Nothing more comes of the index that was asked for, or of the Job. */
static bool is_final(const struct log_request *r, const struct job_watch *w)
{
    struct machine_view view;
    int64_t index = r->filter.index;
    if (job_watch_ended(w))
        return true;
    machine_view(fold_machine(w->view.fold), &view);
    return index != LOG_ANY &&
           ((view.completed_indexes &&
             indexset_contains(view.completed_indexes, (uint32_t)index)) ||
            (view.failed_indexes && indexset_contains(view.failed_indexes, (uint32_t)index)));
}

/* What became of the pod since. */
static void refresh(const struct job_watch *w, struct log_pod *pod)
{
    const struct fold_attempt *a = fold_attempt_of(w->view.fold, pod->index, pod->attempt);
    if (!a || pod->ended)
        return;
    pod->started_us = a->started_us;
    pod->ended = a->phase != JOURNAL_PHASE_NONE;
    pod->ended_us = a->ended_us;
}

static int choose(const struct log_request *r, const struct job_watch *w,
                  const struct log_pod *after, struct log_pod *out, struct error *err)
{
    cleanup_log_pods struct log_pods pods;
    struct log_filter all = r->filter;
    all.latest = !after;
    if (log_pods_list(&w->view, &all, &pods, err) < 0)
        return -1;
    const struct log_pod *p =
        after ? log_pods_next(&pods, after) : log_pods_choose(&w->view, &pods);
    if (p)
        *out = *p;
    return p != NULL;
}

/* Waits until there is a pod to follow. Returns 1, 0 when none will come, -1 with err, 2 (told). */
static int wait_for_pod(struct log_request *r, struct job_watch *w, const char *job,
                        const struct log_pod *after, struct log_pod *out, struct error *err)
{
    bool told = false;
    for (;;) {
        int rc = look(r, w, job, err);
        if (rc != 0)
            return rc < 0 ? -1 : 2;
        bool final = is_final(r, w);
        rc = choose(r, w, after, out, err);
        if (rc != 0 || final)
            return rc;
        if (!told && !after)
            fprintf(stderr, "Waiting for a pod of job %s to start\n", job);
        told = true;
        job_watch_sleep(w, INT64_MAX);
    }
}

/* Until the pod has ended. */
static int follow_pod(struct log_request *r, struct job_watch *w, const char *job,
                      struct log_pod *pod, struct error *err)
{
    cleanup_log_streams struct log_pod_streams s = {0};
    if (log_streams_open(&s, r, &w->view, pod, err) < 0)
        return -1;
    bool merged = s.len > 1;
    for (;;) {
        /* The end is looked for before the log is read: nothing comes after it. */
        int rc = look(r, w, job, err);
        if (rc != 0)
            return rc;
        refresh(w, pod);
        bool over = pod->ended || job_watch_ended(w);
        int any = log_streams_copy(&s, merged && !over, err);
        if (any < 0)
            return -1;
        fflush(stdout);
        if (over)
            return 0;
        if (!any)
            job_watch_sleep(w, INT64_MAX);
    }
}

int log_follow_job(struct log_request *r, const char *job, const struct log_pod *only,
                   struct error *err)
{
    cleanup_job_watch struct job_watch w = {0};
    struct log_pod pod, next;
    char name[POD_NAME_MAX + 1];
    if (only) {
        pod = *only;
        int rc = look(r, &w, job, err);
        return rc != 0 ? rc : follow_pod(r, &w, job, &pod, err);
    }
    int rc = wait_for_pod(r, &w, job, NULL, &pod, err);
    if (rc == 0)
        return error_set(err, "job %s has ended without such a pod", job);
    while (rc == 1) {
        rc = follow_pod(r, &w, job, &pod, err);
        if (rc != 0)
            return rc;
        if ((rc = wait_for_pod(r, &w, job, &pod, &next, err)) != 1)
            break;
        pod = next;
        log_pod_name(&w.view, pod.index, pod.attempt, name);
        fprintf(stderr, "Now following pod/%s\n", name);
        r->tail = -1;
    }
    return rc == 2 ? 1 : rc;
}

/* One of several Jobs. */
struct followed {
    const char *job;
    struct job_watch watch;
    struct log_pod_streams *v; /* by index and attempt */
    size_t len;
    bool over;
};

static int by_attempt(const void *left, const void *right)
{
    const struct log_pod *a = left, *b = right;
    if (a->index != b->index)
        return a->index < b->index ? -1 : 1;
    return (a->attempt > b->attempt) - (a->attempt < b->attempt);
}

static int add_new(struct followed *f, struct log_request *r, const struct job_watch *w,
                   struct error *err)
{
    cleanup_log_pods struct log_pods pods;
    size_t old = f->len;
    if (log_pods_list(&w->view, &r->filter, &pods, err) < 0)
        return -1;
    for (size_t i = 0; i < pods.len; i++) {
        /* The pod is the first member. */
        if ((old && bsearch(&pods.v[i], f->v, old, sizeof *f->v, by_attempt)) ||
            !log_pod_is_kept(&w->view, &pods.v[i]) ||
            !log_request_selects(r, &w->view, pods.v[i].index))
            continue;
        struct log_pod_streams *v = reallocarray(f->v, f->len + 1, sizeof *v);
        if (!v)
            return error_set(err, "out of memory");
        f->v = v;
        if (log_streams_open(&f->v[f->len++], r, &w->view, &pods.v[i], err) < 0)
            return -1;
    }
    if (f->len > old)
        qsort(f->v, f->len, sizeof *f->v, by_attempt);
    return 0;
}

static int check_number(const struct followed *f, size_t n, const struct log_request *r,
                        struct error *err)
{
    size_t streams = 0;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < f[k].len; i++)
            streams += f[k].v[i].pod.ended ? 0 : f[k].v[i].len;
    if ((int64_t)streams <= r->max_requests)
        return 0;
    return error_set(err,
                     "you are attempting to follow %zu log streams, but maximum allowed "
                     "concurrency is %lld, use --max-log-requests to increase the limit",
                     streams, (long long)r->max_requests);
}

static int copy_all(struct followed *f, bool ended, struct error *err)
{
    int any = 0;
    for (size_t i = 0; i < f->len; i++) {
        struct log_pod_streams *s = &f->v[i];
        if (s->over)
            continue;
        refresh(&f->watch, &s->pod);
        s->over = s->pod.ended || ended;
        int rc = log_streams_copy(s, !s->over, err);
        if (rc < 0)
            return -1;
        any |= rc;
        for (size_t k = 0; s->over && k < s->len; k++)
            if (s->v[k].in_line)
                putchar('\n');
    }
    fflush(stdout);
    return any;
}

/* Returns whether anything was copied, or the Job is over; -1 with err, 2 (told). */
static int follow_once(struct followed *f, struct log_request *r, struct error *err)
{
    int rc = look(r, &f->watch, f->job, err);
    if (rc != 0)
        return rc < 0 ? -1 : 2;
    f->over = is_final(r, &f->watch);
    if (f->watch.changed && add_new(f, r, &f->watch, err) < 0)
        return -1;
    rc = copy_all(f, f->over, err);
    return rc < 0 ? -1 : rc || f->over;
}

/* Of several Jobs, one that was deleted does not keep the others from being followed. */
static int follow_all(struct followed *f, size_t n, struct log_request *r, struct error *err)
{
    int told = 0;
    for (;;) {
        struct followed *left = NULL;
        bool any = false;
        for (size_t i = 0; i < n; i++) {
            int rc = f[i].over ? 0 : follow_once(&f[i], r, err);
            if (rc < 0)
                return -1;
            f[i].over |= rc == 2;
            told |= rc == 2;
            any |= rc == 1;
            left = f[i].over ? left : &f[i];
        }
        if (!left)
            return told;
        if (check_number(f, n, r, err) < 0)
            return -1;
        if (!any)
            job_watch_sleep(&left->watch, INT64_MAX);
    }
}

int log_follow_all(struct log_request *r, char *const *jobs, size_t n, struct error *err)
{
    cleanup_free struct followed *f = calloc(n + 1, sizeof *f);
    if (!f)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < n; i++)
        f[i].job = jobs[i];
    int rc = follow_all(f, n, r, err);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < f[i].len; k++)
            log_streams_free(&f[i].v[k]);
        free(f[i].v);
        job_watch_free(&f[i].watch);
    }
    return rc;
}
