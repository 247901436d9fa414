/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_rows.h"

/* Every row says in its JSON what it is about; bad ones first. */

Test(validate_pod, spec)
{
    static const struct pod_row rows[] = {
        {"'containers':[]", "containers: Required value"},
        {"'containers':null", "containers: Required value"},
        {"'restartPolicy':'Sometimes'", "restartPolicy: Unsupported value: \"Sometimes\": "
                                        "supported values: \"Always\", \"OnFailure\", \"Never\""},
        {"'dnsPolicy':'x'", "dnsPolicy: Unsupported value: \"x\": supported values: "
                            "\"ClusterFirstWithHostNet\", \"ClusterFirst\", \"Default\", "
                            "\"None\""},
        {"'dnsPolicy':'None'",
         "dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"},
        {"'dnsPolicy':'None','dnsConfig':{}",
         "dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when "
         "`dnsPolicy` is None"},
        {"'dnsConfig':{'nameservers':['1','::1','1.1.1.1','1.1.1.2']}",
         "dnsConfig.nameservers: Invalid value: [\"1\",\"::1\",\"1.1.1.1\",\"1.1.1.2\"]: must not "
         "have more than 3 nameservers\n"
         "dnsConfig.nameservers[0]: Invalid value: \"1\": " IP},
        {"'dnsConfig':{'searches':['.','a.','_ldap.b','-'],'options':[{'value':'x'}]}",
         "dnsConfig.searches[3]: Invalid value: \"-\": a lowercase RFC 1123 subdomain must consist "
         "of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an "
         "alphanumeric character (e.g. 'example.com', regex used for validation is "
         "'_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')\n"
         "dnsConfig.options[0]: Required value: must not be empty"},
        {"'nodeSelector':{'a b':'x','k':'v v'}",
         "nodeSelector: Invalid value: \"a b\": " NAME_PART
         "\nnodeSelector: Invalid value: \"v v\": " LABEL_VALUE},
        {"'nodeName':'N_1'", "nodeName: Invalid value: \"N_1\": " SUBDOMAIN},
        {"'serviceAccountName':'X_'", "serviceAccountName: Invalid value: \"X_\": " SUBDOMAIN},
        {"'hostname':'H'", "hostname: Invalid value: \"H\": " LABEL},
        {"'hostname':'h.x'", "hostname: Invalid value: \"h.x\": must not contain dots"},
        {"'subdomain':'-'", "subdomain: Invalid value: \"-\": " LABEL},
        {"'activeDeadlineSeconds':0",
         "activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"},
        {"'activeDeadlineSeconds':2147483648", "activeDeadlineSeconds: Invalid value: 2147483648: "
                                               "must be between 1 and 2147483647, inclusive"},
        {"'priorityClassName':'A'", "priorityClassName: Invalid value: \"A\": " SUBDOMAIN},
        {"'runtimeClassName':''", "runtimeClassName: Invalid value: \"\": " SUBDOMAIN},
        {"'preemptionPolicy':'x'", "preemptionPolicy: Unsupported value: \"x\": supported values: "
                                   "\"PreemptLowerPriority\", \"Never\""},
        {"'preemptionPolicy':''", "preemptionPolicy: Required value"},
        {"'hostAliases':[{'ip':'x','hostnames':['A_']}]",
         "hostAliases[0].ip: Invalid value: \"x\": " IP
         "\nhostAliases[0].hostnames[0]: Invalid value: \"A_\": " SUBDOMAIN},
        {"'readinessGates':[{'conditionType':'a b'}]",
         "readinessGates[0].conditionType: Invalid value: \"a b\": " NAME_PART},
        {"'schedulingGates':[{'name':'a/b'},{'name':'a/b'}]",
         "schedulingGates[1]: Duplicate value: \"a/b\""},
        {"'hostnameOverride':'A','setHostnameAsFQDN':true,'hostNetwork':true",
         "hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true\n"
         "hostnameOverride: Forbidden: may not be specified when hostNetwork is true\n"
         "hostnameOverride: Invalid value: \"A\": " SUBDOMAIN},
        {"'hostUsers':false,'hostNetwork':true,'hostPID':true,'hostIPC':true",
         "hostNetwork: Forbidden: when `hostUsers` is false\n"
         "HostPID: Forbidden: when `hostUsers` is false\n"
         "HostIPC: Forbidden: when `hostUsers` is false"},
        {"'hostPID':true,'shareProcessNamespace':true",
         "securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and "
         "HostPID cannot both be enabled"},
        {"'ephemeralContainers':[{'name':'e','image':'i'}]",
         "ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template"},
        {"'ephemeralContainers':[{'name':'c','image':' i','targetContainerName':'x','tty':true,"
         "'ports':[{'containerPort':1}],'livenessProbe':{'exec':{'command':['x']}}}]",
         "ephemeralContainers[0].image: Invalid value: \" i\": must not have leading or trailing "
         "whitespace\n"
         "ephemeralContainers[0].name: Duplicate value: \"c\"\n"
         "ephemeralContainers[0].targetContainerName: Not found: \"x\"\n"
         "ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container\n"
         "ephemeralContainers[0].livenessProbe: Forbidden: cannot be set for an Ephemeral "
         "Container\n"
         "ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template"},
        {"'os':{'name':'bsd'}",
         "os: Unsupported value: \"bsd\": supported values: \"linux\", \"windows\""},
        {"'os':{}", "os.name: Required value"},
        {"'resourceClaims':[{},{'name':'a','resourceClaimName':'x','resourceClaimTemplateName':"
         "'y'},{'name':'a','resourceClaimName':'Z'}]",
         "resourceClaims[0].name: Required value\n"
         "resourceClaims[0]: Invalid value: {\"name\":\"\"}: must specify one of: "
         "`resourceClaimName`, `resourceClaimTemplateName`\n"
         "resourceClaims[1]: Invalid value: {\"name\":\"a\",\"resourceClaimName\":\"x\","
         "\"resourceClaimTemplateName\":\"y\"}: at most one of `resourceClaimName` or "
         "`resourceClaimTemplateName` may be specified\n"
         "resourceClaims[2].name: Duplicate value: \"a\"\n"
         "resourceClaims[2].resourceClaimName: Invalid value: \"Z\": " SUBDOMAIN},
        {"'hostNetwork':true,'containers':[{'name':'c','image':'i','ports':[{'containerPort':80,"
         "'hostPort':81},{'containerPort':82},{'containerPort':83,'hostPort':83}]}]",
         "containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when "
         "`hostNetwork` is true"},
        {"'terminationGracePeriodSeconds':-1", ""},
        {"'imagePullSecrets':[{'name':''}]", ""},
        {"'schedulingGroup':{}", ""}, /* its gate is off: dropped */
        {"'hostUsers':false,'hostnameOverride':'a.b','dnsPolicy':'Default'", ""},
        {"'runtimeClassName':'a.b','preemptionPolicy':'Never','os':{'name':'linux'}", ""},
    };
    pod_rows_run(IN_SPEC, rows);
}

Test(validate_pod, init_containers)
{
    static const struct pod_row rows[] = {
        {"'initContainers':[{'name':'c','image':'i'},{'name':'a'},{'name':'a','image':'i'},{}]",
         "initContainers[0].name: Duplicate value: \"c\"\n"
         "initContainers[1].image: Required value\n"
         "initContainers[2].name: Duplicate value: \"a\"\n"
         "initContainers[3].name: Required value\n"
         "initContainers[3].image: Required value"},
        {"'initContainers':[{'name':'a','image':'i','lifecycle':{},'livenessProbe':{},"
         "'readinessProbe':{},'startupProbe':{}}]",
         "initContainers[0].lifecycle: Forbidden: may not be set for init containers without "
         "restartPolicy=Always\n"
         "initContainers[0].livenessProbe: Forbidden: may not be set for init containers without "
         "restartPolicy=Always\n"
         "initContainers[0].readinessProbe: Forbidden: may not be set for init containers without "
         "restartPolicy=Always\n"
         "initContainers[0].startupProbe: Forbidden: may not be set for init containers without "
         "restartPolicy=Always"},
        {"'initContainers':[{'name':'a','image':'i','restartPolicy':'Always','startupProbe':{}}]",
         "initContainers[0].startupProbe: Required value: must specify a handler type"},
        {"'initContainers':[{'name':'a','image':'i','restartPolicy':'x'}]",
         "initContainers[0].restartPolicy: Unsupported value: \"x\": supported values: "
         "\"Always\", \"Never\", \"OnFailure\""},
        {"'initContainers':[{'name':'a','image':'i','restartPolicyRules':[{}]}]",
         "initContainers[0].restartPolicy: Required value: must specify restartPolicy when "
         "restart rules are used"},
        {"'restartPolicy':'OnFailure','initContainers':[{'name':'a','image':'i','resizePolicy':"
         "[{'resourceName':'cpu','restartPolicy':'RestartContainer'}]}]",
         "initContainers[0].resizePolicy[0].restartPolicy: Invalid value: \"RestartContainer\": "
         "must not be set to 'RestartContainer' for non-sidecar initContainers"},
        {"'initContainers':[{'name':'a','image':'i'},{'name':'b','image':'i','ports':"
         "[{'containerPort':1,'hostPort':1},{'containerPort':2,'hostPort':1}]}]",
         "initContainers[0].ports[1].hostPort: Duplicate value: \"TCP//1\""},
        {"'initContainers':[{'name':'a','image':'i','restartPolicy':'Always','livenessProbe':"
         "{'exec':{'command':['x']}}},{'name':'b','image':'i','restartPolicy':'Never'}]",
         ""},
    };
    pod_rows_run(IN_SPEC, rows);
}

Test(validate_pod, security_context)
{
    static const struct pod_row rows[] = {
        {"'securityContext':{'runAsUser':-1,'runAsGroup':2147483648,'fsGroup':-2,"
         "'supplementalGroups':[0,-3]}",
         "securityContext.fsGroup: Invalid value: -2: must be between 0 and 2147483647, "
         "inclusive\n"
         "securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, "
         "inclusive\n"
         "securityContext.runAsGroup: Invalid value: 2147483648: must be between 0 and "
         "2147483647, inclusive\n"
         "securityContext.supplementalGroups[1]: Invalid value: -3: must be between 0 and "
         "2147483647, inclusive"},
        {"'securityContext':{'sysctls':[{'name':''},{'name':'a b'},{'name':'kernel.sem'},"
         "{'name':'kernel.sem'},{'name':'net/ipv4/x'}]},'hostIPC':true,'hostNetwork':true",
         "securityContext.sysctls[0].name: Required value\n"
         "securityContext.sysctls[1].name: Invalid value: \"a b\": must have at most 253 "
         "characters and match regex "
         "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$\n"
         "securityContext.sysctls[2].name: Invalid value: \"kernel.sem\": may not be specified "
         "when 'hostIPC' is true\n"
         "securityContext.sysctls[3].name: Duplicate value: \"kernel.sem\"\n"
         "securityContext.sysctls[3].name: Invalid value: \"kernel.sem\": may not be specified "
         "when 'hostIPC' is true\n"
         "securityContext.sysctls[4].name: Invalid value: \"net/ipv4/x\": may not be specified "
         "when 'hostNetwork' is true"},
        {"'securityContext':{'fsGroupChangePolicy':'x','supplementalGroupsPolicy':'x',"
         "'seLinuxChangePolicy':'MountOption'}",
         "securityContext.fsGroupChangePolicy: Unsupported value: \"x\": supported values: "
         "\"Always\", \"OnRootMismatch\"\n"
         "securityContext.supplementalGroupsPolicy: Unsupported value: \"x\": supported values: "
         "\"Merge\", \"Strict\"\n"
         "securityContext.seLinuxChangePolicy: Unsupported value: \"MountOption\": supported "
         "values: \"Recursive\""},
        {"'securityContext':{'seccompProfile':{},'appArmorProfile':{}}",
         "securityContext.seccompProfile.type: Required value: type is required when "
         "seccompProfile is set\n"
         "securityContext.appArmorProfile.type: Required value: type is required when "
         "appArmorProfile is set"},
        {"'securityContext':{'seccompProfile':{'type':'Localhost'},'appArmorProfile':{'type':"
         "'Localhost','localhostProfile':' x'}}",
         "securityContext.seccompProfile.localhostProfile: Required value: must be set when "
         "seccomp type is Localhost\n"
         "securityContext.appArmorProfile.localhostProfile: Invalid value: \" x\": must not be "
         "padded with whitespace"},
        {"'securityContext':{'seccompProfile':{'type':'Localhost','localhostProfile':'/../x'},"
         "'appArmorProfile':{'type':'Unconfined','localhostProfile':'x'}}",
         "securityContext.seccompProfile.localhostProfile: Invalid value: \"/../x\": must be a "
         "relative path\n"
         "securityContext.seccompProfile.localhostProfile: Invalid value: \"/../x\": must not "
         "contain '..'\n"
         "securityContext.appArmorProfile.localhostProfile: Invalid value: \"x\": can only be set "
         "when AppArmor type is Localhost"},
        {"'securityContext':{'seccompProfile':{'type':'x'},'appArmorProfile':{'type':'y'}}",
         "securityContext.seccompProfile.type: Unsupported value: \"x\": supported values: "
         "\"Localhost\", \"RuntimeDefault\", \"Unconfined\"\n"
         "securityContext.appArmorProfile.type: Unsupported value: \"y\": supported values: "
         "\"Localhost\", \"RuntimeDefault\", \"Unconfined\""},
        {"'securityContext':{'windowsOptions':{'gmsaCredentialSpecName':'A','gmsaCredentialSpec':"
         "'','runAsUserName':'a\\\\b\\\\c'}}",
         "securityContext.windowsOptions.gmsaCredentialSpecName: Invalid value: \"A\": " SUBDOMAIN
         "\nsecurityContext.windowsOptions.gmsaCredentialSpec: Invalid value: \"\": "
         "gmsaCredentialSpec cannot be an empty string\n"
         "securityContext.windowsOptions.runAsUserName: Invalid value: \"a\\\\b\\\\c\": "
         "runAsUserName cannot contain more than one backslash"},
        {"'securityContext':{'windowsOptions':{'runAsUserName':'..\\\\. .'}}",
         "securityContext.windowsOptions.runAsUserName: Invalid value: \"..\\\\. .\": "
         "runAsUserName's Domain doesn't match the NetBios nor the DNS format\n"
         "securityContext.windowsOptions.runAsUserName: Invalid value: \"..\\\\. .\": "
         "runAsUserName's User cannot contain only periods or spaces"},
        {"'securityContext':{'windowsOptions':{'hostProcess':true}}",
         "hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any "
         "hostProcess containers"},
        {"'os':{'name':'windows'},'hostPID':true,'securityContext':{'runAsUser':1,'sysctls':[]},"
         "'containers':[{'name':'c','image':'i','securityContext':{'privileged':false}}]",
         "securityContext.runAsUser: Forbidden: cannot be set for a windows pod\n"
         "hostPID: Forbidden: cannot be set for a windows pod\n"
         "containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod"},
        {"'os':{'name':'linux'},'securityContext':{'windowsOptions':{}}",
         "securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux "
         "pod"},
        {"'securityContext':{'runAsUser':0,'sysctls':[{'name':'net.a'}],'seccompProfile':{'type':"
         "'Localhost','localhostProfile':'a/b'},'seLinuxChangePolicy':'Recursive'}",
         ""},
        {"'hostNetwork':true,'securityContext':{'windowsOptions':{'hostProcess':true,"
         "'runAsUserName':'NT AUTHORITY\\\\SYSTEM'}}",
         ""},
    };
    pod_rows_run(IN_SPEC, rows);
}

Test(validate_pod, profiles)
{
#define AA        "securityContext.appArmorProfile.localhostProfile: "
#define AA_ROW(m) "'securityContext':{'appArmorProfile':{'type':'Localhost'" m "}}"
#define TWENTY    "aaaaaaaaaaaaaaaaaaaa"
#define LONG_HOST TWENTY TWENTY TWENTY ".aaaa"
    static const struct pod_row rows[] = {
        {AA_ROW(""), AA "Required value: must be set when AppArmor type is Localhost"},
        {AA_ROW(",'localhostProfile':''"),
         AA "Required value: must be set when AppArmor type is Localhost"},
        {AA_ROW(",'localhostProfile':' a'"),
         AA "Invalid value: \" a\": must not be padded with whitespace"},
        {AA_ROW(",'localhostProfile':'a'"), ""},
        {"'hostnameOverride':'" LONG_HOST "'",
         "hostnameOverride: Too long: may not be more than 64 bytes"},
        {"'hostUsers':false,'containers':[{'name':'c','image':'i','volumeDevices':[{'name':'v',"
         "'devicePath':'/a'}]}]",
         "containers[0].volumeDevices[0].name: Invalid value: \"v\": can only use volume source "
         "type of PersistentVolumeClaim or Ephemeral for block mode\n"
         "containers[0].volumeDevices: Forbidden: when `hostUsers` is false"},
    };
    pod_rows_run(IN_SPEC, rows);
}

Test(validate_pod, windows_user)
{
#define USER           "securityContext.windowsOptions.runAsUserName: Invalid value: "
#define USER_ROW(user) "'securityContext':{'windowsOptions':{'runAsUserName':'" user "'}}"
#define TEN            "aaaaaaaaaa"
#define SIXTY          TEN TEN TEN TEN TEN TEN
#define DOMAIN         "runAsUserName's Domain doesn't match the NetBios nor the DNS format"
    static const struct pod_row rows[] = {
        {USER_ROW("Administrator"), ""},
        {USER_ROW("NT AUTHORITY\\\\SYSTEM"), ""},
        {USER_ROW("a.b-c.de\\\\u"), ""},
        {USER_ROW("a:" TEN ".de\\\\u"), USER "\"a:" TEN ".de\\\\u\": " DOMAIN},
        {USER_ROW("-" SIXTY "\\\\u"), USER "\"-" SIXTY "\\\\u\": " DOMAIN},
        {USER_ROW(TEN "." TEN ".\\\\u"), USER "\"" TEN "." TEN ".\\\\u\": " DOMAIN},
        {USER_ROW(SIXTY TEN "\\\\u"), USER "\"" SIXTY TEN "\\\\u\": " DOMAIN},
        {USER_ROW(SIXTY "." SIXTY "." SIXTY "." SIXTY ".aaaaaaaaaaaa\\\\u"),
         USER "\"" SIXTY "." SIXTY "." SIXTY "." SIXTY
              ".aaaaaaaaaaaa\\\\u\": runAsUserName's Domain length must be under 256 characters"},
        {USER_ROW("d\\\\"), USER "\"d\\\\\": runAsUserName's User cannot be empty"},
        {USER_ROW(""), USER "\"\": runAsUserName cannot be an empty string"},
        {USER_ROW("a\\tb"), USER "\"a\\tb\": runAsUserName cannot contain control characters"},
        {USER_ROW(SIXTY TEN TEN TEN TEN TEN),
         USER "\"" SIXTY TEN TEN TEN TEN TEN
              "\": runAsUserName's User length must not be longer than 104 characters"},
        {USER_ROW("a@b"), USER "\"a@b\": runAsUserName's User cannot contain the following "
                               "characters: \"/\\:;|=,+*?<>@[]"},
    };
    pod_rows_run(IN_SPEC, rows);
}

Test(validate_pod, host_process)
{
    static const struct pod_row rows[] = {
        {"'hostNetwork':true,'securityContext':{'windowsOptions':{'hostProcess':false}},"
         "'containers':[{'name':'c','image':'i','securityContext':{'windowsOptions':"
         "{'hostProcess':true}}},{'name':'d','image':'i'}]",
         "containers[0].securityContext.windowsOptions.hostProcess: Invalid value: true: pod "
         "hostProcess value must be identical if both are specified, was false\n"
         "spec: Invalid value: \"\": If pod contains any hostProcess containers then all "
         "containers "
         "must be HostProcess containers"},
        {"'hostUsers':false,'containers':[{'name':'c','image':'i','securityContext':"
         "{'windowsOptions':{'hostProcess':false}}}]",
         ""},
    };
    pod_rows_run(IN_SPEC, rows);
}

Test(validate_pod, template)
{
    static const struct pod_row rows[] = {
        {"'metadata':{'labels':{'a b':'-'},'annotations':{'A B':'x'}}",
         "labels: Invalid value: \"a b\": " NAME_PART "\nlabels: Invalid value: \"-\": " LABEL_VALUE
         "\nannotations: Invalid value: \"A B\": " NAME_PART},
        {"'metadata':{'annotations':{'kubernetes.io/config.mirror':'m',"
         "'controller.kubernetes.io/pod-deletion-cost':'+1'}}",
         "annotations[kubernetes.io/config.mirror]: Invalid value: \"m\": must set spec.nodeName "
         "if mirror pod annotation is set\n"
         "annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: \"+1\": must be "
         "a 32bit integer"},
        {"'metadata':{'annotations':{'seccomp.security.alpha.kubernetes.io/pod':'x',"
         "'container.apparmor.security.beta.kubernetes.io/z':'y'}}",
         "annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: \"x\": must be a "
         "valid seccomp profile\n"
         "annotations[container.apparmor.security.beta.kubernetes.io/z]: Invalid value: \"z\": "
         "container not found\n"
         "annotations[container.apparmor.security.beta.kubernetes.io/z]: Invalid value: \"y\": "
         "invalid AppArmor profile name: \"y\""},
        {"'metadata':{'annotations':{'container.apparmor.security.beta.kubernetes.io/c':"
         "'localhost/a','seccomp.security.alpha.kubernetes.io/pod':'unconfined'}},'spec':"
         "{'securityContext':{'appArmorProfile':{'type':'Localhost','localhostProfile':'b'},"
         "'seccompProfile':{'type':'RuntimeDefault'}}}",
         "spec.securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and "
         "field must match\n"
         "spec.containers[0].securityContext.appArmorProfile.localhostProfile: Forbidden: apparmor "
         "profile in annotation and field must match"},
        {"'metadata':{'annotations':{'scheduler.alpha.kubernetes.io/tolerations':"
         "'[{\\'operator\\':\\'x\\',\\'key\\':\\'k\\'}]'}}",
         "annotations.scheduler.alpha.kubernetes.io/tolerations[0].operator: Unsupported value: "
         "\"x\": supported values: \"Equal\", \"Exists\""},
        {"'metadata':{'labels':{'a':''},'annotations':{'UPPER/Case':'any thing',"
         "'controller.kubernetes.io/pod-deletion-cost':'-10'}}",
         ""},
    };
    pod_rows_run(IN_TEMPLATE, rows);
}

/* A template without a spec: nothing is read that is not there. */
Test(validate_pod, empty_template)
{
    cleanup_json json_t *t = pod_row_decode(json_object(), "{}");
    cleanup_field_errors struct field_errors errs = {0};
    validate_pod_template_spec(t, NULL, &errs);
    cr_assert_eq(errs.len, 1);
    cr_assert_str_eq(errs.v[0].field, "spec.containers");
    cr_assert_str_eq(errs.v[0].message, "Required value");
}

Test(validate_pod, warnings)
{
    static const struct pod_row rows[] = {
        {"'terminationGracePeriodSeconds':-1",
         "terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be "
         "treated as 1"},
        {"'nodeSelector':{'beta.kubernetes.io/arch':'x'}",
         "nodeSelector[beta.kubernetes.io/arch]: deprecated since v1.14; use "
         "\"kubernetes.io/arch\" instead"},
        {"'containers':[{'name':'c','image':'i','env':[{'name':'A','value':'1'},{'name':'A','value'"
         ":'$(A):2'},{'name':'A','value':'$(A)'},{'name':'A'}]}]",
         "containers[0].env[2]: hides previous definition of \"A\", which may be dropped when "
         "using apply\n"
         "containers[0].env[3]: hides previous definition of \"A\", which may be dropped when "
         "using apply"},
        {"'containers':[{'name':'c','image':'i','resources':{'limits':{'memory':'100m','cpu':"
         "'100m'}}}]",
         "containers[0].resources.limits[memory]: fractional byte value \"100m\" is invalid, must "
         "be an integer"},
        {"'hostAliases':[{'ip':'1.1.1.1'},{'ip':'1.1.1.1'}],'imagePullSecrets':[{'name':'a'},"
         "{'name':'a'},{}]",
         "hostAliases[1].ip: duplicate ip \"1.1.1.1\"\n"
         "imagePullSecrets[1].name: duplicate name \"a\"\n"
         "imagePullSecrets[2].name: invalid empty name \"\""},
        {"'containers':[{'name':'c','image':'i','ports':[{'containerPort':80},{'containerPort':80},"
         "{'containerPort':80,'hostPort':1}]}]",
         "containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]\n"
         "containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[0]\n"
         "containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[1]"},
        {"'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'k','whenUnsatisfiable':"
         "'DoNotSchedule'}]",
         "topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no "
         "pod"},
        {"'terminationGracePeriodSeconds':0", ""},
        {"'containers':[{'name':'c','image':'i','ports':[{'containerPort':80,'hostPort':8},"
         "{'containerPort':80,'hostPort':8,'hostIP':'1.1.1.1'},{'containerPort':80,'hostPort':9},"
         "{'containerPort':81,'hostIP':'1.1.1.1'}]}]",
         "containers[0].ports[1]: dangerously ambiguous port definition with "
         "spec.containers[0].ports[0]\n"
         "containers[0].ports[3]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:81 "
         "Protocol:TCP HostIP:1.1.1.1}"},
    };
    pod_rows_warn(IN_SPEC, rows);
}

Test(validate_pod, annotation_warnings)
{
#define NOTES(m) "'metadata':{'annotations':{" m "}}"
    static const struct pod_row rows[] = {
        {NOTES("'scheduler.alpha.kubernetes.io/critical-pod':''"),
         "metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in "
         "v1.16+; use the \"priorityClassName\" field instead"},
        {NOTES("'security.alpha.kubernetes.io/sysctls':''"),
         "metadata.annotations[security.alpha.kubernetes.io/sysctls]: non-functional in v1.11+; "
         "use the \"sysctls\" field instead"},
        {NOTES("'seccomp.security.alpha.kubernetes.io/pod':'unconfined'"),
         "metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in "
         "v1.27+; use the \"seccompProfile\" field instead"},
        {NOTES("'container.seccomp.security.alpha.kubernetes.io/c':'unconfined'"),
         "metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c]: non-functional "
         "in v1.27+; use the \"seccompProfile\" field instead"},
        {NOTES("'container.apparmor.security.beta.kubernetes.io/c':'unconfined'"),
         "metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated "
         "since v1.30; use the \"appArmorProfile\" field instead"},
        {NOTES("'container.apparmor.security.beta.kubernetes.io/d':'unconfined'"), ""},
    };
    pod_rows_warn(IN_TEMPLATE, rows);
}
