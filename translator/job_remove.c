/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_remove.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "claim.h"
#include "cleanup.h"
#include "delete_grace.h"
#include "job_arrays.h"
#include "job_resubmit.h"
#include "slurm_api.h"
#include "timefmt.h"
#include "tree.h"

#define INTERVAL_MS 100

/* Whether Slurm may have anything of it. A Job whose submission was not settled may still be there:
 * then *unsettled is its id, else 0. */
static int find(const struct job_view *v, uint32_t *unsettled, struct error *err)
{
    const json_t *spec = tree_get(v->object, "spec");
    bool never = tree_has(spec, "completions") && tree_int(spec, "completions") == 0;
    *unsettled = 0;
    if (job_view_is_submitted(v) || never)
        return job_view_is_submitted(v);
    return claim_find_in_slurm(v->object, unsettled, err);
}

static int take_away(const struct store *s, const struct job_view *v, struct error *err)
{
    const json_t *meta = tree_get(v->object, "metadata");
    return store_take_away(s, tree_str(meta, "namespace"), tree_str(meta, "name"),
                           tree_str(meta, "uid"), err);
}

static void mark_of(const struct job_view *v, struct strbuf *path)
{
    strbuf_addf(path, "%s/deleted", v->dir);
}

static int mark(const struct job_view *v, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    mark_of(v, &path);
    cleanup_close int fd =
        open(strbuf_str(&path), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd < 0 ? error_set(err, "cannot write %s: %s", strbuf_str(&path), strerror(errno)) : 0;
}

int64_t job_remove_asked_for(const struct job_view *v)
{
    struct stat st;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    mark_of(v, &path);
    return stat(strbuf_str(&path), &st) == 0 ? (int64_t)st.st_mtime : -1;
}

/* The runners look for the grace period when Slurm tells them to end. */
static int cancel(const struct job_view *v, uint32_t unsettled, int64_t grace, struct error *err)
{
    delete_grace_write(v->dir, grace);
    if (job_resubmit_sweep(v, 0, err) == 0 &&
        (unsettled ? slurm_api_cancel(unsettled, err) : job_arrays_cancel(v, err)) == 0)
        return 0;
    delete_grace_remove(v->dir);
    return -1;
}

static int is_alive(const struct job_view *v, uint32_t unsettled, struct error *err)
{
    return unsettled ? slurm_api_is_alive(unsettled, err) : job_arrays_alive(v, err);
}

static int wait_until_gone(const struct job_view *v, uint32_t unsettled, long seconds,
                           struct error *err)
{
    char id[16];
    int64_t until = job_view_now() + (int64_t)seconds * 1000000;
    snprintf(id, sizeof id, "%u", unsettled);
    for (;;) {
        int alive = is_alive(v, unsettled, err);
        if (alive <= 0)
            return alive;
        if (job_view_now() >= until)
            return error_set(err, "timed out waiting for the pods of Slurm job %s to end",
                             unsettled ? id : fold_slurm_job(v->fold));
        nanosleep(&(struct timespec){.tv_nsec = INTERVAL_MS * 1000000L}, NULL);
    }
}

/* Returns 1 when pods are still ending and nobody is to wait, 0, or -1 with err. */
static int end_pods(const struct job_view *v, uint32_t unsettled, const struct job_removal *how,
                    struct error *err)
{
    struct error lost;
    if (cancel(v, unsettled, how->grace, err) < 0)
        return -1;
    int alive = is_alive(v, unsettled, err);
    /* Pods that are still ending write to the folder. */
    if (alive && !how->wait)
        return mark(v, err) < 0 ? -1 : 1;
    if (alive > 0)
        (void)mark(v, &lost); /* should waiting be cut short */
    return wait_until_gone(v, unsettled, how->seconds, err);
}

/* Whether another array has been made meanwhile. One that is at work on that is asked for before
 * the journal is read: when it is not there it has made its record, or finds the folder gone.
 * Returns 1, 0, or -1 with err. */
static int look_again(struct job_view *v, struct error *err)
{
    struct error gone;
    cleanup_free char *before = strdup(fold_slurm_job(v->fold));
    if (!before)
        return error_set(err, "out of memory");
    if (job_resubmit_sweep(v, 0, err) < 0)
        return -1;
    return job_view_refold(v, job_view_now(), &gone) == 0 &&
           strcmp(before, fold_slurm_job(v->fold)) != 0;
}

int job_remove(const struct store *s, struct job_view *v, const struct job_removal *how,
               struct error *err)
{
    uint32_t unsettled;
    /* Before anything ends: the Job could not be removed after it. */
    if (access(v->dir, W_OK) < 0 && errno != ENOENT)
        return error_set(err, "cannot remove %s: %s", v->dir, strerror(errno));
    int there = find(v, &unsettled, err);
    while (there > 0) {
        int rc = end_pods(v, unsettled, how, err);
        if (rc != 0)
            return rc < 0 ? -1 : 0;
        there = look_again(v, err);
        unsettled = 0;
    }
    return there < 0 ? -1 : take_away(s, v, err);
}

bool job_remove_is_due(const struct job_view *v, int64_t now_us)
{
    const json_t *spec = tree_get(v->object, "spec"), *c;
    size_t i;
    int64_t at, due;
    if (job_remove_asked_for(v) >= 0)
        return true;
    if (!tree_has(spec, "ttlSecondsAfterFinished"))
        return false;
    json_array_foreach (tree_at(v->object, "status", "conditions", NULL), i, c) {
        bool is_end = tree_is(c, "type", "Complete") || tree_is(c, "type", "Failed");
        if (is_end && tree_is(c, "status", "True") &&
            timefmt_parse_rfc3339(tree_str(c, "lastTransitionTime"), &at) == 0 &&
            !__builtin_add_overflow(at, (int64_t)tree_int(spec, "ttlSecondsAfterFinished"), &due))
            return now_us / 1000000 >= due;
    }
    return false;
}

int job_remove_due(const struct store *s, const struct job_view *v, int64_t now_us)
{
    struct error err;
    if (!job_remove_is_due(v, now_us) || job_arrays_alive(v, &err) != 0 ||
        job_resubmit_sweep(v, 0, &err) < 0)
        return 0;
    return take_away(s, v, &err) > 0;
}
