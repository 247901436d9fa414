/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Private to validate_pod*.c: the parts of a pod template's validation. Every function adds to errs
 * in the order of Kubernetes; path is that of the first argument unless a comment says otherwise.
 */
#ifndef SKJOB_VALIDATE_POD_PARTS_H
#define SKJOB_VALIDATE_POD_PARTS_H

#include <jansson.h>
#include <stdbool.h>

#include "check.h"
#include "field_error.h"

/* What the checks of a container need to know of its pod. */
struct pod_ctx {
    const json_t *spec;
    json_t *volumes; /* name -> Volume, of those that are valid; others count as missing */
    json_t *claims;  /* set of the names in spec.resourceClaims */
    bool host_users; /* the pod shares the user namespace of the host */
    struct field_errors *errs;
};

/* All containers of a pod: init, regular, ephemeral. path is that of the spec. */
typedef void container_visit(const json_t *container, const struct path *path, void *arg);
void each_container(const json_t *spec, const struct path *path, container_visit *visit, void *arg);

/* ---- containers (validate_pod_container.c) ---- */

/* path is that of the pod's spec. */
void validate_containers(const struct pod_ctx *pod, const struct path *path);
void validate_init_containers(const struct pod_ctx *pod, const struct path *path);
void validate_ephemeral_containers(const struct pod_ctx *pod, const struct path *path);

/* What all kinds of containers share (validate_pod_container_common.c). */
void validate_container_common(const struct pod_ctx *pod, const json_t *ctr,
                               const struct path *path);

/* ---- environment (validate_pod_env.c) ---- */

/* path is that of the container. */
void validate_env(const json_t *ctr, const struct path *path, struct field_errors *errs);
void validate_env_from(const json_t *ctr, const struct path *path, struct field_errors *errs);
/* env[].valueFrom.fileKeyRef of all containers against the volumes. path is that of the spec. */
void validate_env_files(const json_t *spec, const struct path *path, struct field_errors *errs);

/* Downward API. allowed: the field paths that the place supports, sorted. volume: the selector
 * stands in a volume and must name its container. */
void validate_field_ref(const json_t *ref, const char *const *allowed, const struct path *path,
                        struct field_errors *errs);
void validate_resource_ref(const json_t *ref, bool volume, const struct path *path,
                           struct field_errors *errs);

/* ---- probes and lifecycle (validate_pod_probe.c) ---- */

/* path is that of the container. */
void validate_hooks(const struct pod_ctx *pod, const json_t *ctr, const struct path *path);

/* ---- volumes ---- */

/* Fills pod->volumes. path is that of the list (validate_pod_volume.c). */
void validate_volumes(const struct pod_ctx *pod, const struct path *path);
/* One check per volume source (validate_pod_volume_source.c, validate_pod_volume_net.c). */
typedef void volume_check(const json_t *source, const struct path *path, struct field_errors *errs);
volume_check validate_empty_dir, validate_host_path, validate_git_repo, validate_secret_volume,
    validate_config_map_volume, validate_claim_volume, validate_downward_volume,
    validate_image_volume;
volume_check validate_gce_disk, validate_aws_disk, validate_nfs, validate_iscsi, validate_glusterfs,
    validate_flocker, validate_rbd, validate_cinder, validate_cephfs, validate_quobyte, validate_fc,
    validate_flex, validate_azure_file, validate_vsphere, validate_photon, validate_portworx,
    validate_azure_disk, validate_storage_os, validate_scale_io, validate_csi;
volume_check validate_projected; /* validate_pod_projected.c */
volume_check validate_ephemeral; /* validate_pod_claim.c */

/* One entry of items: key, path and mode; one file of the downward API. */
void validate_key_to_path(const json_t *item, const struct path *path, struct field_errors *errs);
void validate_downward_file(const json_t *file, const struct path *path, struct field_errors *errs);

/* path is that of the container (validate_pod_mount.c). */
void validate_mounts(const struct pod_ctx *pod, const json_t *ctr, const struct path *path);
void validate_devices(const struct pod_ctx *pod, const json_t *ctr, const struct path *path);

/* ---- resources (validate_pod_resource.c) ---- */

/* limits, requests and claims of a container, or of the whole pod. */
void validate_resources(const struct pod_ctx *pod, const json_t *resources,
                        const struct path *path);
void validate_overhead(const struct pod_ctx *pod, const struct path *path);
/* spec.resources (validate_pod_level.c). path is that of the spec. */
void validate_pod_resources(const struct pod_ctx *pod, const struct path *path);
/* The rules of resource names: of a container, of a pod (both validate_pod_resource.c). */
bool resource_is_huge_pages(const char *name);
/* The part that containers and pods share; name_check is called for each name in the lists. */
typedef void resource_name_check(const char *name, const struct path *path,
                                 struct field_errors *errs);
void validate_resource_lists(const json_t *resources, resource_name_check *name_check,
                             const struct path *path, struct field_errors *errs);
/* Qualified, and standard if it has no domain. */
bool validate_resource_name(const char *name, const struct path *path, struct field_errors *errs);

/* ---- scheduling (validate_pod_affinity.c, validate_pod_scheduling.c) ---- */

void validate_affinity(const json_t *affinity, const struct path *path, struct field_errors *errs);
/* matchLabelKeys and mismatchLabelKeys of an object with a labelSelector. */
void validate_match_label_keys(const json_t *obj, const struct path *path,
                               struct field_errors *errs);
void validate_tolerations(const json_t *list, const struct path *path, struct field_errors *errs);
void validate_topology_spread(const json_t *list, const struct path *path,
                              struct field_errors *errs);
void validate_scheduling_gates(const json_t *list, const struct path *path,
                               struct field_errors *errs);

/* ---- security (validate_pod_security.c, validate_pod_windows.c) ---- */

/* path is that of the spec. */
void validate_pod_security(const json_t *spec, const struct path *path, struct field_errors *errs);
void validate_container_security(const json_t *sc, bool host_users, const struct path *path,
                                 struct field_errors *errs);
void validate_windows_options(const json_t *options, const struct path *path,
                              struct field_errors *errs);
void validate_host_processes(const json_t *spec, const struct path *path,
                             struct field_errors *errs);
void validate_os(const json_t *spec, const struct path *path, struct field_errors *errs);

/* ---- annotations (validate_pod_annotation.c) ---- */

/* path is that of the annotations, of the spec. */
void validate_pod_annotations(const json_t *template, const struct path *path,
                              struct field_errors *errs);
void validate_profile_annotations(const json_t *template, const struct path *path,
                                  struct field_errors *errs);

#define SECCOMP_POD_ANNOTATION     "seccomp.security.alpha.kubernetes.io/pod"
#define SECCOMP_ANNOTATION_PREFIX  "container.seccomp.security.alpha.kubernetes.io/"
#define APPARMOR_ANNOTATION_PREFIX "container.apparmor.security.beta.kubernetes.io/"

#endif
