/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_rows.h"

#define CLAIM "'ephemeral':{'volumeClaimTemplate':{'spec':{"
#define SPEC  "ephemeral.volumeClaimTemplate.spec."

Test(validate_pod_volume, list)
{
    static const struct pod_row rows[] = {
        {"'volumes':[{},{'name':'A'},{'name':'v'},{'name':'v'},{'name':'v.w'}]",
         "volumes[0].name: Required value\n"
         "volumes[1].name: Invalid value: \"A\": " LABEL
         "\nvolumes[3].name: Duplicate value: \"v\"\n"
         "volumes[4].name: Invalid value: \"v.w\": must not contain dots"},
        /* A volume with an error does not count: its mounts have no volume. */
        {"'volumes':[{'name':'v','hostPath':{'path':''}},{'name':'v'}],'containers':[{'name':'c',"
         "'image':'i','volumeMounts':[{'name':'v','mountPath':'/a'}]}]",
         "volumes[0].hostPath.path: Required value"},
        {"'volumes':[{'name':'v','hostPath':{'path':''}}],'containers':[{'name':'c','image':'i',"
         "'volumeMounts':[{'name':'v','mountPath':'/a'}]}]",
         "volumes[0].hostPath.path: Required value\n"
         "containers[0].volumeMounts[0].name: Not found: \"v\""},
    };
    pod_rows_run(IN_SPEC, rows);
}

Test(validate_pod_volume, several_sources)
{
    static const struct pod_row rows[] = {
        {"'emptyDir':{},'hostPath':{'path':''},'configMap':{}",
         "hostPath: Forbidden: may not specify more than 1 volume type\n"
         "configMap: Forbidden: may not specify more than 1 volume type"},
        {"'secret':{},'hostPath':{'path':'/a'}",
         "secret: Forbidden: may not specify more than 1 volume type"},
        {"'nfs':{'server':'s','path':'/'},'cephfs':{},'downwardAPI':{}",
         "cephFS: Forbidden: may not specify more than 1 volume type\n"
         "downwarAPI: Forbidden: may not specify more than 1 volume type"},
    };
    pod_rows_run(IN_VOLUME, rows);
}

Test(validate_pod_volume, sources)
{
    static const struct pod_row rows[] = {
        {"'emptyDir':{'sizeLimit':'-1'}",
         "emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity"},
        {"'hostPath':{'path':''}", "hostPath.path: Required value"},
        {"'hostPath':{'path':'/a/..','type':'x'}",
         "hostPath.path: Invalid value: \"/a/..\": must not contain '..'\n"
         "hostPath.type: Unsupported value: \"x\": supported values: \"\", \"BlockDevice\", "
         "\"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\", "
         "\"Socket\""},
        {"'gitRepo':{'repository':'','directory':'/..'}",
         "gitRepo.repository: Required value\n"
         "gitRepo.directory: Invalid value: \"/..\": must be a relative path\n"
         "gitRepo.directory: Invalid value: \"/..\": must not contain '..'"},
        {"'configMap':{'defaultMode':512,'items':[{},{'key':'k','path':'..a','mode':-1}]}",
         "configMap.name: Required value\n"
         "configMap.defaultMode: Invalid value: 512: " MODE
         "\nconfigMap.items[0].key: Required value\n"
         "configMap.items[0].path: Required value\n"
         "configMap.items[1].path: Invalid value: \"..a\": must not start with '..'\n"
         "configMap.items[1].mode: Invalid value: -1: " MODE},
        {"'secret':{'items':[{'key':'k','path':'/a'},{'key':'k','path':'../a'},{'key':'k','path':"
         "'..'}]}",
         "secret.secretName: Required value\n"
         "secret.items[0].path: Invalid value: \"/a\": must be a relative path\n"
         "secret.items[1].path: Invalid value: \"../a\": must not contain '..'\n"
         "secret.items[2].path: Invalid value: \"..\": must not contain '..'\n"
         "secret.items[2].path: Invalid value: \"..\": must not start with '..'"},
        {"'persistentVolumeClaim':{'claimName':''}",
         "persistentVolumeClaim.claimName: Required value"},
        {"'nfs':{}", "nfs.server: Required value\nnfs.path: Required value\n"
                     "nfs.path: Invalid value: \"\": must be an absolute path"},
        {"'nfs':{'server':'s','path':'x'}",
         "nfs.path: Invalid value: \"x\": must be an absolute path"},
        {"'downwardAPI':{'defaultMode':1000,'items':[{},{'path':'a','fieldRef':{'fieldPath':"
         "'spec.nodeName'}}]}",
         "downwardAPI.defaultMode: Invalid value: 1000: " MODE
         "\ndownwardAPI.path: Required value\n"
         "downwardAPI: Required value: one of fieldRef and resourceFieldRef is required\n"
         "downwardAPI.fieldRef.fieldPath: Unsupported value: \"spec.nodeName\": supported values: "
         "\"metadata.annotations\", \"metadata.labels\", \"metadata.name\", "
         "\"metadata.namespace\", \"metadata.uid\""},
        {"'downwardAPI':{'items':[{'path':'a','fieldRef':{'fieldPath':'metadata.name'},"
         "'resourceFieldRef':{'resource':'limits.cpu'},'mode':999},{'path':'b','resourceFieldRef':"
         "{'resource':'limits.cpu'}}]}",
         "downwardAPI: Invalid value: \"resource\": fieldRef and resourceFieldRef can not be "
         "specified simultaneously\n"
         "downwardAPI.mode: Invalid value: 999: " MODE
         "\ndownwardAPI.resourceFieldRef.containerName: Required value"},
        {"'image':{}", "image.reference: Required value"},
        {"'image':{'reference':'a','pullPolicy':'x'}",
         "image.pullPolicy: Unsupported value: \"x\": supported values: \"Always\", "
         "\"IfNotPresent\", \"Never\""},
        {"'emptyDir':{'medium':'Memory','sizeLimit':'1Gi'}", ""},
        {"'configMap':{'name':'C_','items':[{'key':'k','path':'a/..b','mode':511}]}", ""},
        {"'downwardAPI':{'items':[{'path':'l','fieldRef':{'fieldPath':'metadata.labels'}},{'path':"
         "'r','resourceFieldRef':{'containerName':'c','resource':'requests.memory','divisor':"
         "'1Mi'}}]}",
         ""},
    };
    pod_rows_run(IN_VOLUME, rows);
}

Test(validate_pod_volume, projected)
{
    static const struct pod_row rows[] = {
        {"'projected':{'defaultMode':-1,'sources':[{'secret':{}},{'configMap':{'name':'c','items':"
         "[{'key':'k','path':'p'}]}},{'secret':{'name':'s','items':[{'key':'k','path':'p'}]}},"
         "{'downwardAPI':{'items':[{'path':'p','fieldRef':{'fieldPath':'metadata.name'}}]}}]}",
         "projected.defaultMode: Invalid value: -1: " MODE
         "\nprojected.sources[0].secret.name: Required value\n"
         "projected: Invalid value: \"s\": conflicting duplicate paths\n"
         "projected: Invalid value: \"p\": conflicting duplicate paths"},
        {"'projected':{'sources':[{'serviceAccountToken':{'expirationSeconds':599}},"
         "{'serviceAccountToken':{'expirationSeconds':4294967297,'path':'/t'}}]}",
         "projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 599: may not "
         "specify a duration less than 10 minutes\n"
         "projected.path: Required value\n"
         "projected.sources[1].serviceAccountToken.expirationSeconds: Invalid value: 4294967297: "
         "may not specify a duration larger than 2^32 seconds\n"
         "projected.path: Invalid value: \"/t\": must be a relative path"},
        {"'projected':{'sources':[{'secret':{'name':'a'},'configMap':{'name':'b'}}]}",
         "projected.sources[0]: Forbidden: may not specify more than 1 volume type per source"},
        {"'projected':{'sources':[{'serviceAccountToken':{'path':'t'}},{},{'podCertificate':{}},"
         "{'clusterTrustBundle':{'path':''}}]}",
         ""}, /* the gates of the last two are off: dropped */
    };
    pod_rows_run(IN_VOLUME, rows);
}

Test(validate_pod_volume, claims)
{
    static const struct pod_row rows[] = {
        {"'ephemeral':{}", "ephemeral.volumeClaimTemplate: Required value"},
        {"'ephemeral':{'volumeClaimTemplate':{'metadata':{'name':'n','uid':'u','labels':{'-':''}},"
         "'spec':{}}}",
         "ephemeral.volumeClaimTemplate.metadata.labels: Invalid value: \"-\": " NAME_PART
         "\nephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set\n"
         "ephemeral.volumeClaimTemplate.metadata.uID: Forbidden: cannot be set\n" SPEC
         "accessModes: Required value: at least 1 access mode is required\n" SPEC
         "resources[storage]: Required value"},
        {CLAIM "'accessModes':['ReadWriteOncePod','x','ReadOnlyMany'],'resources':{'requests':"
               "{'storage':'0'}},'storageClassName':'S','volumeMode':'x'}}}",
         SPEC "accessModes: Unsupported value: \"x\": supported values: \"ReadOnlyMany\", "
              "\"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\"\n" SPEC
              "accessModes: Forbidden: may not use ReadWriteOncePod with other access modes\n" SPEC
              "resources[storage]: Invalid value: \"0\": must be greater than zero\n" SPEC
              "storageClassName: Invalid value: \"S\": " SUBDOMAIN "\n" SPEC
              "volumeMode: Unsupported value: \"x\": supported values: \"Block\", "
              "\"Filesystem\""},
        {CLAIM "'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1'}},"
               "'dataSource':{'kind':'x','name':''},'selector':{'matchExpressions':[{'key':'k',"
               "'operator':'In'}]}}}}",
         SPEC "selector.matchExpressions[0].values: Required value: must be specified when "
              "`operator` is 'In' or 'NotIn'\n" SPEC "dataSource.name: Required value\n" SPEC
              "dataSource: Invalid value: \"x\": must be 'PersistentVolumeClaim' when referencing "
              "the default apiGroup"},
        {CLAIM "'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}},"
               "'dataSource':{'kind':'PersistentVolumeClaim','name':'a'},'dataSourceRef':{'kind':"
               "'PersistentVolumeClaim','name':'b'}}}}",
         "ephemeral.volumeClaimTemplate.spec: Invalid value: "
         "\"spec.volumes[0].ephemeral.volumeClaimTemplate.spec.dataSource\": must match "
         "dataSourceRef"},
        {CLAIM "'accessModes':['ReadWriteOncePod'],'resources':{'requests':{'storage':'1Gi'}},"
               "'storageClassName':'','volumeMode':'Block'}}}",
         ""},
    };
    pod_rows_run(IN_VOLUME, rows);
}

Test(validate_pod_volume, storage_systems)
{
    static const struct pod_row rows[] = {
        {"'gcePersistentDisk':{'pdName':'','partition':256}",
         "persistentDisk.pdName: Required value\n"
         "persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive"},
        {"'awsElasticBlockStore':{'volumeID':'','partition':-1}",
         "awsElasticBlockStore.volumeID: Required value\n"
         "awsElasticBlockStore.partition: Invalid value: -1: must be between 1 and 255, "
         "inclusive"},
        {"'iscsi':{'targetPortal':'','iqn':'','lun':256,'chapAuthSession':true}",
         "iscsi.targetPortal: Required value\n"
         "iscsi.iqn: Required value\n"
         "iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive\n"
         "iscsi.secretRef: Required value"},
        {"'iscsi':{'targetPortal':'p','iqn':'x','lun':0,'initiatorName':'iqn.2015.a:b'}",
         "iscsi.iqn: Invalid value: \"x\": must be valid format starting with iqn, eui, or naa\n"
         "iscsi.initiatorname: Invalid value: \"iqn.2015.a:b\": must be valid format"},
        {"'iscsi':{'targetPortal':'p','iqn':'eui.012345678901234','lun':0}",
         "iscsi.iqn: Invalid value: \"eui.012345678901234\": must be valid format"},
        {"'glusterfs':{}", "glusterfs.endpoints: Required value\nglusterfs.path: Required value"},
        {"'flocker':{}", "flocker: Required value: one of datasetName and datasetUUID is required"},
        {"'flocker':{'datasetName':'a/b','datasetUUID':'u'}",
         "flocker: Invalid value: \"resource\": datasetName and datasetUUID can not be specified "
         "simultaneously\n"
         "flocker.datasetName: Invalid value: \"a/b\": must not contain '/'"},
        {"'rbd':{'monitors':[]}", "rbd.monitors: Required value\nrbd.image: Required value"},
        {"'cinder':{'volumeID':'','secretRef':{}}",
         "cinder.volumeID: Required value\ncinder.secretRef.name: Required value"},
        {"'cephfs':{}", "cephfs.monitors: Required value"},
        {"'quobyte':{'registry':'a:1,b','volume':''}",
         "quobyte.registry: Invalid value: \"a:1,b\": must be a host:port pair or multiple pairs "
         "separated by commas\n"
         "quobyte.volume: Required value"},
        {"'fc':{}",
         "fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both"},
        {"'fc':{'targetWWNs':['a'],'wwids':['b']}",
         "fc.targetWWNs: Invalid value: [\"a\"]: targetWWNs and wwids can not be specified "
         "simultaneously\n"
         "fc.lun: Required value: lun is required if targetWWNs is specified"},
        {"'flexVolume':{'driver':'','options':{'x.K8S.io/a':'b','ak8s.io':'c'}}",
         "flexVolume.driver: Required value\n"
         "flexVolume.options[x.K8S.io/a]: Invalid value: \"x.K8S.io/a\": kubernetes.io and k8s.io "
         "namespaces are reserved"},
        {"'azureFile':{}", "azureFile.secretName: Required value\n"
                           "azureFile.shareName: Required value"},
        {"'azureDisk':{'diskName':'d','diskURI':'u','kind':'Managed','cachingMode':'x'}",
         "azureDisk.cachingMode: Unsupported value: \"x\": supported values: \"None\", "
         "\"ReadOnly\", \"ReadWrite\"\n"
         "azureDisk.diskURI: Unsupported value: \"u\": supported values: "
         "\"/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/"
         "{disk-id}\""},
        {"'azureDisk':{'diskName':'d','diskURI':'u'}",
         "azureDisk.diskURI: Unsupported value: \"u\": supported values: "
         "\"https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd\""},
        {"'vsphereVolume':{}", "vsphereVolume.volumePath: Required value"},
        {"'photonPersistentDisk':{}", "photonPersistentDisk.pdID: Required value"},
        {"'portworxVolume':{}", "portworxVolume.volumeID: Required value"},
        {"'storageos':{'volumeNamespace':'N','secretRef':{}}",
         "storageos.volumeName: Required value\n"
         "storageos.volumeNamespace: Invalid value: \"N\": " LABEL
         "\nstorageos.secretRef.name: Required value"},
        {"'quobyte':{'registry':'','volume':'v'}",
         "quobyte.registry: Required value: must be a host:port pair or multiple pairs separated "
         "by commas"},
        {"'quobyte':{'registry':'a:1','volume':'v','tenant':'12345678901234567890123456789012345678"
         "901234567890123456789012345'}",
         "quobyte.tenant: Required value: must be a UUID and may not exceed a length of 64 "
         "characters"},
        {"'fc':{'targetWWNs':['a'],'lun':256}",
         "fc.lun: Invalid value: 256: must be between 0 and 255, inclusive"},
        {"'csi':{'driver':'a2345678901234567890123456789012345678901234567890123456789012.b'}",
         "csi.driver: Too long: may not be more than 63 bytes"},
        {"'scaleIO':{}", "scaleIO.gateway: Required value\nscaleIO.system: Required value\n"
                         "scaleIO.volumeName: Required value"},
        {"'csi':{'driver':''}", "csi.driver: Required value\n"
                                "csi.driver: Invalid value: \"\": " SUBDOMAIN},
        {"'csi':{'driver':'A.b','nodePublishSecretRef':{'name':'S'}}",
         "csi.name: Invalid value: \"S\": " SUBDOMAIN},
        {"'csi':{'driver':'d','nodePublishSecretRef':{}}",
         "csi.nodePublishSecretRef.name: Required value"},
        {"'iscsi':{'targetPortal':'p','iqn':'iqn.2015-08.a.b-c:d:e','lun':255,'initiatorName':"
         "'naa.01234567890123456789012345678901'}",
         ""},
        {"'quobyte':{'registry':'a:1,[::1]:2','volume':'v'}", ""},
        {"'fc':{'wwids':['b']}", ""},
    };
    pod_rows_run(IN_VOLUME, rows);
}

Test(validate_pod_volume, warnings)
{
    static const struct pod_row rows[] = {
        {"'gitRepo':{'repository':'r'}",
         "gitRepo: deprecated in v1.11, and disabled by default in v1.33+"},
        {"'storageos':{'volumeName':'v'}",
         "storageOS: deprecated in v1.22, non-functional in v1.25+"},
        {"'projected':{'sources':[{'serviceAccountToken':{'path':'t'}},{'secret':{'name':'s',"
         "'items':[{'key':'k','path':'t'}]}}]}",
         "projected.sources.secrets[0]: has duplicated path with ServiceAccountToken \"t\""},
        {CLAIM "'resources':{'requests':{'storage':'1m'}}}}}",
         SPEC "resources.requests[storage]: fractional byte value \"1m\" is invalid, must be an "
              "integer"},
        {"'emptyDir':{}", ""},
    };
    pod_rows_warn(IN_VOLUME, rows);
}
