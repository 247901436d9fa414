/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_rows.h"

Test(validate_pod_container, common)
{
    static const struct pod_row rows[] = {
        {"'name':'','image':''", "name: Required value\nimage: Required value"},
        {"'name':'A'", "name: Invalid value: \"A\": " LABEL},
        {"'name':'a.b'", "name: Invalid value: \"a.b\": must not contain dots"},
        {"'imagePullPolicy':'never'", "imagePullPolicy: Unsupported value: \"never\": supported "
                                      "values: \"Always\", \"IfNotPresent\", \"Never\""},
        {"'terminationMessagePolicy':'x'",
         "terminationMessagePolicy: Unsupported value: \"x\": supported values: \"File\", "
         "\"FallbackToLogsOnError\""},
        {"'restartPolicy':'x'", "restartPolicy: Unsupported value: \"x\": supported values: "
                                "\"Always\", \"Never\", \"OnFailure\""},
        {"'restartPolicyRules':[{'action':'Restart','exitCodes':{'operator':'In','values':[1]}}]",
         "restartPolicy: Required value: must specify restartPolicy when restart rules are used"},
        {"'restartPolicy':'Never','restartPolicyRules':[{'exitCodes':{}},{'action':'Stop'}]",
         "restartPolicyRules[0].action: Unsupported value: \"\": supported values: \"Restart\", "
         "\"RestartAllContainers\"\n"
         "restartPolicyRules[0].exitCodes.operator: Unsupported value: \"\": supported values: "
         "\"In\", \"NotIn\"\n"
         "restartPolicyRules[1].action: Unsupported value: \"Stop\": supported values: "
         "\"Restart\", \"RestartAllContainers\"\n"
         "restartPolicyRules[1].exitCodes: Required value: must be specified"},
        {"'resizePolicy':[{'resourceName':'cpu','restartPolicy':'NotRequired'},{'resourceName':"
         "'cpu','restartPolicy':'RestartContainer'},{'resourceName':'gpu'}]",
         "resizePolicy[1]: Duplicate value: \"cpu\"\n"
         "resizePolicy: Invalid value: \"RestartContainer\": must be 'NotRequired' when pod "
         "`restartPolicy` is 'Never'\n"
         "resizePolicy: Unsupported value: \"gpu\": supported values: \"cpu\", \"memory\"\n"
         "resizePolicy: Required value\n"
         "resizePolicy: Invalid value: \"\": must be 'NotRequired' when pod `restartPolicy` is "
         "'Never'"},
        {"'securityContext':{'runAsUser':-1,'runAsGroup':-1,'procMount':'x'}",
         "securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, "
         "inclusive\n"
         "securityContext.runAsGroup: Invalid value: -1: must be between 0 and 2147483647, "
         "inclusive\n"
         "securityContext.procMount: Unsupported value: \"x\": supported values: \"Default\", "
         "\"Unmasked\""},
        {"'securityContext':{'procMount':'Unmasked'}",
         "securityContext.procMount: Invalid value: \"Unmasked\": `hostUsers` must be false to "
         "use `Unmasked`"},
        {"'securityContext':{'privileged':true,'allowPrivilegeEscalation':false}",
         "securityContext: Invalid value: {\"privileged\":true,\"allowPrivilegeEscalation\":"
         "false}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true"},
        {"'securityContext':{'capabilities':{'add':['KILL','CAP_SYS_ADMIN']},"
         "'allowPrivilegeEscalation':false}",
         "securityContext: Invalid value: {\"capabilities\":{\"add\":[\"KILL\","
         "\"CAP_SYS_ADMIN\"]},\"allowPrivilegeEscalation\":false}: cannot set "
         "`allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"},
        {"'restartPolicy':'OnFailure','restartPolicyRules':[{'action':'RestartAllContainers',"
         "'exitCodes':{'operator':'NotIn','values':[0]}}]",
         ""},
        {"'image':' x ','workingDir':'','command':['']", ""},
        {"'securityContext':{},'terminationMessagePath':'','stdinOnce':true", ""},
    };
    pod_rows_run(IN_CONTAINER, rows);
}

/* Limits that are too long to write down in a row. */
Test(validate_pod_container, too_many_rules)
{
    static const char rule[] = "{'action':'Restart','exitCodes':{'operator':'In','values':[1]}}";
    struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "'restartPolicy':'Never','restartPolicyRules':[");
    for (int i = 0; i < 21; i++)
        strbuf_addf(&b, "%s%s", i ? "," : "", rule);
    strbuf_addc(&b, ']');
    struct pod_row row = {b.data, "restartPolicyRules: Too many: 21: must have at most 20 items"};
    pod_row_run(IN_CONTAINER, &row, false);
    strbuf_reset(&b);
    strbuf_adds(&b, "'restartPolicy':'Never','restartPolicyRules':[{'action':'Restart',"
                    "'exitCodes':{'operator':'In','values':[0");
    for (int i = 1; i < 256; i++)
        strbuf_addf(&b, ",%d", i);
    strbuf_adds(&b, "]}}]");
    row = (struct pod_row){b.data, "restartPolicyRules[0].exitCodes.values: Too many: 256: must "
                                   "have at most 255 items"};
    pod_row_run(IN_CONTAINER, &row, false);
    strbuf_free(&b);
}

Test(validate_pod_container, duplicates)
{
    static const struct pod_row rows[] = {
        {"'containers':[{'name':'c','image':'i'},{'name':'c','image':'i'}]",
         "containers[1].name: Duplicate value: \"c\""},
        {"'containers':[{'image':'i'},{'image':'i'}]",
         "containers[0].name: Required value\ncontainers[1].name: Required value\n"
         "containers[1].name: Duplicate value: \"\""},
        {"'containers':[{'name':'c','image':'i','ports':[{'containerPort':1,'hostPort':1}]},"
         "{'name':'d','image':'i','ports':[{'containerPort':1,'hostPort':1,'hostIP':'1.1.1.1'},"
         "{'containerPort':2,'hostPort':1}]}]",
         "containers[1].ports[1].hostPort: Duplicate value: \"TCP//1\""},
    };
    pod_rows_run(IN_SPEC, rows);
}

Test(validate_pod_container, ports)
{
    static const struct pod_row rows[] = {
        {"'ports':[{'containerPort':0}]", "ports[0].containerPort: Required value"},
        {"'ports':[{'containerPort':65536,'hostPort':-1,'protocol':'tcp'}]",
         "ports[0].containerPort: Invalid value: 65536: " PORT_NUM
         "\nports[0].hostPort: Invalid value: -1: " PORT_NUM
         "\nports[0].protocol: Unsupported value: \"tcp\": supported values: \"SCTP\", \"TCP\", "
         "\"UDP\""},
        {"'ports':[{'containerPort':80,'name':'HTTP'}]",
         "ports[0].name: Invalid value: \"HTTP\": must contain only alpha-numeric characters "
         "(a-z, 0-9), and hyphens (-)\n"
         "ports[0].name: Invalid value: \"HTTP\": must contain at least one letter (a-z)"},
        {"'ports':[{'containerPort':80,'name':'a'},{'containerPort':81,'name':'a'}]",
         "ports[1].name: Duplicate value: \"a\""},
        {"'ports':[{'containerPort':80,'name':'abcdefghijklmno'},{'containerPort':80}]", ""},
    };
    pod_rows_run(IN_CONTAINER, rows);
}

Test(validate_pod_container, env)
{
    static const struct pod_row rows[] = {
        {"'env':[{'name':''}]", "env[0].name: Required value"},
        {"'env':[{'name':'A=B'}]", "env[0].name: Invalid value: \"A=B\": " ENV_NAME},
        {"'env':[{'name':'A','value':'x','valueFrom':{'fieldRef':{'fieldPath':"
         "'metadata.name'}}}]",
         "env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty"},
        {"'env':[{'name':'A','valueFrom':{}}]",
         "env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, "
         "`resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"},
        {"'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'metadata.name'},"
         "'secretKeyRef':{'name':'s','key':'k'}}}]",
         "env[0].valueFrom: Invalid value: \"\": may not have more than one field specified at a "
         "time"},
        {"'env':[{'name':'A','valueFrom':{'fieldRef':{}}}]",
         "env[0].valueFrom.fieldRef.fieldPath: Required value"},
        {"'env':[{'name':'A','valueFrom':{'fieldRef':{'apiVersion':'v2','fieldPath':'x'}}}]",
         "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"x\": error converting fieldPath: "
         "unsupported pod version: v2"},
        {"'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'spec.x'}}}]",
         "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.x\": error converting "
         "fieldPath: field label not supported: spec.x"},
        {"'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'status.phase'}}}]",
         "env[0].valueFrom.fieldRef.fieldPath: Unsupported value: \"status.phase\": supported "
         "values: \"metadata.name\", \"metadata.namespace\", \"metadata.uid\", "
         "\"spec.nodeName\", \"spec.serviceAccountName\", \"status.hostIP\", "
         "\"status.hostIPs\", \"status.podIP\", \"status.podIPs\""},
        {"'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'spec[`x`]'}}}]",
         "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec['x']\": error converting "
         "fieldPath: field label does not support subscript: spec['x']"},
        {"'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'metadata.labels[`a b`]'}}},"
         "{'name':'B','valueFrom':{'fieldRef':{'fieldPath':'metadata.annotations[`A B`]'}}}]",
         "env[0].valueFrom.fieldRef: Invalid value: \"a b\": " NAME_PART
         "\nenv[1].valueFrom.fieldRef: Invalid value: \"a b\": " NAME_PART},
        {"'env':[{'name':'A','valueFrom':{'resourceFieldRef':{}}}]",
         "env[0].valueFrom.resourceFieldRef.resource: Required value"},
        {"'env':[{'name':'A','valueFrom':{'resourceFieldRef':{'resource':'limits.gpu'}}}]",
         "env[0].valueFrom.resourceFieldRef.resource: Unsupported value: \"limits.gpu\": "
         "supported values: \"limits.cpu\", \"limits.ephemeral-storage\", \"limits.memory\", "
         "\"requests.cpu\", \"requests.ephemeral-storage\", \"requests.memory\""},
        {"'env':[{'name':'A','valueFrom':{'resourceFieldRef':{'resource':'limits.cpu','divisor':"
         "'1Mi'}}},{'name':'B','valueFrom':{'resourceFieldRef':{'resource':'requests.hugepages-2Mi'"
         ",'divisor':'3'}}}]",
         "env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.cpu\": only divisor's "
         "values 1m and 1 are supported with the cpu resource\n"
         "env[1].valueFrom.resourceFieldRef.divisor: Invalid value: \"requests.hugepages-2Mi\": "
         "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are "
         "supported with the hugepages resource"},
        {"'env':[{'name':'A','valueFrom':{'configMapKeyRef':{'key':'a b'}}}]",
         "env[0].valueFrom.configMapKeyRef.name: Invalid value: \"\": " SUBDOMAIN
         "\nenv[0].valueFrom.configMapKeyRef.key: Invalid value: \"a b\": " CONFIG_KEY},
        {"'env':[{'name':'A','valueFrom':{'secretKeyRef':{'name':'s'}}}]",
         "env[0].valueFrom.secretKeyRef.key: Required value"},
        {"'env':[{'name':'A','valueFrom':{'fileKeyRef':{}}}]",
         "env[0].valueFrom.fileKeyRef.key: Required value\n"
         "env[0].valueFrom.fileKeyRef.volumeName: Required value\n"
         "env[0].valueFrom.fileKeyRef.path: Required value\n"
         "env[0].valueFrom.fileKeyRef.volumeName: Not found: \"\""},
        {"'env':[{'name':'A','valueFrom':{'fileKeyRef':{'key':'=','volumeName':'V','path':'../x'"
         "}}}]",
         "env[0].valueFrom.fileKeyRef.key: Invalid value: \"=\": " ENV_NAME
         "\nenv[0].valueFrom.fileKeyRef.volumeName: Invalid value: \"V\": " LABEL
         "\nenv[0].valueFrom.fileKeyRef.path: Invalid value: \"../x\": must not contain '..'\n"
         "env[0].valueFrom.fileKeyRef.volumeName: Not found: \"V\""},
        {"'env':[{'name':'1 a-$'},{'name':'A','value':'$(A)'},{'name':'B','valueFrom':{'fieldRef':"
         "{'fieldPath':'metadata.annotations[`K.x/y`]'}}},{'name':'C','valueFrom':{'fieldRef':"
         "{'fieldPath':'spec.host'}}}]",
         ""},
        {"'env':[{'name':'A','valueFrom':{'resourceFieldRef':{'resource':'limits.hugepages-1Gi',"
         "'divisor':'1Ki'}}},{'name':'B','valueFrom':{'fileKeyRef':{'key':'k','volumeName':'v',"
         "'path':'/a/b'}}}]",
         ""},
    };
    pod_rows_run(IN_CONTAINER, rows);
}

Test(validate_pod_container, env_from)
{
    static const struct pod_row rows[] = {
        {"'envFrom':[{}]",
         "envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`"},
        {"'envFrom':[{'configMapRef':{},'secretRef':{'name':'S'},'prefix':'='}]",
         "envFrom[0].prefix: Invalid value: \"=\": " ENV_NAME
         "\nenvFrom[0].configMapRef.name: Required value\n"
         "envFrom[0].secretRef.name: Invalid value: \"S\": " SUBDOMAIN
         "\nenvFrom: Invalid value: \"\": may not have more than one field specified at a time"},
        {"'envFrom':[{'configMapRef':{'name':'a-'},'prefix':'1'}]", ""},
    };
    pod_rows_run(IN_CONTAINER, rows);
}

Test(validate_pod_container, probes)
{
    static const struct pod_row rows[] = {
        {"'livenessProbe':{}", "livenessProbe: Required value: must specify a handler type"},
        {"'livenessProbe':{'exec':{},'httpGet':{'port':1}}",
         "livenessProbe.exec.command: Required value\n"
         "livenessProbe.httpGet: Forbidden: may not specify more than 1 handler type"},
        {"'livenessProbe':{'httpGet':{'port':0,'scheme':'http','httpHeaders':[{'name':'a b'}]}}",
         "livenessProbe.httpGet.port: Invalid value: 0: " PORT_NUM
         "\nlivenessProbe.httpGet.scheme: Unsupported value: \"http\": supported values: "
         "\"HTTP\", \"HTTPS\"\n"
         "livenessProbe.httpGet.httpHeaders: Invalid value: \"a b\": a valid HTTP header must "
         "consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for "
         "validation is '[-A-Za-z0-9]+')"},
        {"'livenessProbe':{'tcpSocket':{'port':'--'}}",
         "livenessProbe.tcpSocket.port: Invalid value: \"--\": must contain at least one letter "
         "(a-z)\n"
         "livenessProbe.tcpSocket.port: Invalid value: \"--\": must not contain consecutive "
         "hyphens\n"
         "livenessProbe.tcpSocket.port: Invalid value: \"--\": must not begin or end with a "
         "hyphen"},
        {"'startupProbe':{'grpc':{'port':70000},'successThreshold':2,'periodSeconds':-1,"
         "'terminationGracePeriodSeconds':0}",
         "startupProbe.grpc.port: Invalid value: 70000: " PORT_NUM
         "\nstartupProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0\n"
         "startupProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0\n"
         "startupProbe.successThreshold: Invalid value: 2: must be 1"},
        {"'readinessProbe':{'exec':{'command':['x']},'terminationGracePeriodSeconds':1}",
         "readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for "
         "readinessProbes"},
        {"'lifecycle':{'preStop':{},'postStart':{'exec':{}}}",
         "lifecycle.postStart.exec.command: Required value\n"
         "lifecycle.preStop: Required value: must specify a handler type"},
        {"'lifecycle':{'preStop':{'sleep':{'seconds':31}}}",
         "lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than "
         "terminationGracePeriodSeconds (30)"},
        {"'lifecycle':{'preStop':{'sleep':{'seconds':-1}}}",
         "lifecycle.preStop.sleep: Invalid value: -1: must be non-negative and less than "
         "terminationGracePeriodSeconds (30)"},
        {"'lifecycle':{'preStop':{'sleep':{'seconds':30}},'postStart':{'sleep':{}},'stopSignal':"
         "'x'}",
         ""},
        {"'readinessProbe':{'tcpSocket':{'port':'web'},'successThreshold':3},'livenessProbe':"
         "{'exec':{'command':['x']},'initialDelaySeconds':0}",
         ""},
    };
    pod_rows_run(IN_CONTAINER, rows);
}

Test(validate_pod_container, mounts)
{
    static const struct pod_row rows[] = {
        {"'volumeMounts':[{}]", "volumeMounts[0].name: Required value\n"
                                "volumeMounts[0].name: Not found: \"\"\n"
                                "volumeMounts[0].mountPath: Required value"},
        {"'volumeMounts':[{'name':'x','mountPath':'/a'}]",
         "volumeMounts[0].name: Not found: \"x\""},
        {"'volumeMounts':[{'name':'v','mountPath':'/a'},{'name':'v','mountPath':'/a'}]",
         "volumeMounts[1].mountPath: Invalid value: \"/a\": must be unique"},
        {"'volumeMounts':[{'name':'v','mountPath':'/a','subPath':'/x/../y','subPathExpr':'..'}]",
         "volumeMounts.subPath: Invalid value: \"/x/../y\": must be a relative path\n"
         "volumeMounts.subPath: Invalid value: \"/x/../y\": must not contain '..'\n"
         "volumeMounts[0].subPathExpr: Invalid value: \"..\": subPathExpr and subPath are mutually "
         "exclusive\n"
         "volumeMounts.subPathExpr: Invalid value: \"..\": must not contain '..'"},
        {"'volumeMounts':[{'name':'v','mountPath':'/a','mountPropagation':'x'}]",
         "volumeMounts.mountPropagation: Unsupported value: \"x\": supported values: "
         "\"Bidirectional\", \"HostToContainer\", \"None\""},
        {"'volumeMounts':[{'name':'v','mountPath':'/a','mountPropagation':'Bidirectional'}]",
         "volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available "
         "only to privileged containers"},
        {"'volumeMounts':[{'name':'v','mountPath':'/a','recursiveReadOnly':'x'}]",
         "volumeMounts.recursiveReadOnly: Unsupported value: \"x\": supported values: "
         "\"Disabled\", \"Enabled\", \"IfPossible\""},
        {"'volumeMounts':[{'name':'v','mountPath':'/a','recursiveReadOnly':'Enabled',"
         "'mountPropagation':'HostToContainer'}]",
         "volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true\n"
         "volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation "
         "is None or not specified"},
        {"'volumeDevices':[{},{'name':'v','devicePath':'/a/../b'},{'name':'v','devicePath':'/c'}],"
         "'volumeMounts':[{'name':'v','mountPath':'/c'}]",
         "volumeMounts[0].name: Invalid value: \"v\": must not already exist in volumeDevices\n"
         "volumeMounts[0].mountPath: Invalid value: \"/c\": must not already exist as a path in "
         "volumeDevices\n"
         "volumeDevices[0].name: Required value\n"
         "volumeDevices[0].name: Not found: \"\"\n"
         "volumeDevices[0].devicePath: Required value\n"
         "volumeDevices[1].name: Invalid value: \"v\": can only use volume source type of "
         "PersistentVolumeClaim or Ephemeral for block mode\n"
         "volumeDevices[1].devicePath: Invalid value: \"/a/../b\": can not contain backsteps "
         "('..')\n"
         "volumeDevices[1].name: Invalid value: \"v\": must not already exist in volumeMounts\n"
         "volumeDevices[2].name: Invalid value: \"v\": must be unique\n"
         "volumeDevices[2].name: Invalid value: \"v\": can only use volume source type of "
         "PersistentVolumeClaim or Ephemeral for block mode\n"
         "volumeDevices[2].name: Invalid value: \"v\": must not already exist in volumeMounts\n"
         "volumeDevices[2].devicePath: Invalid value: \"/c\": must not already exist as a path in "
         "volumeMounts"},
        {"'volumeMounts':[{'name':'v','mountPath':'/a','subPath':'a..b','readOnly':true,"
         "'recursiveReadOnly':'Enabled'},{'name':'v','mountPath':'/b'}]",
         ""},
        {"'securityContext':{'privileged':true},'volumeMounts':[{'name':'v','mountPath':'rel',"
         "'mountPropagation':'Bidirectional'}]",
         ""},
    };
    pod_rows_run(IN_CONTAINER, rows);
}
