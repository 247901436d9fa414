/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_text.h"
#include "pod_rows.h"

/* ' stands for " in all JSON of this file. */

/* The value at a path like "spec.containers.0.env", NULL when there is none. */
static const json_t *find(const json_t *v, const char *path)
{
    cleanup_free char *copy = strdup(path);
    char *save = NULL;
    for (char *part = strtok_r(copy, ".", &save); v && part; part = strtok_r(NULL, ".", &save))
        v = json_is_array(v) ? json_array_get(v, (size_t)atoi(part)) : json_object_get(v, part);
    return v;
}

static void is_defaulted(enum pod_scope scope, const char *members, const char *path,
                         const char *want)
{
    cleanup_json json_t *t = pod_row_decode(pod_row_template(scope, members), members);
    const json_t *v = find(t, path);
    cleanup_free char *got =
        v ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS) : strdup("");
    cleanup_json json_t *expected = *want ? json_text(want) : NULL;
    cr_expect(expected ? json_equal(v, expected) : !v, "%s at %s\nwant %s\ngot  %s", members, path,
              want, got);
    struct error err;
    cleanup_json json_t *again = json_deep_copy(t);
    cr_assert_eq(default_pod_template(again, &err), 0);
    cr_expect(json_equal(again, t), "%s: a second pass changes something", members);
}

struct row {
    const char *members;
    const char *path; /* from the template */
    const char *want; /* "" = absent */
};

#define run(scope, rows)                                                                           \
    for (size_t i_ = 0; i_ < sizeof(rows) / sizeof *(rows); i_++)                                  \
    is_defaulted(scope, (rows)[i_].members, (rows)[i_].path, (rows)[i_].want)

Test(default_pod, spec)
{
    static const struct row rows[] = {
        {"", "spec",
         "{'containers':[{'name':'c','image':'i','resources':{},'terminationMessagePath':"
         "'/dev/termination-log','terminationMessagePolicy':'File','imagePullPolicy':'Always'}],"
         "'restartPolicy':'Never','terminationGracePeriodSeconds':30,'dnsPolicy':'ClusterFirst',"
         "'securityContext':{},'schedulerName':'default-scheduler','affinity':{},'volumes':"
         "[{'name':'v','emptyDir':{}}]}"},
        {"'restartPolicy':''", "spec.restartPolicy", "'Always'"},
        {"'restartPolicy':null", "spec.restartPolicy", "'Always'"},
        {"'terminationGracePeriodSeconds':0", "spec.terminationGracePeriodSeconds", "0"},
        {"'terminationGracePeriodSeconds':-1", "spec.terminationGracePeriodSeconds", "-1"},
        {"'dnsPolicy':'None','schedulerName':'s'", "spec.schedulerName", "'s'"},
        {"'serviceAccountName':'a'", "spec.serviceAccount", "'a'"},
        {"'serviceAccount':'a'", "spec.serviceAccountName", "'a'"},
        {"'serviceAccount':'a','serviceAccountName':'b'", "spec.serviceAccount", "'b'"},
        {"'hostNetwork':false,'hostPID':true", "spec.hostNetwork", ""},
        {"'schedulingGroup':{'podGroupName':'g'}", "spec.schedulingGroup", ""},
        {"'enableServiceLinks':false", "spec.enableServiceLinks", "false"},
        {"'overhead':{'cpu':'100u'}", "spec.overhead", "{'cpu':'1m'}"},
        {"'resources':{'limits':{'cpu':'1500m'}}", "spec.resources", "{'limits':{'cpu':'1500m'}}"},
        {"'hostNetwork':true,'containers':[{'ports':[{'containerPort':80}]}]",
         "spec.containers.0.ports", "[{'containerPort':80,'protocol':'TCP'}]"},
        {"'initContainers':[{'name':'a','image':'i:1'}]", "spec.initContainers.0.imagePullPolicy",
         "'IfNotPresent'"},
        {"'tolerations':[{'key':'a'}]", "spec.tolerations", "[{'key':'a'}]"},
        {"'topologySpreadConstraints':[{'maxSkew':1}]", "spec.topologySpreadConstraints",
         "[{'maxSkew':1,'topologyKey':'','whenUnsatisfiable':''}]"},
    };
    run(IN_SPEC, rows);
}

Test(default_pod, container)
{
    static const struct row rows[] = {
        {"'image':''", "spec.containers.0.imagePullPolicy", "'IfNotPresent'"},
        {"'imagePullPolicy':'Never'", "spec.containers.0.imagePullPolicy", "'Never'"},
        {"'terminationMessagePath':'/x'", "spec.containers.0.terminationMessagePath", "'/x'"},
        {"'terminationMessagePolicy':''", "spec.containers.0.terminationMessagePolicy", "'File'"},
        {"'ports':[{'containerPort':1,'protocol':'UDP'},{'containerPort':2}]",
         "spec.containers.0.ports",
         "[{'containerPort':1,'protocol':'UDP'},{'containerPort':2,'protocol':'TCP'}]"},
        {"'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'x'}}}]",
         "spec.containers.0.env.0.valueFrom.fieldRef", "{'apiVersion':'v1','fieldPath':'x'}"},
        {"'env':[{'name':'A','valueFrom':{'resourceFieldRef':{'resource':'x'}}}]",
         "spec.containers.0.env.0.valueFrom.resourceFieldRef", "{'resource':'x','divisor':'0'}"},
        {"'env':[{'name':'A','valueFrom':{'resourceFieldRef':{'resource':'x','divisor':'1k'}}}]",
         "spec.containers.0.env.0.valueFrom.resourceFieldRef.divisor", "'1k'"},
        {"'env':[{'name':'A','valueFrom':{'fileKeyRef':{'key':'k','path':'p','volumeName':'v'}}}]",
         "spec.containers.0.env.0.valueFrom.fileKeyRef.optional", "false"},
        {"'env':[{'name':'A','value':''}]", "spec.containers.0.env", "[{'name':'A'}]"},
        {"'resources':{'limits':{'cpu':'1','memory':'1.5Gi'}}", "spec.containers.0.resources",
         "{'limits':{'cpu':'1','memory':'1536Mi'}}"},
        {"'livenessProbe':{'httpGet':{'port':'web'}}", "spec.containers.0.livenessProbe",
         "{'httpGet':{'port':'web','path':'/','scheme':'HTTP'},'timeoutSeconds':1,"
         "'periodSeconds':10,'successThreshold':1,'failureThreshold':3}"},
        {"'readinessProbe':{'grpc':{'port':1},'timeoutSeconds':0,'failureThreshold':5}",
         "spec.containers.0.readinessProbe",
         "{'grpc':{'port':1,'service':''},'timeoutSeconds':1,'periodSeconds':10,"
         "'successThreshold':1,'failureThreshold':5}"},
        {"'lifecycle':{'preStop':{'httpGet':{'port':1,'path':'/x'}},'stopSignal':'SIGINT'}",
         "spec.containers.0.lifecycle",
         "{'preStop':{'httpGet':{'port':1,'path':'/x','scheme':'HTTP'}}}"},
        {"'securityContext':{}", "spec.containers.0.securityContext", "{}"},
    };
    run(IN_CONTAINER, rows);
}

Test(default_pod, volume)
{
    static const struct row rows[] = {
        {"'emptyDir':{'medium':''}", "spec.volumes.0.emptyDir", "{}"},
        {"'hostPath':{'path':'/x'}", "spec.volumes.0.hostPath", "{'path':'/x','type':''}"},
        {"'hostPath':{'path':'/x','type':'File'}", "spec.volumes.0.hostPath.type", "'File'"},
        {"'hostPath':{'path':'/x'}", "spec.volumes.0.emptyDir", ""},
        {"'configMap':{'name':'c'}", "spec.volumes.0.configMap", "{'name':'c','defaultMode':420}"},
        {"'secret':{'secretName':'s','defaultMode':0}", "spec.volumes.0.secret.defaultMode", "0"},
        {"'downwardAPI':{'items':[{'path':'a','fieldRef':{'fieldPath':'b'}}]}",
         "spec.volumes.0.downwardAPI",
         "{'defaultMode':420,'items':[{'path':'a','fieldRef':{'apiVersion':'v1','fieldPath':"
         "'b'}}]}"},
        {"'projected':{'sources':[{'serviceAccountToken':{'path':'t'}},{'downwardAPI':{'items':"
         "[{'path':'a','resourceFieldRef':{'resource':'r'}}]}},{'podCertificate':{}},"
         "{'clusterTrustBundle':{'path':'p'}},{'configMap':{'name':'c'}}]}",
         "spec.volumes.0.projected",
         "{'defaultMode':420,'sources':[{'serviceAccountToken':{'path':'t','expirationSeconds':"
         "3600}},{'downwardAPI':{'items':[{'path':'a','resourceFieldRef':{'resource':'r',"
         "'divisor':'0'}}]}},{},{},{'configMap':{'name':'c'}}]}"},
        {"'iscsi':{'iqn':'i'}", "spec.volumes.0.iscsi",
         "{'iqn':'i','iscsiInterface':'default','lun':0,'targetPortal':''}"},
        {"'rbd':{'image':'i','user':'u'}", "spec.volumes.0.rbd",
         "{'image':'i','user':'u','pool':'rbd','keyring':'/etc/ceph/keyring','monitors':null}"},
        {"'azureDisk':{'diskName':'d','diskURI':'u','kind':'Managed'}", "spec.volumes.0.azureDisk",
         "{'diskName':'d','diskURI':'u','kind':'Managed','cachingMode':'ReadWrite','fsType':"
         "'ext4','readOnly':false}"},
        {"'scaleIO':{'gateway':'g'}", "spec.volumes.0.scaleIO.storageMode", "'ThinProvisioned'"},
        {"'image':{'reference':'a@b'}", "spec.volumes.0.image.pullPolicy", "'IfNotPresent'"},
        {"'image':{'reference':'a'}", "spec.volumes.0.image.pullPolicy", "'Always'"},
        {"'ephemeral':{'volumeClaimTemplate':{'spec':{'resources':{'requests':{'storage':"
         "'100u'}}}}}",
         "spec.volumes.0.ephemeral.volumeClaimTemplate.spec",
         "{'resources':{'requests':{'storage':'1m'}},'volumeMode':'Filesystem'}"},
    };
    run(IN_VOLUME, rows);
}

Test(default_pod, template)
{
    static const struct row rows[] = {
        {"'metadata':{'annotations':{'pod.beta.kubernetes.io/init-containers':'x','a':'b'}}",
         "metadata.annotations", "{'a':'b'}"},
        {"'metadata':{'annotations':{'pod.alpha.kubernetes.io/init-containers':'x'}}", "metadata",
         "{}"},
        {"'metadata':{'labels':{'a':'b'}}", "metadata", "{'labels':{'a':'b'}}"},
    };
    run(IN_TEMPLATE, rows);
    struct error err;
    cr_expect_eq(default_pod_template(NULL, &err), 0);
}
