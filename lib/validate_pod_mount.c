/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod_parts.h"

#include <string.h>

#include "cleanup.h"
#include "tree.h"

/* Names and paths of the mounts or devices of a container. A name that comes twice counts with its
 * last path, as in the map that Kubernetes builds. */
struct targets {
    json_t *names; /* name -> path */
    json_t *paths; /* set */
};

static struct targets collect(const json_t *list, const char *path_field)
{
    struct targets t = {.names = json_object(), .paths = json_object()};
    size_t i;
    json_t *v;
    const char *name;
    json_array_foreach (list, i, v)
        json_object_set_new_nocheck(t.names, tree_str(v, "name"),
                                    json_string_nocheck(tree_str(v, path_field)));
    json_object_foreach (t.names, name, v)
        check_set_add(t.paths, json_string_value(v));
    return t;
}

static void release(struct targets *t)
{
    json_decref(t->names);
    json_decref(t->paths);
}

#define cleanup_targets __attribute__((cleanup(release)))

/* ---- volumeMounts ---- */

/* The paths of these errors have no index: list is that of volumeMounts. */
static void sub_paths(const json_t *mount, const struct path *path, const struct path *list,
                      struct field_errors *errs)
{
    const char *sub = tree_str(mount, "subPath");
    const char *expr = tree_str(mount, "subPathExpr");
    if (*sub)
        check_relative_path(sub, PATH_FIELD(list, "subPath"), errs);
    if (!*expr)
        return;
    if (*sub)
        field_error_str(errs, PATH_FIELD(path, "subPathExpr"), FIELD_INVALID, expr,
                        "subPathExpr and subPath are mutually exclusive");
    check_relative_path(expr, PATH_FIELD(list, "subPathExpr"), errs);
}

static void propagation(const json_t *mount, const json_t *ctr, const struct path *list,
                        struct field_errors *errs)
{
    static const char *const allowed[] = {"Bidirectional", "HostToContainer", "None", NULL};
    check_enum(mount, "mountPropagation", allowed, list, errs);
    if (tree_is(mount, "mountPropagation", "Bidirectional") &&
        !tree_bool(tree_get(ctr, "securityContext"), "privileged"))
        check_forbid(errs, PATH_FIELD(list, "mountPropagation"),
                     "Bidirectional mount propagation is available only to privileged containers");
}

static void recursive_read_only(const json_t *mount, const struct path *list,
                                struct field_errors *errs)
{
    static const char *const allowed[] = {"Disabled", "Enabled", "IfPossible", NULL};
    const struct path *p = PATH_FIELD(list, "recursiveReadOnly");
    if (!tree_has(mount, "recursiveReadOnly") ||
        !check_enum(mount, "recursiveReadOnly", allowed, list, errs) ||
        tree_is(mount, "recursiveReadOnly", "Disabled"))
        return;
    if (!tree_bool(mount, "readOnly"))
        check_forbid(errs, p, "may only be specified when readOnly is true");
    if (tree_has(mount, "mountPropagation") && !tree_is(mount, "mountPropagation", "None"))
        check_forbid(errs, p,
                     "may only be specified when mountPropagation is None or not specified");
}

static void mount_target(const struct pod_ctx *pod, json_t *seen, const struct targets *devices,
                         const json_t *mount, const struct path *path)
{
    const char *name = tree_str(mount, "name");
    const char *target = tree_str(mount, "mountPath");
    const struct path *name_path = PATH_FIELD(path, "name");
    const struct path *target_path = PATH_FIELD(path, "mountPath");
    check_required(mount, "name", path, pod->errs);
    if (!tree_has(pod->volumes, name))
        field_error_str(pod->errs, name_path, FIELD_NOT_FOUND, name, NULL);
    check_required(mount, "mountPath", path, pod->errs);
    if (!check_set_add(seen, target))
        field_error_str(pod->errs, target_path, FIELD_INVALID, target, "must be unique");
    if (tree_has(devices->names, name))
        field_error_str(pod->errs, name_path, FIELD_INVALID, name,
                        "must not already exist in volumeDevices");
    if (tree_has(devices->paths, target))
        field_error_str(pod->errs, target_path, FIELD_INVALID, target,
                        "must not already exist as a path in volumeDevices");
}

void validate_mounts(const struct pod_ctx *pod, const json_t *ctr, const struct path *path)
{
    const struct path *list = PATH_FIELD(path, "volumeMounts");
    cleanup_targets struct targets devices = collect(tree_get(ctr, "volumeDevices"), "devicePath");
    cleanup_json json_t *seen = json_object();
    size_t i;
    json_t *mount;
    json_array_foreach (tree_get(ctr, "volumeMounts"), i, mount) {
        const struct path *p = PATH_INDEX(list, i);
        mount_target(pod, seen, &devices, mount, p);
        sub_paths(mount, p, list, pod->errs);
        propagation(mount, ctr, list, pod->errs);
        recursive_read_only(mount, list, pod->errs);
    }
}

/* ---- volumeDevices ---- */

struct seen_devices {
    json_t *names;
    json_t *paths;
};

static void device_name(const struct pod_ctx *pod, const struct seen_devices *seen,
                        const json_t *device, const struct path *path)
{
    const char *name = tree_str(device, "name");
    const struct path *p = PATH_FIELD(path, "name");
    const json_t *volume = tree_get(pod->volumes, name);
    check_required(device, "name", path, pod->errs);
    if (tree_has(seen->names, name))
        field_error_str(pod->errs, p, FIELD_INVALID, name, "must be unique");
    if (!volume)
        field_error_str(pod->errs, p, FIELD_NOT_FOUND, name, NULL);
    else if (!tree_has(volume, "persistentVolumeClaim") && !tree_has(volume, "ephemeral"))
        field_error_str(pod->errs, p, FIELD_INVALID, name,
                        "can only use volume source type of PersistentVolumeClaim or Ephemeral "
                        "for block mode");
}

static bool has_backsteps(const char *s)
{
    struct field_errors ignored = {0};
    bool bad = !check_no_backsteps(s, NULL, &ignored);
    field_errors_free(&ignored);
    return bad;
}

static void device_path(const struct pod_ctx *pod, const struct seen_devices *seen,
                        const json_t *device, const struct path *path)
{
    const char *target = tree_str(device, "devicePath");
    const struct path *p = PATH_FIELD(path, "devicePath");
    check_required(device, "devicePath", path, pod->errs);
    if (tree_has(seen->paths, target))
        field_error_str(pod->errs, p, FIELD_INVALID, target, "must be unique");
    if (*target && has_backsteps(target))
        field_error_str(pod->errs, p, FIELD_INVALID, target, "can not contain backsteps ('..')");
    else
        check_set_add(seen->paths, target);
}

void validate_devices(const struct pod_ctx *pod, const json_t *ctr, const struct path *path)
{
    const struct path *list = PATH_FIELD(path, "volumeDevices");
    cleanup_targets struct targets mounts = collect(tree_get(ctr, "volumeMounts"), "mountPath");
    cleanup_json json_t *names = json_object();
    cleanup_json json_t *paths = json_object();
    const struct seen_devices seen = {.names = names, .paths = paths};
    size_t i;
    json_t *device;
    json_array_foreach (tree_get(ctr, "volumeDevices"), i, device) {
        const struct path *p = PATH_INDEX(list, i);
        const char *name = tree_str(device, "name");
        const char *target = tree_str(device, "devicePath");
        device_name(pod, &seen, device, p);
        device_path(pod, &seen, device, p);
        if (tree_has(mounts.names, name))
            field_error_str(pod->errs, PATH_FIELD(p, "name"), FIELD_INVALID, name,
                            "must not already exist in volumeMounts");
        if (tree_has(mounts.paths, target))
            field_error_str(pod->errs, PATH_FIELD(p, "devicePath"), FIELD_INVALID, target,
                            "must not already exist as a path in volumeMounts");
        if (*name)
            check_set_add(names, name);
    }
}
