/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * core/v1 PodTemplateSpec and PodSpec, as tables (k8s.io/api/core/v1/types.go, v1.36).
 */
#include "schema_pod.h"

/* clang-format off */
SCHEMA(sysctl, "Sysctl", STRK("name"), STRK("value"));

SCHEMA(pod_security_context, "PodSecurityContext",
    OBJ("seLinuxOptions", schema_se_linux_options),
    OBJ("windowsOptions", schema_windows_security_context_options), I64P("runAsUser"),
    I64P("runAsGroup"), BOOLP("runAsNonRoot"), LIST("supplementalGroups", F_INT64),
    ENUMP("supplementalGroupsPolicy", "v1.SupplementalGroupsPolicy"), I64P("fsGroup"),
    LISTOF("sysctls", sysctl), ENUMP("fsGroupChangePolicy", "v1.PodFSGroupChangePolicy"),
    OBJ("seccompProfile", schema_seccomp_profile),
    OBJ("appArmorProfile", schema_app_armor_profile),
    ENUMP("seLinuxChangePolicy", "v1.PodSELinuxChangePolicy"));

SCHEMA(node_selector_requirement, "NodeSelectorRequirement",
    STRK("key"), ENUMK("operator", "v1.NodeSelectorOperator"), LIST("values", F_STRING));

SCHEMA(node_selector_term, "NodeSelectorTerm",
    LISTOF("matchExpressions", node_selector_requirement),
    LISTOF("matchFields", node_selector_requirement));

SCHEMA(node_selector, "NodeSelector", LISTOFK("nodeSelectorTerms", node_selector_term));

SCHEMA(preferred_scheduling_term, "PreferredSchedulingTerm",
    I32K("weight"), OBJK("preference", node_selector_term));

SCHEMA(node_affinity, "NodeAffinity",
    OBJ("requiredDuringSchedulingIgnoredDuringExecution", node_selector),
    LISTOF("preferredDuringSchedulingIgnoredDuringExecution", preferred_scheduling_term));

SCHEMA(pod_affinity_term, "PodAffinityTerm",
    OBJ("labelSelector", schema_label_selector), LIST("namespaces", F_STRING),
    STRK("topologyKey"), OBJ("namespaceSelector", schema_label_selector),
    LIST("matchLabelKeys", F_STRING), LIST("mismatchLabelKeys", F_STRING));

SCHEMA(weighted_pod_affinity_term, "WeightedPodAffinityTerm",
    I32K("weight"), OBJK("podAffinityTerm", pod_affinity_term));

SCHEMA(pod_affinity, "PodAffinity",
    LISTOF("requiredDuringSchedulingIgnoredDuringExecution", pod_affinity_term),
    LISTOF("preferredDuringSchedulingIgnoredDuringExecution", weighted_pod_affinity_term));

SCHEMA(pod_anti_affinity, "PodAntiAffinity",
    LISTOF("requiredDuringSchedulingIgnoredDuringExecution", pod_affinity_term),
    LISTOF("preferredDuringSchedulingIgnoredDuringExecution", weighted_pod_affinity_term));

SCHEMA(affinity, "Affinity",
    OBJ("nodeAffinity", node_affinity), OBJ("podAffinity", pod_affinity),
    OBJ("podAntiAffinity", pod_anti_affinity));

SCHEMA(toleration, "Toleration",
    STR("key"), ENUM("operator", "v1.TolerationOperator"), STR("value"),
    ENUM("effect", "v1.TaintEffect"), I64P("tolerationSeconds"));

SCHEMA(host_alias, "HostAlias", STRK("ip"), LIST("hostnames", F_STRING));

SCHEMA(pod_dns_config_option, "PodDNSConfigOption", STR("name"), STRP("value"));

SCHEMA(pod_dns_config, "PodDNSConfig",
    LIST("nameservers", F_STRING), LIST("searches", F_STRING),
    LISTOF("options", pod_dns_config_option));

SCHEMA(pod_readiness_gate, "PodReadinessGate", ENUMK("conditionType", "v1.PodConditionType"));

SCHEMA(topology_spread_constraint, "TopologySpreadConstraint",
    I32K("maxSkew"), STRK("topologyKey"),
    ENUMK("whenUnsatisfiable", "v1.UnsatisfiableConstraintAction"),
    OBJ("labelSelector", schema_label_selector), I32P("minDomains"),
    ENUMP("nodeAffinityPolicy", "v1.NodeInclusionPolicy"),
    ENUMP("nodeTaintsPolicy", "v1.NodeInclusionPolicy"), LIST("matchLabelKeys", F_STRING));

SCHEMA(pod_os, "PodOS", ENUMK("name", "v1.OSName"));

SCHEMA(pod_scheduling_gate, "PodSchedulingGate", STRK("name"));

SCHEMA(pod_resource_claim, "PodResourceClaim",
    STRK("name"), STRP("resourceClaimName"), STRP("resourceClaimTemplateName"));

SCHEMA(pod_scheduling_group, "PodSchedulingGroup", STRP("podGroupName"));

SCHEMA(pod_spec, "PodSpec",
    LISTOF("volumes", schema_volume), LISTOF("initContainers", schema_container),
    LISTOFK("containers", schema_container),
    LISTOF("ephemeralContainers", schema_ephemeral_container),
    ENUM("restartPolicy", "v1.RestartPolicy"), I64P("terminationGracePeriodSeconds"),
    I64P("activeDeadlineSeconds"), ENUM("dnsPolicy", "v1.DNSPolicy"), MAP("nodeSelector"),
    STR("serviceAccountName"), STR("serviceAccount"), BOOLP("automountServiceAccountToken"),
    STR("nodeName"), BOOL("hostNetwork"), BOOL("hostPID"), BOOL("hostIPC"),
    BOOLP("shareProcessNamespace"), OBJ("securityContext", pod_security_context),
    LISTOF("imagePullSecrets", schema_local_object_reference), STR("hostname"), STR("subdomain"),
    OBJ("affinity", affinity), STR("schedulerName"), LISTOF("tolerations", toleration),
    LISTOF("hostAliases", host_alias), STR("priorityClassName"), I32P("priority"),
    OBJ("dnsConfig", pod_dns_config), LISTOF("readinessGates", pod_readiness_gate),
    STRP("runtimeClassName"), BOOLP("enableServiceLinks"),
    ENUMP("preemptionPolicy", "v1.PreemptionPolicy"), RESOURCES("overhead"),
    LISTOF("topologySpreadConstraints", topology_spread_constraint), BOOLP("setHostnameAsFQDN"),
    OBJ("os", pod_os), BOOLP("hostUsers"), LISTOF("schedulingGates", pod_scheduling_gate),
    LISTOF("resourceClaims", pod_resource_claim), OBJ("resources", schema_resource_requirements),
    STRP("hostnameOverride"), OBJ("schedulingGroup", pod_scheduling_group));

PUBLIC_SCHEMA(schema_pod_template_spec, "PodTemplateSpec",
    OBJK("metadata", schema_object_meta), OBJK("spec", pod_spec));
/* clang-format on */
