/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod_parts.h"

#include "cleanup.h"
#include "names.h"
#include "tree.h"

#define PORT_MAX 65535

/* ---- ports ---- */

static void port_name(json_t *seen, const json_t *port, const struct path *path,
                      struct field_errors *errs)
{
    const char *name = tree_str(port, "name");
    const struct path *p = PATH_FIELD(path, "name");
    if (*name && names_validate(names_port_name, name, errs, p) && !check_set_add(seen, name))
        field_error_str(errs, p, FIELD_DUPLICATE, name, NULL);
}

static void port_numbers(const json_t *port, const struct path *path, struct field_errors *errs)
{
    if (tree_int(port, "containerPort") == 0)
        check_miss(errs, PATH_FIELD(path, "containerPort"), "");
    else
        check_range(port, "containerPort", 1, PORT_MAX, path, errs);
    if (tree_int(port, "hostPort") != 0)
        check_range(port, "hostPort", 1, PORT_MAX, path, errs);
}

static void ports(const json_t *list, const struct path *path, struct field_errors *errs)
{
    static const char *const protocols[] = {"SCTP", "TCP", "UDP", NULL};
    cleanup_json json_t *names = json_object();
    size_t i;
    json_t *port;
    json_array_foreach (list, i, port) {
        const struct path *p = PATH_INDEX(path, i);
        port_name(names, port, p, errs);
        port_numbers(port, p, errs);
        check_required_enum(port, "protocol", protocols, p, errs);
    }
}

/* ---- resizePolicy: errors carry the path of the list ---- */

static void resize_value(const json_t *policy, const char *name, const char *const *allowed,
                         const struct path *list, struct field_errors *errs)
{
    if (!*tree_str(policy, name))
        check_miss(errs, list, "");
    else if (!check_in(tree_str(policy, name), allowed))
        field_unsupported(errs, list, tree_get(policy, name), allowed);
}

static void resize_policies(const struct pod_ctx *pod, const json_t *list, const struct path *path)
{
    static const char *const names[] = {"cpu", "memory", NULL};
    static const char *const policies[] = {"NotRequired", "RestartContainer", NULL};
    cleanup_json json_t *seen = json_object();
    size_t i;
    json_t *policy;
    json_array_foreach (list, i, policy) {
        const char *restart = tree_str(policy, "restartPolicy");
        if (!check_set_add(seen, tree_str(policy, "resourceName")))
            field_error_str(pod->errs, PATH_INDEX(path, i), FIELD_DUPLICATE,
                            tree_str(policy, "resourceName"), NULL);
        resize_value(policy, "resourceName", names, path, pod->errs);
        resize_value(policy, "restartPolicy", policies, path, pod->errs);
        if (tree_is(pod->spec, "restartPolicy", "Never") &&
            !tree_is(policy, "restartPolicy", "NotRequired"))
            field_error_str(pod->errs, path, FIELD_INVALID, restart,
                            "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
    }
}

/* ---- all ---- */

void validate_container_common(const struct pod_ctx *pod, const json_t *ctr,
                               const struct path *path)
{
    static const char *const messages[] = {"File", "FallbackToLogsOnError", NULL};
    static const char *const pull[] = {"Always", "IfNotPresent", "Never", NULL};
    struct field_errors *errs = pod->errs;
    check_required_name(ctr, "name", names_dns_label, path, errs);
    check_required(ctr, "image", path, errs);
    check_required_enum(ctr, "terminationMessagePolicy", messages, path, errs);
    ports(tree_get(ctr, "ports"), PATH_FIELD(path, "ports"), errs);
    validate_env(ctr, path, errs);
    validate_env_from(ctr, path, errs);
    validate_mounts(pod, ctr, path);
    validate_devices(pod, ctr, path);
    check_required_enum(ctr, "imagePullPolicy", pull, path, errs);
    validate_resources(pod, tree_get(ctr, "resources"), PATH_FIELD(path, "resources"));
    resize_policies(pod, tree_get(ctr, "resizePolicy"), PATH_FIELD(path, "resizePolicy"));
    validate_container_security(tree_get(ctr, "securityContext"), pod->host_users,
                                PATH_FIELD(path, "securityContext"), errs);
}
