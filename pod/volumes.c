/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "volumes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "folder.h"
#include "runtime.h"
#include "tree.h"
#include "volume_source.h"

/* ---- the pod's folders ---- */

/* NULL for an empty one, too. */
static const char *value_of(char *const environment[], const char *name)
{
    const char *value = runtime_getenv(environment, name);
    return value && *value ? value : NULL;
}

struct volumes_place volumes_place_of(char *const environment[])
{
    static const char *const names[] = {"SLURM_TMPDIR", "TMPDIR"};
    struct volumes_place place = {.memory = "/dev/shm"};
    size_t n = 0;
    place.disk[0] = value_of(environment, "SKJOB_RUN_DIR");
    if (place.disk[0])
        return place;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = value_of(environment, names[i]);
        if (path)
            place.disk[n++] = path;
    }
    place.disk[n] = "/tmp";
    return place;
}

struct run_dir *volumes_folder(struct volumes *v, const struct volumes_ask *ask, bool memory,
                               struct error *err)
{
    struct run_dir *dir = memory ? &v->memory : &v->disk;
    const char *in_memory[] = {ask->place.memory, NULL};
    if (dir->fd >= 0)
        return dir;
    error_set(err, "there is no folder for the pod on this node");
    for (const char *const *p = memory ? in_memory : ask->place.disk; *p; p++)
        if (run_dir_open(dir, *p, ask->id, err) == 0)
            return dir;
    return NULL;
}

static char *make_file(struct volumes *v, const struct volumes_ask *ask, const char *name,
                       mode_t mode, struct error *err)
{
    const struct run_dir *dir = volumes_folder(v, ask, false, err);
    if (!dir)
        return NULL;
    cleanup_close int fd =
        openat(dir->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    char *path = fd < 0 || fchmod(fd, mode) ? NULL : folder_path(fd);
    if (!path)
        error_set(err, "%.300s/%s: %s", dir->path, name, strerror(errno));
    return path;
}

char *volumes_message_file(struct volumes *v, const struct volumes_ask *ask, const char *container,
                           struct error *err)
{
    char name[80];
    snprintf(name, sizeof name, "message-%.63s", container);
    return make_file(v, ask, name, 0666, err);
}

char *volumes_hosts_file(struct volumes *v, const struct volumes_ask *ask, struct error *err)
{
    return make_file(v, ask, "hosts", 0644, err);
}

/* ---- making them ---- */

static int add_names(struct volumes *v, const json_t *list, struct error *err)
{
    size_t i;
    json_t *volume;
    v->items = calloc(json_array_size(list) + 1, sizeof *v->items);
    if (!v->items)
        return error_set(err, "out of memory");
    json_array_foreach (list, i, volume) {
        v->items[i].name = strdup(tree_str(volume, "name"));
        v->n++;
        if (!v->items[i].name)
            return error_set(err, "out of memory");
    }
    return 0;
}

int volumes_prepare(struct volumes *v, const struct volumes_ask *ask, struct error *err)
{
    const json_t *list = tree_get(ask->pod_spec, "volumes");
    if (!v->items && add_names(v, list, err))
        return -1;
    for (size_t i = 0; i < v->n; i++) {
        if (v->items[i].path)
            continue;
        int rc = volume_source_make(v, ask, json_array_get(list, i), &v->items[i], err);
        if (!rc)
            continue;
        error_prefix(err, "MountVolume.SetUp failed for volume \"%.63s\" ", v->items[i].name);
        return rc;
    }
    return 0;
}

/* ---- limits ---- */

bool volumes_have_limits(const struct volumes *v)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->items[i].limit > 0)
            return true;
    return false;
}

static int64_t usage_of(const struct volume *volume)
{
    cleanup_close int fd = open(volume->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? 0 : folder_usage(fd);
}

int volumes_check_limits(const struct volumes *v, struct error *message)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct volume *volume = &v->items[i];
        if (volume->limit <= 0 || !volume->path || usage_of(volume) <= volume->limit)
            continue;
        error_set(message, "Usage of EmptyDir volume \"%s\" exceeds the limit \"%s\".",
                  volume->name, volume->limit_text);
        return 1;
    }
    return 0;
}

/* ---- the end ---- */

int volumes_remove(struct volumes *v, struct error *err)
{
    int rc = run_dir_remove(&v->memory, err);
    if (run_dir_remove(&v->disk, rc ? NULL : err))
        rc = -1;
    for (size_t i = 0; i < v->n; i++) {
        free(v->items[i].name);
        free(v->items[i].path);
        free(v->items[i].limit_text);
    }
    free(v->items);
    *v = (struct volumes)VOLUMES_INIT;
    return rc;
}

void volumes_sweep(const struct volumes_place *place)
{
    for (const char *const *p = place->disk; *p; p++)
        run_dir_sweep(*p);
    run_dir_sweep(place->memory);
}
