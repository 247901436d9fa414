/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Generic ephemeral volumes: a template for a persistent volume claim.
 */
#include "validate_pod_parts.h"

#include <string.h>

#include "cleanup.h"
#include "names.h"
#include "quantity.h"
#include "tree.h"
#include "validate_meta.h"

/* Only labels and annotations mean anything here. The paths are those of Go's field names with the
 * first letter lowered. */
static void claim_meta(const json_t *meta, const struct path *path, struct field_errors *errs)
{
    static const char *const forbidden[][2] = {
        {"name", "name"},
        {"generateName", "generateName"},
        {"namespace", "namespace"},
        {"selfLink", "selfLink"},
        {"uid", "uID"},
        {"resourceVersion", "resourceVersion"},
        {"generation", "generation"},
        {"creationTimestamp", "creationTimestamp"},
        {"deletionTimestamp", "deletionTimestamp"},
        {"deletionGracePeriodSeconds", "deletionGracePeriodSeconds"},
        {"ownerReferences", "ownerReferences"},
        {"finalizers", "finalizers"},
        {"managedFields", "managedFields"},
    };
    validate_annotations(tree_get(meta, "annotations"), PATH_FIELD(path, "annotations"), errs);
    validate_labels(tree_get(meta, "labels"), PATH_FIELD(path, "labels"), errs);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (tree_has(meta, forbidden[i][0]))
            check_forbid(errs, PATH_FIELD(path, forbidden[i][1]), "cannot be set");
}

static void access_modes(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const modes[] = {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce",
                                        "ReadWriteOncePod", NULL};
    const struct path *p = PATH_FIELD(path, "accessModes");
    bool once_pod = false, other = false;
    size_t i;
    json_t *mode;
    json_array_foreach (tree_get(spec, "accessModes"), i, mode) {
        bool known = check_in(json_string_value(mode), modes);
        bool is_once_pod = strcmp(json_string_value(mode), "ReadWriteOncePod") == 0;
        if (!known)
            field_unsupported(errs, p, mode, modes);
        once_pod |= is_once_pod;
        other |= known && !is_once_pod;
    }
    if (once_pod && other)
        check_forbid(errs, p, "may not use ReadWriteOncePod with other access modes");
}

static void storage(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const json_t *v = tree_at(spec, "resources", "requests", "storage", NULL);
    const struct path *p = PATH_KEY(PATH_FIELD(path, "resources"), "storage");
    struct quantity q;
    if (!v)
        check_miss(errs, p, "");
    else if (quantity_parse(&q, json_string_value(v), NULL) == 0 && quantity_sign(&q) <= 0)
        field_error(errs, p, FIELD_INVALID, v, "must be greater than zero");
}

static void data_source(const json_t *source, const struct path *path, struct field_errors *errs)
{
    check_required(source, "name", path, errs);
    check_required(source, "kind", path, errs);
    if (!*tree_str(source, "apiGroup") && !tree_is(source, "kind", "PersistentVolumeClaim"))
        field_error_str(errs, path, FIELD_INVALID, tree_str(source, "kind"),
                        "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
    check_name(source, "apiGroup", names_dns_subdomain, path, errs);
}

static bool same_source(const json_t *a, const json_t *b)
{
    return strcmp(tree_str(a, "apiGroup"), tree_str(b, "apiGroup")) == 0 &&
           json_is_string(tree_get(a, "apiGroup")) == json_is_string(tree_get(b, "apiGroup")) &&
           strcmp(tree_str(a, "kind"), tree_str(b, "kind")) == 0 &&
           strcmp(tree_str(a, "name"), tree_str(b, "name")) == 0;
}

static void data_sources(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const json_t *source = tree_get(spec, "dataSource");
    const json_t *ref = tree_get(spec, "dataSourceRef");
    const struct path *source_path = PATH_FIELD(path, "dataSource");
    const struct path *ref_path = PATH_FIELD(path, "dataSourceRef");
    bool elsewhere = *tree_str(ref, "namespace");
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    if (source)
        data_source(source, source_path, errs);
    if (ref)
        data_source(ref, ref_path, errs);
    check_name(ref, "namespace", names_dns_label, ref_path, errs);
    if (!source || !ref || (!elsewhere && same_source(source, ref)))
        return;
    path_render(source_path, &shown);
    field_error_str(errs, path, FIELD_INVALID, strbuf_str(&shown), "%s",
                    elsewhere ? "may not be specified when dataSourceRef.namespace is specified"
                              : "must match dataSourceRef");
}

static void claim_spec(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const volume_modes[] = {"Block", "Filesystem", NULL};
    if (json_array_size(tree_get(spec, "accessModes")) == 0)
        check_miss(errs, PATH_FIELD(path, "accessModes"), "at least 1 access mode is required");
    validate_label_selector(tree_get(spec, "selector"), PATH_FIELD(path, "selector"), errs);
    access_modes(spec, path, errs);
    storage(spec, path, errs);
    check_name(spec, "storageClassName", names_dns_subdomain, path, errs);
    check_enum(spec, "volumeMode", volume_modes, path, errs);
    data_sources(spec, path, errs);
    check_name(spec, "volumeAttributesClassName", names_dns_subdomain, path, errs);
}

void validate_ephemeral(const json_t *source, const struct path *path, struct field_errors *errs)
{
    const json_t *template = tree_get(source, "volumeClaimTemplate");
    const struct path *p = PATH_FIELD(path, "volumeClaimTemplate");
    if (!template) {
        check_miss(errs, p, "");
        return;
    }
    claim_meta(tree_get(template, "metadata"), PATH_FIELD(p, "metadata"), errs);
    claim_spec(tree_get(template, "spec"), PATH_FIELD(p, "spec"), errs);
}
