/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_find.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "log_pods.h"
#include "pod_name.h"
#include "resource.h"
#include "tree.h"

void pod_find_folder(const struct job_view *v, const char *pod, struct strbuf *out)
{
    strbuf_addf(out, "%s/pods/%s", v->dir, pod);
}

void pod_print_not_found(const char *name)
{
    resource_print_not_found(RESOURCE_POD, name);
}

const struct fold_attempt *pod_find_in(const struct job_view *v, const char *pod)
{
    size_t n;
    char name[POD_NAME_MAX + 1];
    const struct fold_attempt *a = fold_attempts(v->fold, &n);
    for (size_t i = 0; i < n; i++) {
        log_pod_name(v, a[i].index, a[i].attempt, name);
        if (strcmp(name, pod) == 0)
            return &a[i];
    }
    return NULL;
}

bool pod_find_removed(const struct job_view *v, const struct fold_attempt *a)
{
    char name[POD_NAME_MAX + 1];
    cleanup_strbuf struct strbuf folder = STRBUF_INIT;
    bool is_over = a->phase || fold_is_past(v->fold, a);
    if (!is_over || !a->deleted)
        return false;
    log_pod_name(v, a->index, a->attempt, name);
    pod_find_folder(v, name, &folder);
    return access(strbuf_str(&folder), F_OK) < 0 && errno == ENOENT;
}

/* Returns 1, and *v is empty, when it is not this Job's. */
static int find_in_job(const struct store *s, const char *ns, const char *job, const char *pod,
                       struct job_view *v, const struct fold_attempt **attempt, struct error *err)
{
    int rc = job_view_load(v, s, ns, job, job_view_now(), err);
    if (rc != 0)
        return rc;
    *attempt = pod_find_in(v, pod);
    if (*attempt && !pod_find_removed(v, *attempt))
        return 0;
    job_view_free(v);
    return 1;
}

bool pod_find_may_be_of(const char *pod, const char *job)
{
    size_t n = strlen(job);
    size_t most = POD_NAME_MAX - POD_NAME_SUFFIX - 1 - 12;
    return strncmp(pod, job, n < most ? n : most) == 0;
}

int pod_find(const struct store *s, const char *ns, const char *pod, struct job_view *v,
             const struct fold_attempt **attempt, struct error *err)
{
    char **jobs;
    size_t n;
    int rc = 1;
    if (store_list(s, ns, &jobs, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (rc == 1 && !strchr(pod, '/') && pod_find_may_be_of(pod, jobs[i]))
            rc = find_in_job(s, ns, jobs[i], pod, v, attempt, err);
        free(jobs[i]);
    }
    free(jobs);
    return rc;
}
