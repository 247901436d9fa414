/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod.h"

#include <limits.h>
#include <string.h>

#include "check.h"
#include "cleanup.h"
#include "names.h"
#include "tree.h"
#include "validate_meta.h"
#include "validate_pod_parts.h"

#define DNS_SERVERS_MAX      3
#define DNS_SEARCH_MAX       32
#define DNS_SEARCH_CHARS_MAX 2048
#define HOSTNAME_MAX         64 /* of the Linux kernel */

void each_container(const json_t *spec, const struct path *path, container_visit *visit, void *arg)
{
    static const char *const lists[] = {"initContainers", "containers", "ephemeralContainers"};
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
        const struct path *list = PATH_FIELD(path, lists[l]);
        size_t i;
        json_t *ctr;
        json_array_foreach (tree_get(spec, lists[l]), i, ctr)
            visit(ctr, PATH_INDEX(list, i), arg);
    }
}

/* ---- names and DNS ---- */

static void resource_claim(json_t *seen, const json_t *claim, const struct path *path,
                           struct field_errors *errs)
{
    const char *name = tree_str(claim, "name");
    bool by_name = tree_has(claim, "resourceClaimName");
    bool by_template = tree_has(claim, "resourceClaimTemplateName");
    if (check_required(claim, "name", path, errs)) {
        if (!check_set_add(seen, name))
            field_error_str(errs, PATH_FIELD(path, "name"), FIELD_DUPLICATE, name, NULL);
        else
            check_name(claim, "name", names_dns_label, path, errs);
    }
    if (by_name && by_template)
        field_error(errs, path, FIELD_INVALID, claim,
                    "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be "
                    "specified");
    if (!by_name && !by_template)
        field_error(errs, path, FIELD_INVALID, claim,
                    "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
    if (by_name)
        names_validate(names_dns_subdomain, tree_str(claim, "resourceClaimName"), errs,
                       PATH_FIELD(path, "resourceClaimName"));
    if (by_template)
        names_validate(names_dns_subdomain, tree_str(claim, "resourceClaimTemplateName"), errs,
                       PATH_FIELD(path, "resourceClaimTemplateName"));
}

static void resource_claims(const json_t *list, const struct path *path, struct field_errors *errs)
{
    cleanup_json json_t *seen = json_object();
    size_t i;
    json_t *claim;
    json_array_foreach (list, i, claim)
        resource_claim(seen, claim, PATH_INDEX(path, i), errs);
}

static void host_network_ports(const json_t *spec, const struct path *path,
                               struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "containers");
    size_t i, j;
    json_t *ctr, *port;
    if (!tree_bool(spec, "hostNetwork"))
        return;
    json_array_foreach (tree_get(spec, "containers"), i, ctr) {
        const struct path *ports = PATH_FIELD(PATH_INDEX(list, i), "ports");
        json_array_foreach (tree_get(ctr, "ports"), j, port) {
            long long host = tree_int(port, "hostPort");
            if (host != 0 && host != tree_int(port, "containerPort"))
                field_error_int(errs, PATH_FIELD(PATH_INDEX(ports, j), "hostPort"), FIELD_INVALID,
                                host, "must match `containerPort` when `hostNetwork` is true");
        }
    }
}

static void dns_servers(const json_t *config, const struct path *path, struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "nameservers");
    const json_t *servers = tree_get(config, "nameservers");
    size_t i;
    json_t *v;
    if (json_array_size(servers) > DNS_SERVERS_MAX)
        field_error(errs, list, FIELD_INVALID, servers, "must not have more than %d nameservers",
                    DNS_SERVERS_MAX);
    json_array_foreach (servers, i, v)
        names_validate(names_ip, json_string_value(v), errs, PATH_INDEX(list, i));
}

static void dns_search(const char *domain, const struct path *path, struct field_errors *errs)
{
    size_t n = strlen(domain);
    if (strcmp(domain, ".") == 0)
        return;
    cleanup_free char *relative = strndup(domain, n && domain[n - 1] == '.' ? n - 1 : n);
    if (relative)
        names_validate(names_dns_subdomain_underscore, relative, errs, path);
    else
        errs->failed = true;
}

static void dns_searches(const json_t *config, const struct path *path, struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "searches");
    const json_t *searches = tree_get(config, "searches");
    size_t i, chars = 0;
    json_t *v;
    if (json_array_size(searches) > DNS_SEARCH_MAX)
        field_error(errs, list, FIELD_INVALID, searches, "must not have more than %d search paths",
                    DNS_SEARCH_MAX);
    json_array_foreach (searches, i, v)
        chars += json_string_length(v) + (i ? 1 : 0);
    if (chars > DNS_SEARCH_CHARS_MAX)
        field_error(errs, list, FIELD_INVALID, searches,
                    "must not have more than %d characters (including spaces) in the search list",
                    DNS_SEARCH_CHARS_MAX);
    json_array_foreach (searches, i, v)
        dns_search(json_string_value(v), PATH_INDEX(list, i), errs);
}

static void dns_config(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const json_t *config = tree_get(spec, "dnsConfig");
    const struct path *options = PATH_FIELD(path, "options");
    size_t i;
    json_t *v;
    if (tree_is(spec, "dnsPolicy", "None")) {
        if (!config) {
            check_miss(errs, path, "must provide `dnsConfig` when `dnsPolicy` is None");
            return;
        }
        if (json_array_size(tree_get(config, "nameservers")) == 0) {
            check_miss(errs, PATH_FIELD(path, "nameservers"),
                       "must provide at least one DNS nameserver when `dnsPolicy` is None");
            return;
        }
    }
    dns_servers(config, path, errs);
    dns_searches(config, path, errs);
    json_array_foreach (tree_get(config, "options"), i, v)
        if (!*tree_str(v, "name"))
            check_miss(errs, PATH_INDEX(options, i), "must not be empty");
}

static void hostname_override(const json_t *spec, const struct path *path,
                              struct field_errors *errs)
{
    const struct path *p = PATH_FIELD(path, "hostnameOverride");
    const json_t *v = tree_get(spec, "hostnameOverride");
    if (!v)
        return;
    if (tree_bool(spec, "setHostnameAsFQDN"))
        check_forbid(errs, p, "may not be specified when setHostnameAsFQDN is true");
    if (tree_bool(spec, "hostNetwork"))
        check_forbid(errs, p, "may not be specified when hostNetwork is true");
    if (json_string_length(v) > HOSTNAME_MAX)
        field_error(errs, p, FIELD_TOO_LONG, NULL, "may not be more than %d bytes", HOSTNAME_MAX);
    names_validate(names_dns_subdomain, json_string_value(v), errs, p);
}

static void host_aliases(const json_t *list, const struct path *path, struct field_errors *errs)
{
    size_t i, j;
    json_t *alias, *host;
    json_array_foreach (list, i, alias) {
        const struct path *p = PATH_INDEX(path, i);
        const struct path *hosts = PATH_FIELD(p, "hostnames");
        names_validate(names_ip, tree_str(alias, "ip"), errs, PATH_FIELD(p, "ip"));
        json_array_foreach (tree_get(alias, "hostnames"), j, host)
            names_validate(names_dns_subdomain, json_string_value(host), errs,
                           PATH_INDEX(hosts, j));
    }
}

static void readiness_gates(const json_t *list, const struct path *path, struct field_errors *errs)
{
    size_t i;
    json_t *gate;
    json_array_foreach (list, i, gate)
        validate_qualified_name(tree_str(gate, "conditionType"),
                                PATH_FIELD(PATH_INDEX(path, i), "conditionType"), errs);
}

/* ---- user namespaces ---- */

static void forbid_devices(const json_t *ctr, const struct path *path, void *errs)
{
    if (json_array_size(tree_get(ctr, "volumeDevices")) > 0)
        check_forbid(errs, PATH_FIELD(path, "volumeDevices"), "when `hostUsers` is false");
}

/* The spelling of HostPID and HostIPC is Kubernetes'. */
static void user_namespace(const struct pod_ctx *pod, const struct path *path)
{
    static const char *const shared[][2] = {
        {"hostNetwork", "hostNetwork"}, {"hostPID", "HostPID"}, {"hostIPC", "HostIPC"}};
    if (pod->host_users)
        return;
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (tree_bool(pod->spec, shared[i][0]))
            check_forbid(pod->errs, PATH_FIELD(path, shared[i][1]), "when `hostUsers` is false");
    each_container(pod->spec, path, forbid_devices, pod->errs);
}

/* ---- the whole ---- */

static void policies(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const restart[] = {"Always", "OnFailure", "Never", NULL};
    static const char *const dns[] = {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None",
                                      NULL};
    check_required_enum(spec, "restartPolicy", restart, path, errs);
    check_required_enum(spec, "dnsPolicy", dns, path, errs);
}

static void placement(const struct pod_ctx *pod, const struct path *path)
{
    const json_t *spec = pod->spec;
    struct field_errors *errs = pod->errs;
    validate_affinity(tree_get(spec, "affinity"), PATH_FIELD(path, "affinity"), errs);
    dns_config(spec, PATH_FIELD(path, "dnsConfig"), errs);
    readiness_gates(tree_get(spec, "readinessGates"), PATH_FIELD(path, "readinessGates"), errs);
    validate_scheduling_gates(tree_get(spec, "schedulingGates"),
                              PATH_FIELD(path, "schedulingGates"), errs);
    validate_topology_spread(tree_get(spec, "topologySpreadConstraints"),
                             PATH_FIELD(path, "topologySpreadConstraints"), errs);
}

static void identity(const struct pod_ctx *pod, const struct path *path)
{
    static const char *const preemption[] = {"PreemptLowerPriority", "Never", NULL};
    const json_t *spec = pod->spec;
    struct field_errors *errs = pod->errs;
    hostname_override(spec, path, errs);
    check_name(spec, "serviceAccountName", names_dns_subdomain, path, errs);
    check_name(spec, "nodeName", names_dns_subdomain, path, errs);
    check_range(spec, "activeDeadlineSeconds", 1, INT_MAX, path, errs);
    check_name(spec, "hostname", names_dns_label, path, errs);
    check_name(spec, "subdomain", names_dns_label, path, errs);
    validate_tolerations(tree_get(spec, "tolerations"), PATH_FIELD(path, "tolerations"), errs);
    host_aliases(tree_get(spec, "hostAliases"), PATH_FIELD(path, "hostAliases"), errs);
    check_name(spec, "priorityClassName", names_dns_subdomain, path, errs);
    if (tree_has(spec, "runtimeClassName"))
        names_validate(names_dns_subdomain, tree_str(spec, "runtimeClassName"), errs,
                       PATH_FIELD(path, "runtimeClassName"));
    if (tree_has(spec, "preemptionPolicy"))
        check_required_enum(spec, "preemptionPolicy", preemption, path, errs);
}

static void pod_spec(const struct pod_ctx *pod, const struct path *path)
{
    const json_t *spec = pod->spec;
    struct field_errors *errs = pod->errs;
    if (!tree_has(spec, "terminationGracePeriodSeconds"))
        check_miss(errs, PATH_FIELD(path, "terminationGracePeriodSeconds"), "");
    validate_volumes(pod, PATH_FIELD(path, "volumes"));
    resource_claims(tree_get(spec, "resourceClaims"), PATH_FIELD(path, "resourceClaims"), errs);
    validate_containers(pod, path);
    validate_init_containers(pod, path);
    validate_ephemeral_containers(pod, path);
    validate_pod_resources(pod, path);
    host_network_ports(spec, path, errs);
    policies(spec, path, errs);
    validate_labels(tree_get(spec, "nodeSelector"), PATH_FIELD(path, "nodeSelector"), errs);
    validate_pod_security(spec, path, errs);
    placement(pod, path);
    validate_host_processes(spec, path, errs);
    user_namespace(pod, path);
    identity(pod, path);
    validate_overhead(pod, path);
    validate_os(spec, path, errs);
    validate_env_files(spec, path, errs);
}

static json_t *claim_names(const json_t *spec)
{
    json_t *names = json_object();
    size_t i;
    json_t *claim;
    json_array_foreach (tree_get(spec, "resourceClaims"), i, claim)
        if (*tree_str(claim, "name"))
            check_set_add(names, tree_str(claim, "name"));
    return names;
}

static void whole_spec(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    cleanup_json json_t *volumes = json_object();
    cleanup_json json_t *claims = claim_names(spec);
    const struct pod_ctx pod = {
        .spec = spec,
        .volumes = volumes,
        .claims = claims,
        .host_users = !tree_has(spec, "hostUsers") || tree_bool(spec, "hostUsers"),
        .errs = errs,
    };
    if (!volumes || !claims)
        errs->failed = true;
    else
        pod_spec(&pod, path);
}

void validate_pod_template_spec(const json_t *template, const struct path *path,
                                struct field_errors *errs)
{
    const json_t *meta = tree_get(template, "metadata");
    const json_t *spec = tree_get(template, "spec");
    const struct path *spec_path = PATH_FIELD(path, "spec");
    const struct path *notes = PATH_FIELD(path, "annotations");
    /* "labels" and "annotations" stand directly under the template: so does Kubernetes. */
    validate_labels(tree_get(meta, "labels"), PATH_FIELD(path, "labels"), errs);
    validate_annotations(tree_get(meta, "annotations"), notes, errs);
    validate_pod_annotations(template, notes, errs);
    whole_spec(spec, spec_path, errs);
    validate_profile_annotations(template, spec_path, errs);
    if (json_array_size(tree_get(spec, "ephemeralContainers")) > 0)
        check_forbid(errs, PATH_FIELD(spec_path, "ephemeralContainers"),
                     "ephemeral containers not allowed in pod template");
}
