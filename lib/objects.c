/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "objects.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "files.h"
#include "grow.h"
#include "state_path.h"
#include "strbuf.h"

#define ENDING   ".json"
#define FILE_MAX ((off_t)16 << 20) /* 1 MiB of data, each byte as \u0001 at worst, and metadata */

static const struct {
    const char *singular, *plural;
} kinds[OBJECT_KINDS] = {
    [OBJECT_CONFIG_MAP] = {"configmap", "configmaps"},
    [OBJECT_SECRET] = {"secret", "secrets"},
    [OBJECT_SERVICE] = {"service", "services"},
    [OBJECT_CRON_JOB] = {"cronjob", "cronjobs"},
};

const char *objects_singular(enum object_kind kind)
{
    return kinds[kind].singular;
}

const char *objects_plural(enum object_kind kind)
{
    return kinds[kind].plural;
}

static bool is_name(const char *ns, const char *name)
{
    return state_name_ok(ns) && state_name_ok(name) &&
           strlen(name) + strlen(ENDING) <= (size_t)NAME_MAX;
}

/* ---- folders ---- */

static char *folder_of(const char *root, enum object_kind kind, const char *ns, struct error *err)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s/%s", root, kinds[kind].plural, ns) < 0) {
        error_set(err, "out of memory");
        return NULL;
    }
    return path;
}

/* Makes what is missing. */
static int open_folder(const char *root, enum object_kind kind, const char *ns, struct error *err)
{
    cleanup_free char *path = folder_of(root, kind, ns, err);
    if (!path)
        return -1;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && files_make_path(path) == 0)
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? error_set(err, "cannot open %s: %s", path, strerror(errno)) : fd;
}

/* ---- writing ---- */

/* The name aside: hidden, so that no list shows it, and this process' own. */
static void aside_name(char out[64])
{
    static unsigned counter;
    char host[HOST_NAME_MAX + 1] = "";
    gethostname(host, sizeof host - 1);
    unsigned hash = 5381;
    for (const char *p = host; *p; p++)
        hash = hash * 33 + (unsigned char)*p;
    snprintf(out, 64, ".new-%08x-%ld-%u", hash, (long)getpid(), counter++);
}

static int put(const char *root, enum object_kind kind, const char *ns, const char *name,
               const json_t *object, enum files_mode mode, struct error *err)
{
    cleanup_free char *text = json_dumps(object, JSON_COMPACT);
    cleanup_free char *file = NULL;
    if (!is_name(ns, name))
        return error_set(err, "the name %.100s cannot be a file", name);
    if (!text || asprintf(&file, "%s" ENDING, name) < 0)
        return error_set(err, "out of memory");
    cleanup_close int dir = open_folder(root, kind, ns, err);
    if (dir < 0)
        return -1;
    char aside[64];
    aside_name(aside);
    int rc = files_put(dir, aside, file, text, strlen(text), mode);
    if (rc < 0)
        return error_set(err, "cannot write %s \"%s\": %s", kinds[kind].singular, name,
                         strerror(errno));
    return rc == 0;
}

int objects_create(const char *root, enum object_kind kind, const char *ns, const char *name,
                   const json_t *object, struct error *err)
{
    return put(root, kind, ns, name, object, FILES_CREATE, err);
}

int objects_replace(const char *root, enum object_kind kind, const char *ns, const char *name,
                    const json_t *object, struct error *err)
{
    return put(root, kind, ns, name, object, FILES_REPLACE, err);
}

/* ---- reading ---- */

static int read_file(int fd, json_t **object, const char **why, json_error_t *e)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
        *why = "not a file of skjob";
        return -1;
    }
    *object = json_loadfd(fd, 0, e);
    *why = e->text;
    return *object ? 0 : -1;
}

int objects_read(const char *root, enum object_kind kind, const char *ns, const char *name,
                 json_t **object, struct error *err)
{
    cleanup_free char *file = NULL;
    json_error_t e;
    const char *why;
    if (!is_name(ns, name))
        return 1;
    if (asprintf(&file, "%s/%s/%s/%s" ENDING, root, kinds[kind].plural, ns, name) < 0)
        return error_set(err, "out of memory");
    cleanup_close int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 1;
    if (fd < 0)
        return error_set(err, "cannot read %s: %s", file, strerror(errno));
    if (read_file(fd, object, &why, &e) < 0)
        return error_set(err, "cannot read %s: %s", file, why);
    return 0;
}

int objects_remove(const char *root, enum object_kind kind, const char *ns, const char *name,
                   struct error *err)
{
    cleanup_free char *file = NULL;
    if (!is_name(ns, name))
        return 1;
    if (asprintf(&file, "%s/%s/%s/%s" ENDING, root, kinds[kind].plural, ns, name) < 0)
        return error_set(err, "out of memory");
    if (unlink(file) == 0)
        return 0;
    if (errno == ENOENT || errno == ENOTDIR)
        return 1;
    return error_set(err, "cannot remove %s: %s", file, strerror(errno));
}

static bool is_object_file(const char *name)
{
    size_t n = strlen(name), m = strlen(ENDING);
    return name[0] != '.' && n > m && strcmp(name + n - m, ENDING) == 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_name(char ***names, size_t *len, const char *file)
{
    char **v = grow(*names, *len, sizeof *v);
    if (!v)
        return -1;
    *names = v;
    v[*len] = strndup(file, strlen(file) - strlen(ENDING));
    return v[*len] ? (++*len, 0) : -1;
}

int objects_list(const char *root, enum object_kind kind, const char *ns, char ***names,
                 size_t *len, struct error *err)
{
    *names = NULL;
    *len = 0;
    cleanup_free char *path = folder_of(root, kind, ns, err);
    if (!path)
        return -1;
    DIR *dir = opendir(path);
    if (!dir)
        return errno == ENOENT ? 0 : error_set(err, "cannot read %s: %s", path, strerror(errno));
    int rc = 0;
    for (const struct dirent *e; rc == 0 && (e = readdir(dir));)
        if (is_object_file(e->d_name))
            rc = add_name(names, len, e->d_name);
    closedir(dir);
    if (rc == 0) {
        if (*len)
            qsort(*names, *len, sizeof **names, by_bytes);
        return 0;
    }
    while (*len)
        free((*names)[--*len]);
    free(*names);
    *names = NULL;
    return error_set(err, "out of memory");
}
