/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * volumeMounts of a container (makeMounts of the kubelet).
 */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "expand.h"
#include "grow.h"
#include "strbuf.h"
#include "subpath.h"
#include "tree.h"
#include "volumes.h"

#define PATH_MAX_BYTES 4096

static const struct volume *find_volume(const struct volumes *v, const char *name)
{
    for (size_t i = 0; i < v->n; i++)
        if (strcmp(v->items[i].name, name) == 0)
            return &v->items[i];
    return NULL;
}

/* subPath, or subPathExpr expanded; "" = the whole volume. NULL with err. */
static char *sub_of(const json_t *mount, expand_lookup *lookup, void *arg, struct error *err)
{
    const char *expr = tree_str(mount, "subPathExpr");
    cleanup_free char *missing = NULL;
    struct strbuf out = {.max = PATH_MAX_BYTES};
    char *sub = NULL;
    if (!*expr) {
        sub = strdup(tree_str(mount, "subPath"));
    } else if (expand_strict(&out, expr, lookup, arg, &missing) == 0) {
        sub = strbuf_steal(&out);
    }
    strbuf_free(&out);
    if (missing)
        error_set(err, "missing value for %.300s", missing);
    else if (!sub)
        error_set(err, "subPathExpr \"%.300s\": its value is too long", expr);
    return sub;
}

/* A relative mountPath is relative to the root. */
static char *target_of(const json_t *mount)
{
    struct strbuf out = {0};
    const char *path = tree_str(mount, "mountPath");
    if (*path != '/')
        strbuf_addc(&out, '/');
    strbuf_adds(&out, path);
    return strbuf_steal(&out);
}

int mount_list_add(struct mount_list *list, const char *source, const char *target, bool read_only,
                   struct error *err)
{
    struct mount *items = grow(list->items, list->n, sizeof *items);
    if (!items)
        return error_set(err, "out of memory");
    list->items = items;
    char *s = strdup(source), *t = strdup(target);
    if (!s || !t) {
        free(s);
        free(t);
        return error_set(err, "out of memory");
    }
    items[list->n++] =
        (struct mount){.kind = MOUNT_BIND, .source = s, .target = t, .read_only = read_only};
    return 0;
}

static int add_mount(const struct volumes *v, const json_t *container, const json_t *mount,
                     expand_lookup *lookup, void *arg, struct mount_list *out, struct error *err)
{
    const char *name = tree_str(mount, "name"), *in = tree_str(container, "name");
    const struct volume *volume = find_volume(v, name);
    if (!volume || !volume->path) {
        error_set(err, "cannot find volume \"%.63s\" to mount into container \"%.63s\"", name, in);
        return VOLUMES_WAIT;
    }
    cleanup_free char *sub = sub_of(mount, lookup, arg, err);
    if (!sub)
        return VOLUMES_WAIT;
    cleanup_free char *path = *sub ? subpath_resolve(volume->path, sub, name, in, err) : NULL;
    if (*sub && !path)
        return VOLUMES_WAIT;
    cleanup_free char *target = target_of(mount);
    if (!target)
        return error_set(err, "out of memory");
    return mount_list_add(out, path ? path : volume->path, target,
                          volume->read_only || tree_bool(mount, "readOnly"), err);
}

int volumes_mounts(const struct volumes *v, const json_t *container, expand_lookup *lookup,
                   void *lookup_arg, struct mount_list *out, struct error *err)
{
    size_t i;
    json_t *mount;
    *out = (struct mount_list){0};
    json_array_foreach (tree_get(container, "volumeMounts"), i, mount) {
        int rc = add_mount(v, container, mount, lookup, lookup_arg, out, err);
        if (rc) {
            mount_list_free(out);
            return rc;
        }
    }
    return 0;
}

void mount_list_free(struct mount_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free((char *)list->items[i].source);
        free((char *)list->items[i].target);
    }
    free(list->items);
    *list = (struct mount_list){0};
}
