/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "files.h"
#include "state_path.h"
#include "strbuf.h"
#include "tree.h"

#define OBJECT     "object.json"
#define OBJECT_MAX ((size_t)16 << 20)

/* Opens the folder path, making what is missing when make. */
static int open_dir(const char *path, bool make, struct error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && make && errno == ENOENT) {
        cleanup_free char *copy = strdup(path);
        if (!copy)
            return error_set(err, "out of memory");
        if (files_make_path(copy) < 0)
            return error_set(err, "%.300s: %s", path, strerror(errno));
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    return fd < 0 ? error_set(err, "%.300s: %s", path, strerror(errno)) : fd;
}

int job_dir_object(int dir, json_t **out, struct error *err)
{
    struct stat st;
    int fd = openat(dir, OBJECT, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return 0;
    cleanup_file FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
    if (!f || fstat(fd, &st))
        return error_set(err, OBJECT ": %s", strerror(errno));
    if (S_ISREG(st.st_mode) && (size_t)st.st_size <= OBJECT_MAX)
        *out = json_loadf(f, JSON_REJECT_DUPLICATES, NULL);
    return *out ? 1 : error_set(err, OBJECT ": not a Job");
}

/* Reads the uid of the Job that a folder belongs to. Returns 1, 0 when there is no object.json, or
 * -1. */
static int read_uid(int dir, char out[64], struct error *err)
{
    cleanup_json json_t *object = NULL;
    int found = job_dir_object(dir, &object, err);
    if (found <= 0)
        return found;
    snprintf(out, 64, "%s", tree_str(tree_get(object, "metadata"), "uid"));
    return *out ? 1 : error_set(err, OBJECT ": not a Job");
}

/* The Job as it is stored: with what the API server would have added. */
static json_t *stored_object(const struct job_dir_key *key, const json_t *job, int64_t now)
{
    char created[32];
    struct tm tm;
    time_t seconds = (time_t)now;
    json_t *copy = json_deep_copy(job);
    json_t *meta = tree_get(copy, "metadata");
    gmtime_r(&seconds, &tm);
    strftime(created, sizeof created, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (!meta || json_object_set_new(meta, "name", json_string(key->name)) ||
        json_object_set_new(meta, "namespace", json_string(key->namespace_)) ||
        json_object_set_new(meta, "uid", json_string(key->uid)) ||
        json_object_set_new(meta, "creationTimestamp", json_string(created))) {
        json_decref(copy);
        return NULL;
    }
    return copy;
}

/* Returns 1 when our file became object.json, 0 when another was there first, -1 on error. */
static int link_object(int dir, const char *text, struct error *err)
{
    char temp[320];
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    snprintf(temp, sizeof temp, "." OBJECT ".%s.%d", host, (int)getpid());
    int rc = files_put(dir, temp, OBJECT, text, strlen(text), FILES_CREATE);
    return rc < 0 ? error_set(err, OBJECT ": %s", strerror(errno)) : rc;
}

static int write_object(int dir, const struct job_dir_key *key, const json_t *job, int64_t now,
                        struct error *err)
{
    cleanup_json json_t *object = stored_object(key, job, now);
    cleanup_free char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    return text ? link_object(dir, text, err) : error_set(err, "out of memory");
}

/* Returns 1 when the folder is the Job's, 0 when it is another Job's, -1 on error. */
static int claim(const char *path, const struct job_dir_key *key, const json_t *job, int64_t now,
                 bool *made, struct error *err)
{
    char uid[64];
    cleanup_close int dir = open_dir(path, key->create, err);
    if (dir < 0)
        return -1;
    int found = read_uid(dir, uid, err);
    if (found == 0 && key->create) {
        int won = write_object(dir, key, job, now, err);
        *made = won == 1;
        if (won != 0)
            return won;
        found = read_uid(dir, uid, err);
    }
    if (found == 0)
        return error_set(err, "%.300s: no " OBJECT, path);
    return found < 0 ? -1 : strcmp(uid, key->uid) == 0;
}

char *job_dir_open(const struct job_dir_key *key, const json_t *job, int64_t now_seconds,
                   bool *made, struct error *err)
{
    *made = false;
    if (!state_name_ok(key->namespace_) || !state_name_ok(key->name)) {
        error_set(err, "the Job's namespace or name cannot be a folder");
        return NULL;
    }
    for (int beside = 0; beside < 2; beside++) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/jobs/%s/%s", key->root, key->namespace_, key->name);
        if (beside)
            strbuf_addf(&path, ".%u", key->job_id);
        if (path.failed)
            break;
        int rc = claim(strbuf_str(&path), key, job, now_seconds, made, err);
        if (rc < 0)
            return NULL;
        if (rc > 0)
            return strbuf_steal(&path);
    }
    error_set(err, "no folder for the Job: %s and %s.%u belong to other ones", key->name, key->name,
              key->job_id);
    return NULL;
}

static int pod_path(struct strbuf *out, const char *dir, const char *pod, struct error *err)
{
    if (!state_name_ok(pod))
        return error_set(err, "the pod's name cannot be a folder: %.100s", pod);
    strbuf_addf(out, "%s/pods/%s", dir, pod);
    return out->failed ? error_set(err, "out of memory") : 0;
}

int job_dir_pod(const char *dir, const char *pod, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    return pod_path(&path, dir, pod, err) < 0 ? -1 : open_dir(strbuf_str(&path), true, err);
}

/* Makes the folder that path is in, for the first one. A file system that is read-only says so here
 * alone. */
static int make_parent(char *path)
{
    char *end = strrchr(path, '/');
    *end = '\0';
    int rc = mkdir(path, 0700);
    *end = '/';
    return rc < 0 && errno != EEXIST ? -1 : 0;
}

int job_dir_claim(const char *dir, const char *pod, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (pod_path(&path, dir, pod, err) < 0)
        return -1;
    int rc = mkdir(path.data, 0700);
    if (rc < 0 && errno == ENOENT) /* the first pod of the Job */
        rc = make_parent(path.data) < 0 ? -1 : mkdir(path.data, 0700);
    if (rc == 0)
        return 1;
    return errno == EEXIST ? 0 : error_set(err, "%.300s: %s", path.data, strerror(errno));
}

void job_dir_give_back(const char *dir, const char *pod)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (pod_path(&path, dir, pod, NULL) == 0)
        (void)rmdir(path.data);
}

int job_dir_claim_name(const char *dir, const char *name, struct error *err)
{
    cleanup_strbuf struct strbuf object = STRBUF_INIT, path = STRBUF_INIT;
    strbuf_addf(&object, "%s/" OBJECT, dir);
    strbuf_addf(&path, "%s/claims/%s", dir, name);
    if (object.failed || path.failed)
        return error_set(err, "out of memory");
    int rc = link(object.data, path.data);
    if (rc < 0 && errno == ENOENT)
        rc = make_parent(path.data) < 0 ? -1 : link(object.data, path.data);
    if (rc == 0 || files_has_no_links(errno))
        return 1;
    return errno == EEXIST ? 0 : error_set(err, "%.300s: %s", path.data, strerror(errno));
}

void job_dir_give_back_name(const char *dir, const char *name)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/claims/%s", dir, name);
    if (!path.failed)
        (void)unlink(path.data);
}

static int open_log(const char *dir, const char *pod, const char *container, const char *ending,
                    struct error *err)
{
    cleanup_strbuf struct strbuf file = STRBUF_INIT;
    if (!state_name_ok(container))
        return error_set(err, "the container's name cannot be a file: %.100s", container);
    strbuf_addf(&file, "%s.%s", container, ending);
    cleanup_close int folder = job_dir_pod(dir, pod, err);
    if (folder < 0)
        return -1;
    int fd = openat(folder, strbuf_str(&file),
                    O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    return fd < 0 ? error_set(err, "%.300s/pods/%s/%s: %s", dir, pod, strbuf_str(&file),
                              strerror(errno))
                  : fd;
}

int job_dir_log(const char *dir, const char *pod, const char *container, struct error *err)
{
    return open_log(dir, pod, container, "log", err);
}

int job_dir_log_times(const char *dir, const char *pod, const char *container, struct error *err)
{
    return open_log(dir, pod, container, "times", err);
}
