/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Volume sources that come with the pod or the cluster.
 */
#include "validate_pod_parts.h"

#include "quantity.h"
#include "tree.h"

void validate_empty_dir(const json_t *source, const struct path *path, struct field_errors *errs)
{
    struct quantity q;
    if (tree_has(source, "sizeLimit") &&
        quantity_parse(&q, tree_str(source, "sizeLimit"), NULL) == 0 && quantity_sign(&q) < 0)
        check_forbid(errs, PATH_FIELD(path, "sizeLimit"),
                     "SizeLimit field must be a valid resource quantity");
}

void validate_host_path(const json_t *source, const struct path *path, struct field_errors *errs)
{
    static const char *const types[] = {
        "",     "BlockDevice",  "CharDevice", "Directory", "DirectoryOrCreate",
        "File", "FileOrCreate", "Socket",     NULL};
    if (!check_required(source, "path", path, errs))
        return;
    check_no_backsteps(tree_str(source, "path"), PATH_FIELD(path, "path"), errs);
    check_enum(source, "type", types, path, errs);
}

void validate_git_repo(const json_t *source, const struct path *path, struct field_errors *errs)
{
    check_required(source, "repository", path, errs);
    check_relative_path(tree_str(source, "directory"), PATH_FIELD(path, "directory"), errs);
}

void validate_key_to_path(const json_t *item, const struct path *path, struct field_errors *errs)
{
    check_required(item, "key", path, errs);
    check_required(item, "path", path, errs);
    check_local_path(tree_str(item, "path"), PATH_FIELD(path, "path"), errs);
    check_mode(item, "mode", path, errs);
}

static void keyed_volume(const json_t *source, const char *name, const struct path *path,
                         struct field_errors *errs)
{
    const struct path *items = PATH_FIELD(path, "items");
    size_t i;
    json_t *item;
    check_required(source, name, path, errs);
    check_mode(source, "defaultMode", path, errs);
    json_array_foreach (tree_get(source, "items"), i, item)
        validate_key_to_path(item, PATH_INDEX(items, i), errs);
}

void validate_secret_volume(const json_t *source, const struct path *path,
                            struct field_errors *errs)
{
    keyed_volume(source, "secretName", path, errs);
}

void validate_config_map_volume(const json_t *source, const struct path *path,
                                struct field_errors *errs)
{
    keyed_volume(source, "name", path, errs);
}

void validate_claim_volume(const json_t *source, const struct path *path, struct field_errors *errs)
{
    check_required(source, "claimName", path, errs);
}

/* ---- downward API ---- */

void validate_downward_file(const json_t *file, const struct path *path, struct field_errors *errs)
{
    static const char *const allowed[] = {"metadata.annotations", "metadata.labels",
                                          "metadata.name",        "metadata.namespace",
                                          "metadata.uid",         NULL};
    const json_t *field = tree_get(file, "fieldRef");
    const json_t *resource = tree_get(file, "resourceFieldRef");
    check_required(file, "path", path, errs);
    check_local_path(tree_str(file, "path"), PATH_FIELD(path, "path"), errs);
    if (field)
        validate_field_ref(field, allowed, PATH_FIELD(path, "fieldRef"), errs);
    else if (resource)
        validate_resource_ref(resource, true, PATH_FIELD(path, "resourceFieldRef"), errs);
    else
        check_miss(errs, path, "one of fieldRef and resourceFieldRef is required");
    if (field && resource)
        field_error_str(errs, path, FIELD_INVALID, "resource",
                        "fieldRef and resourceFieldRef can not be specified simultaneously");
    check_mode(file, "mode", path, errs);
}

/* The errors of the files carry the path of the volume. */
void validate_downward_volume(const json_t *source, const struct path *path,
                              struct field_errors *errs)
{
    size_t i;
    json_t *file;
    check_mode(source, "defaultMode", path, errs);
    json_array_foreach (tree_get(source, "items"), i, file)
        validate_downward_file(file, path, errs);
}

void validate_image_volume(const json_t *source, const struct path *path, struct field_errors *errs)
{
    static const char *const pull[] = {"Always", "IfNotPresent", "Never", NULL};
    check_required(source, "reference", path, errs);
    check_required_enum(source, "pullPolicy", pull, path, errs);
}
