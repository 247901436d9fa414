/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * core/v1 Volume and all volume sources, as tables (k8s.io/api/core/v1/types.go, v1.36).
 */
#include "schema_pod.h"

/* clang-format off */
SCHEMA(host_path_volume_source, "HostPathVolumeSource",
    STRK("path"), ENUMP("type", "v1.HostPathType"));

SCHEMA(empty_dir_volume_source, "EmptyDirVolumeSource",
    ENUM("medium", "v1.StorageMedium"), QUANTITY("sizeLimit"));

SCHEMA(gce_persistent_disk_volume_source, "GCEPersistentDiskVolumeSource",
    STRK("pdName"), STR("fsType"), I32("partition"), BOOL("readOnly"));

SCHEMA(aws_elastic_block_store_volume_source, "AWSElasticBlockStoreVolumeSource",
    STRK("volumeID"), STR("fsType"), I32("partition"), BOOL("readOnly"));

SCHEMA(git_repo_volume_source, "GitRepoVolumeSource",
    STRK("repository"), STR("revision"), STR("directory"));

SCHEMA(key_to_path, "KeyToPath", STRK("key"), STRK("path"), I32P("mode"));

SCHEMA(secret_volume_source, "SecretVolumeSource",
    STR("secretName"), LISTOF("items", key_to_path), I32P("defaultMode"), BOOLP("optional"));

SCHEMA(nfs_volume_source, "NFSVolumeSource", STRK("server"), STRK("path"), BOOL("readOnly"));

SCHEMA(iscsi_volume_source, "ISCSIVolumeSource",
    STRK("targetPortal"), STRK("iqn"), I32K("lun"), STR("iscsiInterface"), STR("fsType"),
    BOOL("readOnly"), LIST("portals", F_STRING), BOOL("chapAuthDiscovery"),
    BOOL("chapAuthSession"), OBJ("secretRef", schema_local_object_reference),
    STRP("initiatorName"));

SCHEMA(glusterfs_volume_source, "GlusterfsVolumeSource",
    STRK("endpoints"), STRK("path"), BOOL("readOnly"));

SCHEMA(persistent_volume_claim_volume_source, "PersistentVolumeClaimVolumeSource",
    STRK("claimName"), BOOL("readOnly"));

SCHEMA(rbd_volume_source, "RBDVolumeSource",
    LISTK("monitors", F_STRING), STRK("image"), STR("fsType"), STR("pool"), STR("user"),
    STR("keyring"), OBJ("secretRef", schema_local_object_reference), BOOL("readOnly"));

SCHEMA(flex_volume_source, "FlexVolumeSource",
    STRK("driver"), STR("fsType"), OBJ("secretRef", schema_local_object_reference),
    BOOL("readOnly"), MAP("options"));

SCHEMA(cinder_volume_source, "CinderVolumeSource",
    STRK("volumeID"), STR("fsType"), BOOL("readOnly"),
    OBJ("secretRef", schema_local_object_reference));

SCHEMA(ceph_fs_volume_source, "CephFSVolumeSource",
    LISTK("monitors", F_STRING), STR("path"), STR("user"), STR("secretFile"),
    OBJ("secretRef", schema_local_object_reference), BOOL("readOnly"));

SCHEMA(flocker_volume_source, "FlockerVolumeSource", STR("datasetName"), STR("datasetUUID"));

SCHEMA(downward_api_volume_file, "DownwardAPIVolumeFile",
    STRK("path"), OBJ("fieldRef", schema_object_field_selector),
    OBJ("resourceFieldRef", schema_resource_field_selector), I32P("mode"));

SCHEMA(downward_api_volume_source, "DownwardAPIVolumeSource",
    LISTOF("items", downward_api_volume_file), I32P("defaultMode"));

SCHEMA(fc_volume_source, "FCVolumeSource",
    LIST("targetWWNs", F_STRING), I32P("lun"), STR("fsType"), BOOL("readOnly"),
    LIST("wwids", F_STRING));

SCHEMA(azure_file_volume_source, "AzureFileVolumeSource",
    STRK("secretName"), STRK("shareName"), BOOL("readOnly"));

SCHEMA(config_map_volume_source, "ConfigMapVolumeSource",
    STR("name"), LISTOF("items", key_to_path), I32P("defaultMode"), BOOLP("optional"));

SCHEMA(vsphere_virtual_disk_volume_source, "VsphereVirtualDiskVolumeSource",
    STRK("volumePath"), STR("fsType"), STR("storagePolicyName"), STR("storagePolicyID"));

SCHEMA(quobyte_volume_source, "QuobyteVolumeSource",
    STRK("registry"), STRK("volume"), BOOL("readOnly"), STR("user"), STR("group"),
    STR("tenant"));

SCHEMA(azure_disk_volume_source, "AzureDiskVolumeSource",
    STRK("diskName"), STRK("diskURI"), ENUMP("cachingMode", "v1.AzureDataDiskCachingMode"),
    STRP("fsType"), BOOLP("readOnly"), ENUMP("kind", "v1.AzureDataDiskKind"));

SCHEMA(photon_persistent_disk_volume_source, "PhotonPersistentDiskVolumeSource",
    STRK("pdID"), STR("fsType"));

SCHEMA(secret_projection, "SecretProjection",
    STR("name"), LISTOF("items", key_to_path), BOOLP("optional"));

SCHEMA(downward_api_projection, "DownwardAPIProjection", LISTOF("items", downward_api_volume_file));

SCHEMA(config_map_projection, "ConfigMapProjection",
    STR("name"), LISTOF("items", key_to_path), BOOLP("optional"));

SCHEMA(service_account_token_projection, "ServiceAccountTokenProjection",
    STR("audience"), I64P("expirationSeconds"), STRK("path"));

SCHEMA(cluster_trust_bundle_projection, "ClusterTrustBundleProjection",
    STRP("name"), STRP("signerName"), OBJ("labelSelector", schema_label_selector),
    BOOLP("optional"), STRK("path"));

SCHEMA(pod_certificate_projection, "PodCertificateProjection",
    STR("signerName"), STR("keyType"), I32P("maxExpirationSeconds"), STR("credentialBundlePath"),
    STR("keyPath"), STR("certificateChainPath"), MAP("userAnnotations"));

SCHEMA(volume_projection, "VolumeProjection",
    OBJ("secret", secret_projection), OBJ("downwardAPI", downward_api_projection),
    OBJ("configMap", config_map_projection),
    OBJ("serviceAccountToken", service_account_token_projection),
    OBJ("clusterTrustBundle", cluster_trust_bundle_projection),
    OBJ("podCertificate", pod_certificate_projection));

SCHEMA(projected_volume_source, "ProjectedVolumeSource",
    LISTOFK("sources", volume_projection), I32P("defaultMode"));

SCHEMA(portworx_volume_source, "PortworxVolumeSource",
    STRK("volumeID"), STR("fsType"), BOOL("readOnly"));

SCHEMA(scale_io_volume_source, "ScaleIOVolumeSource",
    STRK("gateway"), STRK("system"), OBJNULL("secretRef", schema_local_object_reference),
    BOOL("sslEnabled"), STR("protectionDomain"), STR("storagePool"), STR("storageMode"),
    STR("volumeName"), STR("fsType"), BOOL("readOnly"));

SCHEMA(storage_os_volume_source, "StorageOSVolumeSource",
    STR("volumeName"), STR("volumeNamespace"), STR("fsType"), BOOL("readOnly"),
    OBJ("secretRef", schema_local_object_reference));

SCHEMA(csi_volume_source, "CSIVolumeSource",
    STRK("driver"), BOOLP("readOnly"), STRP("fsType"), MAP("volumeAttributes"),
    OBJ("nodePublishSecretRef", schema_local_object_reference));

SCHEMA(volume_resource_requirements, "VolumeResourceRequirements",
    RESOURCES("limits"), RESOURCES("requests"));

SCHEMA(typed_local_object_reference, "TypedLocalObjectReference",
    STRPK("apiGroup"), STRK("kind"), STRK("name"));

SCHEMA(typed_object_reference, "TypedObjectReference",
    STRPK("apiGroup"), STRK("kind"), STRK("name"), STRP("namespace"));

SCHEMA(persistent_volume_claim_spec, "PersistentVolumeClaimSpec",
    LISTENUM("accessModes", "v1.PersistentVolumeAccessMode"),
    OBJ("selector", schema_label_selector), OBJK("resources", volume_resource_requirements),
    STR("volumeName"), STRP("storageClassName"), ENUMP("volumeMode", "v1.PersistentVolumeMode"),
    OBJ("dataSource", typed_local_object_reference),
    OBJ("dataSourceRef", typed_object_reference), STRP("volumeAttributesClassName"));

SCHEMA(persistent_volume_claim_template, "PersistentVolumeClaimTemplate",
    OBJK("metadata", schema_object_meta), OBJK("spec", persistent_volume_claim_spec));

SCHEMA(ephemeral_volume_source, "EphemeralVolumeSource",
    OBJ("volumeClaimTemplate", persistent_volume_claim_template));

SCHEMA(image_volume_source, "ImageVolumeSource",
    STR("reference"), ENUM("pullPolicy", "v1.PullPolicy"));

PUBLIC_SCHEMA(schema_volume, "Volume",
    STRK("name"), OBJ("hostPath", host_path_volume_source),
    OBJ("emptyDir", empty_dir_volume_source),
    OBJ("gcePersistentDisk", gce_persistent_disk_volume_source),
    OBJ("awsElasticBlockStore", aws_elastic_block_store_volume_source),
    OBJ("gitRepo", git_repo_volume_source), OBJ("secret", secret_volume_source),
    OBJ("nfs", nfs_volume_source), OBJ("iscsi", iscsi_volume_source),
    OBJ("glusterfs", glusterfs_volume_source),
    OBJ("persistentVolumeClaim", persistent_volume_claim_volume_source),
    OBJ("rbd", rbd_volume_source), OBJ("flexVolume", flex_volume_source),
    OBJ("cinder", cinder_volume_source), OBJ("cephfs", ceph_fs_volume_source),
    OBJ("flocker", flocker_volume_source), OBJ("downwardAPI", downward_api_volume_source),
    OBJ("fc", fc_volume_source), OBJ("azureFile", azure_file_volume_source),
    OBJ("configMap", config_map_volume_source),
    OBJ("vsphereVolume", vsphere_virtual_disk_volume_source),
    OBJ("quobyte", quobyte_volume_source), OBJ("azureDisk", azure_disk_volume_source),
    OBJ("photonPersistentDisk", photon_persistent_disk_volume_source),
    OBJ("projected", projected_volume_source), OBJ("portworxVolume", portworx_volume_source),
    OBJ("scaleIO", scale_io_volume_source), OBJ("storageos", storage_os_volume_source),
    OBJ("csi", csi_volume_source), OBJ("ephemeral", ephemeral_volume_source),
    OBJ("image", image_volume_source));
/* clang-format on */
