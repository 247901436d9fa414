/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod_parts.h"

#include <string.h>

#include "cleanup.h"
#include "names.h"
#include "tree.h"

#define ISCSI_NAME_MAX 64

/* All volume sources in the order in which Kubernetes looks at them. Of several, the first is
 * checked and the others are forbidden; the paths of these two kinds of errors are not always
 * spelled as the field is. NULL = as the field. */
static const struct {
    const char *name;
    volume_check *check;
    const char *check_path;
    const char *forbid_path;
} sources[] = {
    {"emptyDir", validate_empty_dir, NULL, NULL},
    {"hostPath", validate_host_path, NULL, NULL},
    {"gitRepo", validate_git_repo, NULL, NULL},
    {"gcePersistentDisk", validate_gce_disk, "persistentDisk", NULL},
    {"awsElasticBlockStore", validate_aws_disk, NULL, NULL},
    {"secret", validate_secret_volume, NULL, NULL},
    {"nfs", validate_nfs, NULL, NULL},
    {"iscsi", validate_iscsi, NULL, NULL},
    {"glusterfs", validate_glusterfs, NULL, NULL},
    {"flocker", validate_flocker, NULL, NULL},
    {"persistentVolumeClaim", validate_claim_volume, NULL, NULL},
    {"rbd", validate_rbd, NULL, NULL},
    {"cinder", validate_cinder, NULL, NULL},
    {"cephfs", validate_cephfs, NULL, "cephFS"},
    {"quobyte", validate_quobyte, NULL, NULL},
    {"downwardAPI", validate_downward_volume, NULL, "downwarAPI"},
    {"fc", validate_fc, NULL, NULL},
    {"flexVolume", validate_flex, NULL, NULL},
    {"configMap", validate_config_map_volume, NULL, NULL},
    {"azureFile", validate_azure_file, NULL, NULL},
    {"vsphereVolume", validate_vsphere, NULL, NULL},
    {"photonPersistentDisk", validate_photon, NULL, NULL},
    {"portworxVolume", validate_portworx, NULL, NULL},
    {"azureDisk", validate_azure_disk, NULL, NULL},
    {"storageos", validate_storage_os, NULL, NULL},
    {"projected", validate_projected, NULL, NULL},
    {"scaleIO", validate_scale_io, NULL, NULL},
    {"csi", validate_csi, NULL, NULL},
    {"ephemeral", validate_ephemeral, NULL, NULL},
    {"image", validate_image_volume, NULL, NULL},
};

/* The initiator's name is made of both. */
static void iscsi_name(const json_t *volume, const struct path *path, struct field_errors *errs)
{
    const json_t *iscsi = tree_get(volume, "iscsi");
    const char *name = tree_str(volume, "name");
    if (tree_has(iscsi, "initiatorName") &&
        strlen(name) + 1 + strlen(tree_str(iscsi, "targetPortal")) > ISCSI_NAME_MAX)
        field_error_str(errs, PATH_FIELD(path, "name"), FIELD_INVALID, name,
                        "Total length of <volume name>:<iscsi.targetPortal> must be under 64 "
                        "characters if iscsi.initiatorName is specified.");
}

static void volume_source(const json_t *volume, const struct path *path, struct field_errors *errs)
{
    bool found = false;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const char *name = sources[i].name;
        const char *check_path = sources[i].check_path ? sources[i].check_path : name;
        const char *forbid_path = sources[i].forbid_path ? sources[i].forbid_path : name;
        if (!tree_has(volume, name))
            continue;
        if (found)
            check_forbid(errs, PATH_FIELD(path, forbid_path),
                         "may not specify more than 1 volume type");
        else
            sources[i].check(tree_get(volume, name), PATH_FIELD(path, check_path), errs);
        if (strcmp(name, "iscsi") == 0)
            iscsi_name(volume, path, errs);
        found = true;
    }
    if (!found)
        check_miss(errs, path, "must specify a volume type");
}

void validate_volumes(const struct pod_ctx *pod, const struct path *path)
{
    size_t i;
    json_t *volume;
    json_array_foreach (tree_get(pod->spec, "volumes"), i, volume) {
        const struct path *p = PATH_INDEX(path, i);
        const char *name = tree_str(volume, "name");
        size_t before = pod->errs->len;
        volume_source(volume, p, pod->errs);
        check_required_name(volume, "name", names_dns_label, p, pod->errs);
        if (tree_has(pod->volumes, name))
            field_error_str(pod->errs, PATH_FIELD(p, "name"), FIELD_DUPLICATE, name, NULL);
        if (pod->errs->len == before)
            json_object_set_nocheck(pod->volumes, name, volume);
    }
}
