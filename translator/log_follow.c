/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"
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

struct followed {
    struct log_pod_streams *v; /* by index and attempt */
    size_t len;
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
            !log_pod_is_kept(&w->view, &pods.v[i]))
            continue;
        struct log_pod_streams *v = grow(f->v, f->len, sizeof *v);
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

static int check_number(const struct followed *f, const struct log_request *r, struct error *err)
{
    size_t streams = 0;
    for (size_t i = 0; i < f->len; i++)
        streams += f->v[i].pod.ended ? 0 : f->v[i].len;
    if ((int64_t)streams <= r->max_requests)
        return 0;
    return error_set(err,
                     "you are attempting to follow %zu log streams, but maximum allowed "
                     "concurrency is %lld, use --max-log-requests to increase the limit",
                     streams, (long long)r->max_requests);
}

static int copy_all(struct followed *f, const struct job_watch *w, bool ended, struct error *err)
{
    int any = 0;
    for (size_t i = 0; i < f->len; i++) {
        struct log_pod_streams *s = &f->v[i];
        if (s->over)
            continue;
        refresh(w, &s->pod);
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

static int follow_all(struct followed *f, struct log_request *r, struct job_watch *w,
                      const char *job, struct error *err)
{
    for (;;) {
        int rc = look(r, w, job, err);
        if (rc != 0)
            return rc;
        bool ended = is_final(r, w);
        if ((w->changed && add_new(f, r, w, err) < 0) || check_number(f, r, err) < 0)
            return -1;
        int any = copy_all(f, w, ended, err);
        if (any < 0 || ended)
            return any < 0 ? -1 : 0;
        if (!any)
            job_watch_sleep(w, INT64_MAX);
    }
}

int log_follow_all(struct log_request *r, const char *job, struct error *err)
{
    cleanup_job_watch struct job_watch w = {0};
    struct followed f = {0};
    int rc = follow_all(&f, r, &w, job, err);
    for (size_t i = 0; i < f.len; i++)
        log_streams_free(&f.v[i]);
    free(f.v);
    return rc;
}
