/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sandbox_root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "strbuf.h"

/* filepath.Clean("/" + path): no empty parts, no ".", ".." resolved by its text. */
static char *clean(const char *path)
{
    struct strbuf out = {0};
    for (const char *p = path; *p; p += strspn(p, "/")) {
        size_t n = strcspn(p, "/");
        if (n == 2 && p[0] == '.' && p[1] == '.') {
            while (out.len > 0 && out.data[--out.len] != '/')
                ;
        } else if (n > 0 && !(n == 1 && p[0] == '.')) {
            strbuf_addc(&out, '/');
            strbuf_add(&out, p, n);
        }
        p += n;
    }
    if (out.len == 0)
        strbuf_addc(&out, '/');
    else
        out.data[out.len] = '\0';
    return strbuf_steal(&out);
}

bool sandbox_root_within(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    if (n == 1)
        return true;
    return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* The node has no such thing, or hides it from this user. */
static bool is_absent(int error)
{
    return error == ENOENT || error == EACCES || error == ENOTDIR;
}

/* Splits m->wanted into the deepest part that exists, links resolved, and the rest. */
static int find_place(struct sandbox_mount *m, struct error *err)
{
    cleanup_free char *head = strdup(m->wanted);
    char *real = NULL;
    if (!head)
        return error_set(err, "out of memory");
    size_t len = strlen(head);
    while (!(real = realpath(len ? head : "/", NULL)) && len > 0) {
        if (!is_absent(errno))
            return error_set(err, "mountPath %.300s: %s", m->wanted, strerror(errno));
        while (len > 0 && head[--len] != '/')
            ;
        head[len] = '\0';
    }
    if (!real)
        return error_set(err, "mountPath %.300s: %s", m->wanted, strerror(errno));
    struct strbuf out = {0};
    m->existing = strcmp(real, "/") == 0 ? 0 : strlen(real);
    strbuf_add(&out, real, m->existing);
    strbuf_adds(&out, m->wanted + len);
    free(real);
    m->target = strbuf_steal(&out);
    return m->target ? 0 : error_set(err, "out of memory");
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool mounts_folder(const struct mount *m)
{
    return m->kind == MOUNT_TMPFS || is_folder(m->source);
}

/* A target that is there must be of the same sort; what is missing below a file cannot be made. */
static int check_place(const struct sandbox_mount *m, struct error *err)
{
    if (m->existing == strlen(m->target) && is_folder(m->target) != mounts_folder(m->mount))
        return error_set(err,
                         "mountPath %.300s: not a directory: are you trying to mount a directory "
                         "onto a file (or vice-versa)?",
                         m->wanted);
    if (m->existing == strlen(m->target) || m->existing == 0)
        return 0;
    cleanup_free char *folder = strndup(m->target, m->existing);
    if (folder && is_folder(folder))
        return 0;
    return error_set(err, "mountPath %.300s: %.300s is not a directory on the node", m->wanted,
                     folder ? folder : "");
}

static int check_wanted(const char *wanted, struct error *err)
{
    if (strcmp(wanted, "/") == 0)
        return error_set(err, "mountPath /: a volume cannot be mounted over the root");
    if (sandbox_root_within(wanted, "/proc"))
        return error_set(err, "mountPath %.300s: cannot be mounted because it is inside /proc",
                         wanted);
    return 0;
}

/* The mount that contains the m-th one, NULL = the node's own file systems do. */
static const struct sandbox_mount *outer_of(const struct sandbox_root *root, size_t m)
{
    for (size_t i = m; i-- > 0;)
        if (sandbox_root_within(root->mounts[m].wanted, root->mounts[i].wanted))
            return &root->mounts[i];
    return NULL;
}

static int place_in(struct sandbox_mount *m, const struct sandbox_mount *outer, struct error *err)
{
    struct strbuf out = {0};
    strbuf_adds(&out, outer->target);
    strbuf_adds(&out, m->wanted + strlen(outer->wanted));
    m->nested = true;
    m->target = strbuf_steal(&out);
    return m->target ? 0 : error_set(err, "out of memory");
}

static int by_wanted(const void *a, const void *b)
{
    const struct sandbox_mount *x = a, *y = b;
    int order = strcmp(x->wanted, y->wanted);
    return order ? order : (x->mount > y->mount) - (x->mount < y->mount);
}

static int by_target(const void *a, const void *b)
{
    const struct sandbox_mount *x = a, *y = b;
    int order = strcmp(x->target, y->target);
    return order ? order : (x->mount > y->mount) - (x->mount < y->mount);
}

static int place_all(struct sandbox_root *root, struct error *err)
{
    for (size_t i = 0; i < root->n; i++) {
        struct sandbox_mount *m = &root->mounts[i];
        const struct sandbox_mount *outer = outer_of(root, i);
        if (check_wanted(m->wanted, err) || (outer ? place_in(m, outer, err) : find_place(m, err)))
            return -1;
        if (!outer && (check_wanted(m->target, err) || check_place(m, err)))
            return -1;
    }
    qsort(root->mounts, root->n, sizeof *root->mounts, by_target);
    /* Links may have led one mount into another. */
    for (size_t i = 0; i < root->n; i++)
        for (size_t j = 0; j < i && !root->mounts[i].nested; j++)
            root->mounts[i].nested =
                sandbox_root_within(root->mounts[i].target, root->mounts[j].target);
    return 0;
}

static bool is_rebuilt(const struct sandbox_root *root, const char *folder)
{
    for (size_t i = 0; i < root->n_rebuilt; i++)
        if (strcmp(root->rebuilt[i], folder) == 0)
            return true;
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int find_rebuilt(struct sandbox_root *root, struct error *err)
{
    root->rebuilt = calloc(root->n + 1, sizeof *root->rebuilt);
    for (size_t i = 0; root->rebuilt && i < root->n; i++) {
        const struct sandbox_mount *m = &root->mounts[i];
        if (m->nested || m->existing == strlen(m->target))
            continue;
        char *folder = m->existing ? strndup(m->target, m->existing) : strdup("/");
        if (!folder)
            return error_set(err, "out of memory");
        if (is_rebuilt(root, folder))
            free(folder);
        else
            root->rebuilt[root->n_rebuilt++] = folder;
    }
    if (!root->rebuilt)
        return error_set(err, "out of memory");
    qsort(root->rebuilt, root->n_rebuilt, sizeof *root->rebuilt, by_text);
    return 0;
}

int sandbox_root_plan(struct sandbox_root *out, const struct container *c, struct error *err)
{
    *out = (struct sandbox_root){.mounts = calloc(c->n_mounts + 1, sizeof *out->mounts)};
    if (!out->mounts)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < c->n_mounts; i++, out->n++) {
        out->mounts[i].mount = &c->mounts[i];
        out->mounts[i].wanted = clean(c->mounts[i].target);
        if (!out->mounts[i].wanted)
            return error_set(err, "out of memory");
    }
    qsort(out->mounts, out->n, sizeof *out->mounts, by_wanted);
    return place_all(out, err) || find_rebuilt(out, err) ? -1 : 0;
}

void sandbox_root_free(struct sandbox_root *root)
{
    for (size_t i = 0; i < root->n; i++) {
        free(root->mounts[i].target);
        free(root->mounts[i].wanted);
    }
    for (size_t i = 0; i < root->n_rebuilt; i++)
        free(root->rebuilt[i]);
    free(root->mounts);
    free(root->rebuilt);
    *root = (struct sandbox_root){0};
}

bool sandbox_root_makes(const struct sandbox_root *root, const char *folder, const char *name)
{
    size_t len = strcmp(folder, "/") == 0 ? 0 : strlen(folder), n = strlen(name);
    for (size_t i = 0; i < root->n; i++) {
        const char *t = root->mounts[i].target;
        if (!root->mounts[i].nested && root->mounts[i].existing == len &&
            strncmp(t, folder, len) == 0 && t[len] == '/' && strncmp(t + len + 1, name, n) == 0 &&
            (t[len + 1 + n] == '/' || t[len + 1 + n] == '\0'))
            return true;
    }
    return false;
}

bool sandbox_root_rebuilds(const struct sandbox_root *root, const char *folder, const char *name)
{
    size_t len = strcmp(folder, "/") == 0 ? 0 : strlen(folder);
    for (size_t i = 0; i < root->n_rebuilt; i++) {
        const char *t = root->rebuilt[i];
        if (strncmp(t, folder, len) == 0 && t[len] == '/' && strcmp(t + len + 1, name) == 0)
            return true;
    }
    return false;
}
