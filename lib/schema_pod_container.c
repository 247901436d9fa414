/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * core/v1 Container and what hangs below it, as tables (k8s.io/api/core/v1/types.go, v1.36).
 */
#include "schema_pod.h"

/* clang-format off */
PUBLIC_SCHEMA(schema_local_object_reference, "LocalObjectReference", STR("name"));

PUBLIC_SCHEMA(schema_object_field_selector, "ObjectFieldSelector",
    STR("apiVersion"), STRK("fieldPath"));

PUBLIC_SCHEMA(schema_resource_field_selector, "ResourceFieldSelector",
    STR("containerName"), STRK("resource"), QUANTITY("divisor"));

SCHEMA(container_port, "ContainerPort",
    STR("name"), I32("hostPort"), I32K("containerPort"), ENUM("protocol", "v1.Protocol"),
    STR("hostIP"));

SCHEMA(config_map_env_source, "ConfigMapEnvSource", STR("name"), BOOLP("optional"));

SCHEMA(secret_env_source, "SecretEnvSource", STR("name"), BOOLP("optional"));

SCHEMA(env_from_source, "EnvFromSource",
    STR("prefix"), OBJ("configMapRef", config_map_env_source),
    OBJ("secretRef", secret_env_source));

SCHEMA(config_map_key_selector, "ConfigMapKeySelector",
    STR("name"), STRK("key"), BOOLP("optional"));

SCHEMA(secret_key_selector, "SecretKeySelector", STR("name"), STRK("key"), BOOLP("optional"));

SCHEMA(file_key_selector, "FileKeySelector",
    STRK("volumeName"), STRK("path"), STRK("key"), BOOLP("optional"));

SCHEMA(env_var_source, "EnvVarSource",
    OBJ("fieldRef", schema_object_field_selector),
    OBJ("resourceFieldRef", schema_resource_field_selector),
    OBJ("configMapKeyRef", config_map_key_selector), OBJ("secretKeyRef", secret_key_selector),
    OBJ("fileKeyRef", file_key_selector));

SCHEMA(env_var, "EnvVar", STRK("name"), STR("value"), OBJ("valueFrom", env_var_source));

SCHEMA(resource_claim, "ResourceClaim", STRK("name"), STR("request"));

PUBLIC_SCHEMA(schema_resource_requirements, "ResourceRequirements",
    RESOURCES("limits"), RESOURCES("requests"), LISTOF("claims", resource_claim));

SCHEMA(container_resize_policy, "ContainerResizePolicy",
    ENUMK("resourceName", "v1.ResourceName"),
    ENUMK("restartPolicy", "v1.ResourceResizeRestartPolicy"));

SCHEMA(container_restart_rule_on_exit_codes, "ContainerRestartRuleOnExitCodes",
    ENUM("operator", "v1.ContainerRestartRuleOnExitCodesOperator"), LIST("values", F_INT32));

SCHEMA(container_restart_rule, "ContainerRestartRule",
    ENUM("action", "v1.ContainerRestartRuleAction"),
    OBJ("exitCodes", container_restart_rule_on_exit_codes));

SCHEMA(volume_mount, "VolumeMount",
    STRK("name"), BOOL("readOnly"), ENUMP("recursiveReadOnly", "v1.RecursiveReadOnlyMode"),
    STRK("mountPath"), STR("subPath"), ENUMP("mountPropagation", "v1.MountPropagationMode"),
    STR("subPathExpr"));

SCHEMA(volume_device, "VolumeDevice", STRK("name"), STRK("devicePath"));

SCHEMA(exec_action, "ExecAction", LIST("command", F_STRING));

SCHEMA(http_header, "HTTPHeader", STRK("name"), STRK("value"));

SCHEMA(http_get_action, "HTTPGetAction",
    STR("path"), INTSTRK("port"), STR("host"), ENUM("scheme", "v1.URIScheme"),
    LISTOF("httpHeaders", http_header));

SCHEMA(tcp_socket_action, "TCPSocketAction", INTSTRK("port"), STR("host"));

SCHEMA(grpc_action, "GRPCAction", I32K("port"), STRPK("service"));

SCHEMA(probe, "Probe",
    OBJ("exec", exec_action), OBJ("httpGet", http_get_action),
    OBJ("tcpSocket", tcp_socket_action), OBJ("grpc", grpc_action), I32("initialDelaySeconds"),
    I32("timeoutSeconds"), I32("periodSeconds"), I32("successThreshold"),
    I32("failureThreshold"), I64P("terminationGracePeriodSeconds"));

SCHEMA(sleep_action, "SleepAction", I64K("seconds"));

SCHEMA(lifecycle_handler, "LifecycleHandler",
    OBJ("exec", exec_action), OBJ("httpGet", http_get_action),
    OBJ("tcpSocket", tcp_socket_action), OBJ("sleep", sleep_action));

SCHEMA(lifecycle, "Lifecycle",
    OBJ("postStart", lifecycle_handler), OBJ("preStop", lifecycle_handler),
    ENUMP("stopSignal", "v1.Signal"));

SCHEMA(capabilities, "Capabilities",
    LISTENUM("add", "v1.Capability"), LISTENUM("drop", "v1.Capability"));

PUBLIC_SCHEMA(schema_se_linux_options, "SELinuxOptions",
    STR("user"), STR("role"), STR("type"), STR("level"));

PUBLIC_SCHEMA(schema_windows_security_context_options, "WindowsSecurityContextOptions",
    STRP("gmsaCredentialSpecName"), STRP("gmsaCredentialSpec"), STRP("runAsUserName"),
    BOOLP("hostProcess"));

PUBLIC_SCHEMA(schema_seccomp_profile, "SeccompProfile",
    ENUMK("type", "v1.SeccompProfileType"), STRP("localhostProfile"));

PUBLIC_SCHEMA(schema_app_armor_profile, "AppArmorProfile",
    ENUMK("type", "v1.AppArmorProfileType"), STRP("localhostProfile"));

SCHEMA(security_context, "SecurityContext",
    OBJ("capabilities", capabilities), BOOLP("privileged"),
    OBJ("seLinuxOptions", schema_se_linux_options),
    OBJ("windowsOptions", schema_windows_security_context_options), I64P("runAsUser"),
    I64P("runAsGroup"), BOOLP("runAsNonRoot"), BOOLP("readOnlyRootFilesystem"),
    BOOLP("allowPrivilegeEscalation"), ENUMP("procMount", "v1.ProcMountType"),
    OBJ("seccompProfile", schema_seccomp_profile),
    OBJ("appArmorProfile", schema_app_armor_profile));

#define CONTAINER_FIELDS \
    STRK("name"), STR("image"), LIST("command", F_STRING), LIST("args", F_STRING), \
    STR("workingDir"), LISTOF("ports", container_port), LISTOF("envFrom", env_from_source), \
    LISTOF("env", env_var), OBJK("resources", schema_resource_requirements), \
    LISTOF("resizePolicy", container_resize_policy), \
    ENUMP("restartPolicy", "v1.ContainerRestartPolicy"), \
    LISTOF("restartPolicyRules", container_restart_rule), LISTOF("volumeMounts", volume_mount), \
    LISTOF("volumeDevices", volume_device), OBJ("livenessProbe", probe), \
    OBJ("readinessProbe", probe), OBJ("startupProbe", probe), OBJ("lifecycle", lifecycle), \
    STR("terminationMessagePath"), \
    ENUM("terminationMessagePolicy", "v1.TerminationMessagePolicy"), \
    ENUM("imagePullPolicy", "v1.PullPolicy"), OBJ("securityContext", security_context), \
    BOOL("stdin"), BOOL("stdinOnce"), BOOL("tty")

PUBLIC_SCHEMA(schema_container, "Container", CONTAINER_FIELDS);

PUBLIC_SCHEMA(schema_ephemeral_container, "EphemeralContainer",
    CONTAINER_FIELDS, STR("targetContainerName"));
/* clang-format on */
