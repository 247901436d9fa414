/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "delete_pod.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "job_change.h"
#include "job_view.h"
#include "pod_name.h"
#include "tree.h"

#define INTERVAL_MS 100

static void pod_folder(const struct job_view *v, const char *pod, struct strbuf *out)
{
    strbuf_addf(out, "%s/pods/%s", v->dir, pod);
}

/* The attempt whose pod has this name, or NULL. */
static const struct fold_attempt *find_attempt(const struct job_view *v, const char *pod)
{
    size_t n;
    char name[POD_NAME_MAX + 1];
    struct machine_view view;
    const json_t *meta = tree_get(v->created, "metadata");
    const struct fold_attempt *a = fold_attempts(v->fold, &n);
    machine_view(fold_machine(v->fold), &view);
    for (size_t i = 0; i < n; i++)
        if (pod_name_make(name, tree_str(meta, "name"), tree_str(meta, "uid"),
                          job_spec_indexed(view.spec), a[i].index, a[i].attempt, NULL) == 0 &&
            strcmp(name, pod) == 0)
            return &a[i];
    return NULL;
}

static int wait_until_ended(struct job_view *v, const char *pod, long seconds, struct error *err)
{
    int64_t until = job_view_now() + (int64_t)seconds * 1000000;
    for (;;) {
        const struct fold_attempt *a = find_attempt(v, pod);
        if (!a || a->phase)
            return 0;
        if (job_view_now() >= until)
            return error_set(err, "timed out waiting for the condition on pods/%s", pod);
        nanosleep(&(struct timespec){.tv_nsec = INTERVAL_MS * 1000000L}, NULL);
        if (job_view_refold(v, job_view_now(), err) < 0)
            return -1;
    }
}

static int delete_of(struct job_view *v, const struct fold_attempt *a, const struct options *o,
                     const char *pod, struct error *err)
{
    cleanup_strbuf struct strbuf folder = STRBUF_INIT;
    pod_folder(v, pod, &folder);
    bool has_ended = a->phase != JOURNAL_PHASE_NONE;
    int rc = has_ended ? store_remove_path(strbuf_str(&folder), err)
                       : job_change_delete_pod(v, a->index, a->attempt, err);
    if (rc < 0)
        return -1;
    printf("pod \"%s\" deleted from %s namespace\n", pod, o->ns);
    fflush(stdout);
    return has_ended ? 0 : wait_until_ended(v, pod, o->timeout, err);
}

/* A pod that has ended and been deleted is there no more. Returns 1 when it is not this Job's. */
static int delete_in(const struct store *s, const struct options *o, const char *job,
                     const char *pod, struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    cleanup_strbuf struct strbuf folder = STRBUF_INIT;
    int rc = job_view_load(&v, s, o->ns, job, job_view_now(), err);
    if (rc != 0)
        return rc;
    const struct fold_attempt *a = find_attempt(&v, pod);
    pod_folder(&v, pod, &folder);
    if (!a || (a->phase && access(strbuf_str(&folder), F_OK) != 0))
        return 1;
    return delete_of(&v, a, o, pod, err);
}

/* The name starts with the Job's, which may be cut off when it is very long. */
static bool may_be_of(const char *pod, const char *job)
{
    size_t n = strlen(job);
    size_t most = POD_NAME_MAX - POD_NAME_SUFFIX - 1 - 12;
    return strncmp(pod, job, n < most ? n : most) == 0;
}

int delete_pod(const struct store *s, const struct options *o, const char *name, struct error *err)
{
    char **jobs;
    size_t n;
    int rc = 1;
    if (store_list(s, o->ns, &jobs, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (rc == 1 && !strchr(name, '/') && may_be_of(name, jobs[i]))
            rc = delete_in(s, o, jobs[i], name, err);
        free(jobs[i]);
    }
    free(jobs);
    if (rc == 1)
        fprintf(stderr, "Error from server (NotFound): pods \"%s\" not found\n", name);
    return rc;
}
