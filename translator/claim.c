/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "journal.h"
#include "journal_read.h"
#include "random.h"
#include "slurm_api.h"
#include "state_path.h"
#include "timefmt.h"
#include "tree.h"

#define MARK          ".abandoned"
#define YOUNG_SECONDS 5 /* another create is simply at work */
#define REMOVE_TRIES  100
#define CLOCK_SLACK   3600 /* between this host and slurmctld, when jobs are searched */

int claim_submitted(const struct store *s, const char *ns, const char *name, uint32_t job_id,
                    struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    char host[256], id[16];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    store_host(host);
    snprintf(id, sizeof id, "%u", job_id);
    store_path(s, ns, name, &path);
    struct journal_record r = {
        .event = JOURNAL_SUBMITTED,
        .time_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000,
        .job = id,
    };
    return journal_append_path(strbuf_str(&path), host, &r, err);
}

int claim_find_in_slurm(const json_t *object, uint32_t *job_id, struct error *err)
{
    char needle[16 + RANDOM_UUID_SIZE];
    int64_t born = 0;
    const json_t *meta = tree_get(object, "metadata");
    snprintf(needle, sizeof needle, "uid=%s", tree_str(meta, "uid"));
    timefmt_parse_rfc3339(tree_str(meta, "creationTimestamp"), &born);
    return slurm_api_find_script(getuid(), tree_str(meta, "name"), born - CLOCK_SLACK, false,
                                 needle, job_id, err);
}

void claim_prepare(const struct store *s, const char *ns, const char *name)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    char host[256];
    store_host(host);
    store_path(s, ns, name, &path);
    strbuf_adds(&path, "/" JOURNAL_EVENTS_DIR);
    mkdir(strbuf_str(&path), 0700);
    strbuf_addf(&path, "/%s", host);
    cleanup_close int fd = open(strbuf_str(&path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    (void)fd;
}

void claim_keep(const struct store *s, const char *ns, const char *name)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    store_path(s, ns, name, &path);
    strbuf_adds(&path, "/object.json");
    utimensat(AT_FDCWD, strbuf_str(&path), NULL, 0);
}

/* ---- settling ---- */

struct leftover {
    const struct store *store;
    const char *ns;
    const char *name;
    const char *path;
    int fd;            /* of the folder: what is done, is done to the folder that was looked at */
    int64_t last_sign; /* by the file system's clock */
};

static int any_record(void *arg, const struct journal_line *line)
{
    (void)arg, (void)line;
    return 1;
}

/* The time on the file server, from a file made beside the folder; that of this host if none can be
 * made. */
static int64_t file_system_time(const struct leftover *l)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    struct stat st = {.st_mtime = time(NULL)};
    strbuf_addf(&path, "%s/jobs/%s/.now.%ld", l->store->root, l->ns, (long)getpid());
    cleanup_close int fd = open(strbuf_str(&path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) {
        futimens(fd, NULL);
        fstat(fd, &st);
        unlink(strbuf_str(&path));
    }
    return st.st_mtime;
}

static int64_t last_sign(int fd)
{
    struct stat st;
    if (fstatat(fd, "object.json", &st, 0) < 0 && fstat(fd, &st) < 0)
        return INT64_MAX;
    return st.st_mtime;
}

/* Of all who want to remove the folder, one gets it. The mark of one who died on the way is given
 * to the next, as old as a leftover folder. */
static bool get_mark(const struct leftover *l, int64_t now)
{
    struct stat st;
    char taken[32];
    if (mkdirat(l->fd, MARK, 0700) == 0)
        return true;
    if (errno != EEXIST || fstatat(l->fd, MARK, &st, 0) < 0 ||
        now - st.st_mtime < CLAIM_SETTLE_SECONDS)
        return false;
    snprintf(taken, sizeof taken, "%s.%ld", MARK, (long)getpid());
    return renameat(l->fd, MARK, l->fd, taken) == 0;
}

/* Whether the name still stands for the folder that was looked at. While we have its mark, nobody
 * else changes that. A mark can also be had in a folder that its remover has taken away already. */
static bool is_in_place(const struct leftover *l)
{
    struct stat named, opened;
    return stat(l->path, &named) == 0 && fstat(l->fd, &opened) == 0 &&
           named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

/* Others who have looked at the folder while it was in place may make their marks in it yet. */
static int remove_away(const char *path, struct error *err)
{
    int rc;
    int tries = 0;
    while ((rc = store_remove_path(path, err)) < 0 && errno == ENOTEMPTY && ++tries < REMOVE_TRIES)
        ;
    return rc;
}

/* 0: removed, 1: somebody else is at it. */
static int remove_leftover(const struct leftover *l, int64_t now, struct error *err)
{
    cleanup_strbuf struct strbuf away = STRBUF_INIT;
    if (!is_in_place(l) || !get_mark(l, now) || !is_in_place(l))
        return 1;
    strbuf_addf(&away, "%s/jobs/%s/.%s.%ld", l->store->root, l->ns, l->name, (long)getpid());
    if (rename(l->path, strbuf_str(&away)) < 0)
        return error_set(err, "cannot rename %s: %s", l->path, strerror(errno));
    return remove_away(strbuf_str(&away), err);
}

/* Whether the Job of the folder got to Slurm: 1, 0, or -1 with err. */
static int was_submitted(const struct leftover *l, struct error *err)
{
    const struct journal_visitor visitor = {.record = any_record};
    cleanup_json json_t *object = NULL;
    uint32_t job_id;
    int rc = store_read(l->store, l->ns, l->name, &object, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (tree_has(tree_get(object, "spec"), "completions") &&
        tree_int(tree_get(object, "spec"), "completions") == 0)
        return 1; /* was never to be submitted */
    rc = journal_read_job(l->fd, &visitor, err);
    if (rc != 0)
        return rc;
    rc = claim_find_in_slurm(object, &job_id, err);
    if (rc == 1 && claim_submitted(l->store, l->ns, l->name, job_id, err) < 0)
        return -1;
    return rc;
}

static int settle_leftover(const struct leftover *l, struct error *err)
{
    int rc = was_submitted(l, err);
    if (rc != 0)
        return rc;
    int64_t now = file_system_time(l);
    int64_t age = now - l->last_sign;
    if (age >= CLAIM_SETTLE_SECONDS)
        return remove_leftover(l, now, err);
    if (age >= YOUNG_SECONDS)
        error_set(err, "Slurm has not got it yet; if it never does, the name is free in %lld s",
                  (long long)(CLAIM_SETTLE_SECONDS - age));
    return 1;
}

int claim_settle(const struct store *s, const char *ns, const char *name, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    error_set(err, "%s", "");
    if (!state_name_ok(ns) || !state_name_ok(name))
        return 0; /* no folder of ours, and never to be removed */
    store_path(s, ns, name, &path);
    cleanup_close int fd = open(strbuf_str(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT
                   ? 0
                   : error_set(err, "cannot open %s: %s", strbuf_str(&path), strerror(errno));
    struct leftover l = {.store = s,
                         .ns = ns,
                         .name = name,
                         .path = strbuf_str(&path),
                         .fd = fd,
                         .last_sign = last_sign(fd)};
    return settle_leftover(&l, err);
}

int claim_name(const struct store *s, const char *ns, const char *name, struct error *err)
{
    int rc = store_make(s, ns, name, err);
    if (rc != 1)
        return rc;
    rc = claim_settle(s, ns, name, err);
    return rc == 0 ? store_make(s, ns, name, err) : rc;
}

int claim_give_back(const struct store *s, const char *ns, const char *name, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    int rc = store_remove(s, ns, name, err);
    strbuf_addf(&path, "%s/jobs/%s", s->root, ns);
    if (rmdir(strbuf_str(&path)) == 0) {
        strbuf_reset(&path);
        strbuf_addf(&path, "%s/jobs", s->root);
        rmdir(strbuf_str(&path));
    }
    return rc;
}
