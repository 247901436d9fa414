/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "volume_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "folder.h"
#include "host_path.h"
#include "payload.h"
#include "payload_write.h"
#include "quantity.h"
#include "subpath.h"
#include "tree.h"

struct making {
    struct volumes *v;
    const struct volumes_ask *ask;
    const json_t *volume; /* the element of spec.volumes */
    const json_t *source; /* its one source */
    struct volume *out;
};

/* ---- folders of the pod ---- */

/* The folder of this volume in one of the pod's folders, empty: an earlier try may have begun to
 * fill it. Returns a descriptor. */
static int make_folder(const struct making *m, bool memory, mode_t mode, struct error *err)
{
    char name[80];
    struct run_dir *dir = volumes_folder(m->v, m->ask, memory, err);
    if (!dir)
        return -1;
    snprintf(name, sizeof name, "volume-%.63s", m->out->name);
    if (mkdirat(dir->fd, name, 0700) && errno != EEXIST)
        return error_set(err, "%.300s/%s: %s", dir->path, name, strerror(errno));
    int fd = folder_open(dir->fd, name);
    if (fd < 0)
        return error_set(err, "%.300s/%s: %s", dir->path, name, strerror(errno));
    if (folder_clear(fd, err) == 0) {
        if (fchmod(fd, mode) == 0)
            return fd;
        error_set(err, "%.300s/%s: %s", dir->path, name, strerror(errno));
    }
    close(fd);
    return -1;
}

static int keep_path(struct volume *out, int fd, struct error *err)
{
    out->path = folder_path(fd);
    return out->path ? 0 : error_set(err, "%s", strerror(errno));
}

/* sizeLimit: 0 reads as no limit in Kubernetes. */
static int read_limit(struct volume *out, const json_t *source, struct error *err)
{
    char text[QUANTITY_TEXT_MAX];
    struct quantity q;
    const char *limit = tree_str(source, "sizeLimit");
    if (!*limit || quantity_parse(&q, limit, NULL) < 0)
        return 0;
    out->limit = quantity_ceil(&q);
    out->limit_text = strdup(quantity_format(&q, text));
    return out->limit_text ? 0 : error_set(err, "out of memory");
}

static int make_empty_dir(struct making *m, struct error *err)
{
    const char *medium = tree_str(m->source, "medium");
    if (*medium && strcmp(medium, "Memory") != 0)
        return error_set(err, "emptyDir.medium %.60s is not supported: use Memory", medium);
    cleanup_close int fd = make_folder(m, *medium != '\0', 0777, err);
    if (fd < 0 || read_limit(m->out, m->source, err))
        return -1;
    return keep_path(m->out, fd, err);
}

/* ---- configMap, secret, downwardAPI, projected ---- */

static int make_files(const struct making *m, bool memory, struct error *err)
{
    cleanup_payload struct payload payload = {0};
    int rc = payload_make(&payload, m->volume, m->ask->facts, err);
    if (rc)
        return rc;
    cleanup_close int fd = make_folder(m, memory, 0755, err);
    if (fd < 0 || payload_write(fd, &payload, err))
        return -1;
    m->out->read_only = true;
    return keep_path(m->out, fd, err);
}

static int make_on_disk(struct making *m, struct error *err)
{
    return make_files(m, false, err);
}

static int make_in_memory(struct making *m, struct error *err)
{
    return make_files(m, true, err);
}

/* ---- folders of the node ---- */

static int make_host_path(struct making *m, struct error *err)
{
    m->out->path = host_path_prepare(tree_str(m->source, "path"), tree_str(m->source, "type"), err);
    return m->out->path ? 0 : VOLUMES_WAIT;
}

static int take_mapped(const struct making *m, const char *path, struct error *err)
{
    m->out->read_only = tree_bool(m->source, "readOnly");
    m->out->path = realpath(path, NULL);
    if (!m->out->path) {
        error_set(err, "%.300s: %s", path, strerror(errno));
        return VOLUMES_WAIT; /* a file system that is not mounted at the moment */
    }
    return 0;
}

static const char *map(const struct making *m, const char *kind, const char *name, const char *path)
{
    return m->ask->map ? m->ask->map(m->ask->map_arg, kind, name, path) : NULL;
}

/* The folder of the node for a path of the server: that of the nearest export above it which the
 * site maps, with the rest of the path. The caller frees; NULL = there is none. */
static char *map_nfs(const struct making *m, const char *server, const char *path)
{
    size_t len = strlen(path);
    for (bool below = false;; below = true) {
        char *folder = NULL;
        cleanup_free char *export = len ? strndup(path, len) : strdup("/");
        const char *found = export ? map(m, "nfs", server, export) : NULL;
        if (found && !(below && subpath_goes_up(path + len)))
            return asprintf(&folder, "%s%s", found, path + len) < 0 ? NULL : folder;
        if (!export || len == 0)
            return NULL;
        while (len > 0 && path[--len] != '/')
            ;
    }
}

static int make_nfs(struct making *m, struct error *err)
{
    const char *server = tree_str(m->source, "server"), *export = tree_str(m->source, "path");
    cleanup_free char *path = map_nfs(m, server, export);
    if (!path)
        return error_set(err,
                         "nfs %.200s:%.300s: the site's skjob.conf maps it to no folder of its "
                         "nodes",
                         server, export);
    return take_mapped(m, path, err);
}

static int make_claim(struct making *m, struct error *err)
{
    const char *claim = tree_str(m->source, "claimName");
    const char *path = map(m, "persistentVolumeClaim", claim, m->ask->facts->ns);
    if (!path)
        return error_set(err,
                         "persistentvolumeclaim \"%.253s\" not found: the site's skjob.conf maps "
                         "it to no folder of its nodes",
                         claim);
    return take_mapped(m, path, err);
}

/* ---- all of them ---- */

static const struct {
    const char *kind;
    int (*make)(struct making *m, struct error *err);
} kinds[] = {
    {"emptyDir", make_empty_dir},          {"configMap", make_on_disk},
    {"downwardAPI", make_on_disk},         {"secret", make_in_memory},
    {"projected", make_in_memory}, /* may hold a Secret */
    {"hostPath", make_host_path},          {"nfs", make_nfs},
    {"persistentVolumeClaim", make_claim},
};

static const char *unknown_kind(const json_t *volume)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)volume, key, value)
        if (strcmp(key, "name") != 0)
            return key;
    return NULL;
}

int volume_source_make(struct volumes *v, const struct volumes_ask *ask, const json_t *volume,
                       struct volume *out, struct error *err)
{
    struct making m = {.v = v, .ask = ask, .volume = volume, .out = out};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if ((m.source = tree_get(volume, kinds[i].kind)))
            return kinds[i].make(&m, err);
    const char *kind = unknown_kind(volume);
    if (kind)
        return error_set(err, "volumes of the kind %.60s are not supported", kind);
    return make_empty_dir(&m, err); /* a name alone */
}
