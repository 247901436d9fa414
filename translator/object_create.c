/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "object_create.h"

#include "cleanup.h"
#include "random.h"
#include "timefmt.h"
#include "tree.h"

#define NAME_TRIES 8

static int set(json_t *meta, const char *key, const char *value, struct error *err)
{
    return json_object_set_new(meta, key, json_string(value)) < 0 ? error_set(err, "out of memory")
                                                                  : 0;
}

static int add_identity(json_t *meta, const char *ns, time_t now, struct error *err)
{
    char uid[RANDOM_UUID_SIZE], when[TIMEFMT_MAX];
    timefmt_rfc3339((int64_t)now, when);
    if (random_uuid(uid, err) < 0 || set(meta, "uid", uid, err) < 0 ||
        set(meta, "creationTimestamp", when, err) < 0)
        return -1;
    return tree_has(meta, "namespace") ? 0 : set(meta, "namespace", ns, err);
}

static int put(const char *root, enum object_kind kind, const json_t *object, bool only_check,
               struct error *err)
{
    const json_t *meta = tree_get(object, "metadata");
    const char *ns = tree_str(meta, "namespace"), *name = tree_str(meta, "name");
    cleanup_json json_t *known = NULL;
    if (!only_check)
        return objects_create(root, kind, ns, name, object, err);
    int rc = objects_read(root, kind, ns, name, &known, err);
    return rc < 0 ? -1 : !rc;
}

int object_create(const char *root, enum object_kind kind, json_t *object, const char *ns,
                  time_t now, bool only_check, struct error *err)
{
    json_t *meta = tree_get(object, "metadata");
    bool generated = !tree_has(meta, "name");
    int rc = 1;
    if (add_identity(meta, ns, now, err) < 0)
        return -1;
    for (int i = 0; i < NAME_TRIES && rc == 1; i++) {
        char name[RANDOM_NAME_SIZE];
        if (generated && (random_name(name, tree_str(meta, "generateName"), err) < 0 ||
                          set(meta, "name", name, err) < 0))
            return -1;
        rc = put(root, kind, object, only_check, err);
        if (!generated)
            break;
    }
    return rc;
}
