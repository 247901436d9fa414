/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cronjob_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "files.h"
#include "state_path.h"
#include "strbuf.h"
#include "timefmt.h"
#include "tree.h"

#define POLL_MS   50
#define COMPONENT "cronjob-controller"

static const char *const timer_names[] = {[CRONJOB_CLOCK] = "clock", [CRONJOB_WAKE] = "wake"};

/* ---- the folder ---- */

static char *folder_of(const struct store *store, const char *ns, const char *name)
{
    char *path = NULL;
    if (!state_name_ok(ns) || !state_name_ok(name) ||
        asprintf(&path, "%s/clocks/%s/%s", store->root, ns, name) < 0)
        return NULL;
    return path;
}

static int begin(struct cronjob_state *s, const struct store *store, const json_t *cronjob,
                 struct error *err)
{
    const json_t *meta = tree_get(cronjob, "metadata");
    const char *ns = tree_str(meta, "namespace"), *name = tree_str(meta, "name");
    *s = (struct cronjob_state){.lock = -1, .dir = folder_of(store, ns, name)};
    return s->dir ? 0 : error_set(err, "the name %.100s cannot be a folder", name);
}

/* ---- reading and writing ---- */

static int load(struct cronjob_state *s, const json_t *cronjob, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    json_error_t why;
    const char *uid = tree_str(tree_get(cronjob, "metadata"), "uid");
    strbuf_addf(&path, "%s/state.json", s->dir);
    cleanup_file FILE *f = fopen(strbuf_str(&path), "re");
    if (!f && errno != ENOENT && errno != ENOTDIR)
        return error_set(err, "cannot read %s: %s", strbuf_str(&path), strerror(errno));
    json_t *doc = f ? json_loadf(f, 0, &why) : NULL;
    if (f && !doc)
        return error_set(err, "cannot read %s: %s", strbuf_str(&path), why.text);
    if (doc && !tree_is(doc, "uid", uid)) {
        json_decref(doc);
        doc = NULL;
    }
    s->doc = doc ? doc : json_pack("{s:s}", "uid", uid);
    return s->doc ? 0 : error_set(err, "out of memory");
}

int cronjob_state_read(struct cronjob_state *s, const struct store *store, const json_t *cronjob,
                       struct error *err)
{
    return begin(s, store, cronjob, err) < 0 ? -1 : load(s, cronjob, err);
}

/* Whether the file is still the one of that name: its folder may have been removed meanwhile. */
static bool is_in_place(int fd, const char *path)
{
    struct stat named, opened;
    return stat(path, &named) == 0 && fstat(fd, &opened) == 0 && named.st_ino == opened.st_ino &&
           named.st_dev == opened.st_dev;
}

static int open_lock(const char *path)
{
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* 1: another one has it. */
static int try_lock(struct cronjob_state *s, const char *path, struct error *err)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    cleanup_close int fd = open_lock(path);
    if (fd < 0 && errno == ENOENT && files_make_path(s->dir) == 0)
        fd = open_lock(path);
    if (fd < 0 && errno == ENOENT)
        return 1; /* the folder was removed again */
    if (fd < 0)
        return error_set(err, "cannot open %s: %s", path, strerror(errno));
    if (fcntl(fd, F_OFD_SETLK, &whole) < 0 && (errno == EAGAIN || errno == EACCES))
        return 1;
    if (!is_in_place(fd, path))
        return 1;
    s->lock = fd;
    fd = -1;
    return 0;
}

int cronjob_state_lock(struct cronjob_state *s, const struct store *store, const json_t *cronjob,
                       int seconds, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    int rc;
    if (begin(s, store, cronjob, err) < 0)
        return -1;
    strbuf_addf(&path, "%s/lock", s->dir);
    for (long waited = 0; (rc = try_lock(s, strbuf_str(&path), err)) == 1; waited += POLL_MS) {
        if (waited >= seconds * 1000L)
            return error_set(err, "another skjob is at work on cronjob.batch/%s",
                             tree_str(tree_get(cronjob, "metadata"), "name"));
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
    return rc < 0 ? -1 : load(s, cronjob, err);
}

int cronjob_state_write(const struct cronjob_state *s, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    cleanup_free char *text = json_dumps(s->doc, JSON_COMPACT | JSON_SORT_KEYS);
    strbuf_addf(&path, "%s/state.json", s->dir);
    return text ? store_put(strbuf_str(&path), text, err) : error_set(err, "out of memory");
}

void cronjob_state_close(struct cronjob_state *s)
{
    if (s->dir && s->lock >= 0)
        close(s->lock);
    free(s->dir);
    json_decref(s->doc);
    *s = (struct cronjob_state){.lock = -1};
}

int cronjob_state_remove(const struct store *store, const char *ns, const char *name,
                         struct error *err)
{
    cleanup_free char *path = folder_of(store, ns, name);
    return path ? store_remove_path(path, err) : 0;
}

/* ---- what is in it ---- */

json_t *cronjob_state_status(const struct cronjob_state *s)
{
    return tree_get(s->doc, "status");
}

void cronjob_state_set_status(struct cronjob_state *s, const json_t *status)
{
    json_object_set(s->doc, "status", (json_t *)status);
}

uint32_t cronjob_state_timer(const struct cronjob_state *s, enum cronjob_timer timer)
{
    return (uint32_t)tree_int(tree_get(s->doc, timer_names[timer]), "job");
}

const char *cronjob_state_timer_for(const struct cronjob_state *s, enum cronjob_timer timer)
{
    return tree_str(tree_get(s->doc, timer_names[timer]), "for");
}

void cronjob_state_set_timer(struct cronjob_state *s, enum cronjob_timer timer, uint32_t job,
                             const char *set_to)
{
    if (job)
        json_object_set_new(s->doc, timer_names[timer],
                            json_pack("{s:I, s:s}", "job", (json_int_t)job, "for", set_to));
    else
        json_object_del(s->doc, timer_names[timer]);
}

int cronjob_state_failures(const struct cronjob_state *s)
{
    return (int)tree_int(s->doc, "failures");
}

void cronjob_state_set_failures(struct cronjob_state *s, int n)
{
    json_object_set_new(s->doc, "failures", json_integer(n));
}

/* ---- events ---- */

static json_t *events_of(const struct cronjob_state *s)
{
    if (!tree_has(s->doc, "events"))
        json_object_set_new(s->doc, "events", json_array());
    return tree_get(s->doc, "events");
}

void cronjob_state_tell(struct cronjob_state *s, int64_t now, const char *type, const char *reason,
                        const char *message)
{
    char when[TIMEFMT_MAX];
    json_t *list = events_of(s), *e;
    size_t i;
    timefmt_rfc3339(now, when);
    json_array_foreach (list, i, e) {
        if (!tree_is(e, "reason", reason) || !tree_is(e, "message", message))
            continue;
        cleanup_json json_t *again = json_incref(e);
        json_object_set_new(again, "last", json_string(when));
        json_object_set_new(again, "count", json_integer(tree_int(e, "count") + 1));
        json_array_remove(list, i);
        json_array_append(list, again);
        return;
    }
    if (json_array_size(list) >= CRONJOB_EVENTS_MAX)
        json_array_remove(list, 0);
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:i}", "type", type, "reason",
                                          reason, "message", message, "first", when, "last", when,
                                          "count", 1));
}

static json_t *event_object(const json_t *e, size_t i, const json_t *meta)
{
    const char *name = tree_str(meta, "name"), *ns = tree_str(meta, "namespace");
    const char *first = tree_str(e, "first"), *last = tree_str(e, "last");
    int64_t t = 0;
    timefmt_parse_rfc3339(first, &t);
    json_t *own = json_sprintf("%s.%" PRIx64, name, (uint64_t)t * 1000 + i % 1000);
    return json_pack(
        "{s:s, s:s, s:{s:o, s:s, s:s}, s:{s:s, s:s, s:s, s:s, s:s}, s:s, s:s, s:s, s:s, s:s, s:I, "
        "s:{s:s}, s:n, s:s, s:s}",
        "apiVersion", "v1", "kind", "Event", "metadata", "name", own, "namespace", ns,
        "creationTimestamp", first, "involvedObject", "apiVersion", "batch/v1", "kind", "CronJob",
        "name", name, "namespace", ns, "uid", tree_str(meta, "uid"), "type", tree_str(e, "type"),
        "reason", tree_str(e, "reason"), "message", tree_str(e, "message"), "firstTimestamp", first,
        "lastTimestamp", last, "count", (json_int_t)tree_int(e, "count"), "source", "component",
        COMPONENT, "eventTime", "reportingComponent", COMPONENT, "reportingInstance", "");
}

json_t *cronjob_state_events(const struct cronjob_state *s, const json_t *cronjob)
{
    json_t *list = json_array(), *e;
    size_t i;
    json_array_foreach (tree_get(s->doc, "events"), i, e)
        json_array_append_new(list, event_object(e, i, tree_get(cronjob, "metadata")));
    return list;
}
