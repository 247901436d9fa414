/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_remove.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "claim.h"
#include "cleanup.h"
#include "delete_grace.h"
#include "job_resubmit.h"
#include "slurm_api.h"
#include "timefmt.h"
#include "tree.h"

#define INTERVAL_MS 100

static int wait_until_gone(uint32_t job_id, long seconds, struct error *err)
{
    int64_t until = job_view_now() + (int64_t)seconds * 1000000;
    for (;;) {
        int alive = slurm_api_is_alive(job_id, err);
        if (alive <= 0)
            return alive;
        if (job_view_now() >= until)
            return error_set(err, "timed out waiting for the pods of Slurm job %u to end", job_id);
        nanosleep(&(struct timespec){.tv_nsec = INTERVAL_MS * 1000000L}, NULL);
    }
}

/* A Job whose submission was not settled may still be there. */
static int job_id_of(const struct job_view *v, uint32_t *job_id, struct error *err)
{
    *job_id = job_view_slurm_job(v);
    const json_t *spec = tree_get(v->object, "spec");
    bool never = tree_has(spec, "completions") && tree_int(spec, "completions") == 0;
    if (*job_id || never)
        return 0;
    return claim_find_in_slurm(v->object, job_id, err) < 0 ? -1 : 0;
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
static int cancel(const struct job_view *v, uint32_t job_id, int64_t grace, struct error *err)
{
    delete_grace_write(v->dir, grace);
    if (slurm_api_cancel(job_id, err) == 0)
        return 0;
    delete_grace_remove(v->dir);
    return -1;
}

/* Returns 1 when pods are still ending and nobody is to wait, 0, or -1 with err. */
static int end_pods(const struct job_view *v, uint32_t job_id, const struct job_removal *how,
                    struct error *err)
{
    struct error lost;
    if (cancel(v, job_id, how->grace, err) < 0)
        return -1;
    int alive = slurm_api_is_alive(job_id, err);
    /* Pods that are still ending write to the folder. */
    if (alive && !how->wait)
        return mark(v, err) < 0 || job_resubmit_sweep(v, err) < 0 ? -1 : 1;
    if (alive > 0)
        (void)mark(v, &lost); /* should waiting be cut short */
    return wait_until_gone(job_id, how->seconds, err);
}

/* Another array may have been made meanwhile. One that is at work is asked for before the
 * journal is read: when it is not there it has made its record, or finds the folder gone. */
static int look_again(struct job_view *v, uint32_t *job_id, struct error *err)
{
    struct error gone;
    if (job_resubmit_sweep(v, err) < 0)
        return -1;
    uint32_t now = job_view_refold(v, job_view_now(), &gone) == 0 ? job_view_slurm_job(v) : *job_id;
    *job_id = now ? now : *job_id;
    return 0;
}

int job_remove(const struct store *s, struct job_view *v, const struct job_removal *how,
               struct error *err)
{
    uint32_t job_id, ended = 0;
    /* Before anything ends: the Job could not be removed after it. */
    if (access(v->dir, W_OK) < 0 && errno != ENOENT)
        return error_set(err, "cannot remove %s: %s", v->dir, strerror(errno));
    if (job_id_of(v, &job_id, err) < 0)
        return -1;
    while (job_id != ended) {
        int rc = end_pods(v, job_id, how, err);
        if (rc != 0)
            return rc < 0 ? -1 : 0;
        ended = job_id;
        if (look_again(v, &job_id, err) < 0)
            return -1;
    }
    return take_away(s, v, err);
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
    uint32_t job_id = job_view_slurm_job(v);
    if (!job_remove_is_due(v, now_us) || (job_id && slurm_api_is_alive(job_id, &err) != 0))
        return 0;
    return take_away(s, v, &err) > 0;
}
