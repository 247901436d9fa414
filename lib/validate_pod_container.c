/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod_parts.h"

#include <ctype.h>
#include <string.h>

#include "cleanup.h"
#include "tree.h"

#define RESTART_RULES_MAX 20
#define EXIT_CODES_MAX    255

/* ---- host ports ---- */

/* One protocol, address and port of the host cannot be had twice. */
static void host_ports(json_t *seen, const json_t *ctr, const struct path *path,
                       struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "ports");
    size_t i;
    json_t *port;
    json_array_foreach (tree_get(ctr, "ports"), i, port) {
        cleanup_strbuf struct strbuf key = STRBUF_INIT;
        if (tree_int(port, "hostPort") == 0)
            continue;
        strbuf_addf(&key, "%s/%s/%lld", tree_str(port, "protocol"), tree_str(port, "hostIP"),
                    tree_int(port, "hostPort"));
        if (!check_set_add(seen, strbuf_str(&key)))
            field_error_str(errs, PATH_FIELD(PATH_INDEX(list, i), "hostPort"), FIELD_DUPLICATE,
                            strbuf_str(&key), NULL);
    }
}

/* ---- restartPolicy and restartPolicyRules ---- */

static void restart_rule(const json_t *rule, const struct path *path, struct field_errors *errs)
{
    static const char *const actions[] = {"Restart", "RestartAllContainers", NULL};
    static const char *const operators[] = {"In", "NotIn", NULL};
    const json_t *codes = tree_get(rule, "exitCodes");
    const struct path *p = PATH_FIELD(path, "exitCodes");
    size_t n = json_array_size(tree_get(codes, "values"));
    cleanup_json json_t *empty = json_string("");
    if (!check_in(tree_str(rule, "action"), actions))
        field_unsupported(errs, PATH_FIELD(path, "action"),
                          tree_has(rule, "action") ? tree_get(rule, "action") : empty, actions);
    if (!codes) {
        check_miss(errs, p, "must be specified");
        return;
    }
    if (!check_in(tree_str(codes, "operator"), operators))
        field_unsupported(errs, PATH_FIELD(p, "operator"),
                          tree_has(codes, "operator") ? tree_get(codes, "operator") : empty,
                          operators);
    if (n > EXIT_CODES_MAX)
        field_error_int(errs, PATH_FIELD(p, "values"), FIELD_TOO_MANY, (long long)n,
                        "must have at most %d items", EXIT_CODES_MAX);
}

/* init: without a policy, the rules of an init container are not looked at. */
static void restart_policy(const json_t *ctr, bool init, const struct path *path,
                           struct field_errors *errs)
{
    static const char *const policies[] = {"Always", "Never", "OnFailure", NULL};
    const json_t *rules = tree_get(ctr, "restartPolicyRules");
    const struct path *list = PATH_FIELD(path, "restartPolicyRules");
    size_t i, n = json_array_size(rules);
    json_t *rule;
    bool missing = !tree_has(ctr, "restartPolicy");
    if (missing && n > 0)
        check_miss(errs, PATH_FIELD(path, "restartPolicy"),
                   "must specify restartPolicy when restart rules are used");
    if (missing && init)
        return;
    check_enum(ctr, "restartPolicy", policies, path, errs);
    if (n > RESTART_RULES_MAX)
        field_error_int(errs, list, FIELD_TOO_MANY, (long long)n, "must have at most %d items",
                        RESTART_RULES_MAX);
    json_array_foreach (rules, i, rule)
        restart_rule(rule, PATH_INDEX(list, i), errs);
}

/* ---- regular containers ---- */

static void duplicate_name(json_t *seen, const json_t *ctr, const struct path *path,
                           struct field_errors *errs)
{
    if (!check_set_add(seen, tree_str(ctr, "name")))
        field_error_str(errs, PATH_FIELD(path, "name"), FIELD_DUPLICATE, tree_str(ctr, "name"),
                        NULL);
}

void validate_containers(const struct pod_ctx *pod, const struct path *path)
{
    const struct path *list = PATH_FIELD(path, "containers");
    const json_t *containers = tree_get(pod->spec, "containers");
    cleanup_json json_t *names = json_object();
    cleanup_json json_t *ports = json_object();
    size_t i;
    json_t *ctr;
    if (json_array_size(containers) == 0)
        check_miss(pod->errs, list, "");
    json_array_foreach (containers, i, ctr) {
        const struct path *p = PATH_INDEX(list, i);
        validate_container_common(pod, ctr, p);
        duplicate_name(names, ctr, p, pod->errs);
        validate_hooks(pod, ctr, p);
        restart_policy(ctr, false, p, pod->errs);
    }
    json_array_foreach (containers, i, ctr)
        host_ports(ports, ctr, PATH_INDEX(list, i), pod->errs);
}

/* ---- init containers ---- */

static json_t *container_names(const json_t *containers)
{
    json_t *names = json_object();
    size_t i;
    json_t *ctr;
    json_array_foreach (containers, i, ctr)
        check_set_add(names, tree_str(ctr, "name"));
    return names;
}

static void forbid_hooks(const json_t *ctr, const struct path *path, struct field_errors *errs)
{
    static const char *const hooks[] = {"lifecycle", "livenessProbe", "readinessProbe",
                                        "startupProbe"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
        if (tree_has(ctr, hooks[i]))
            check_forbid(errs, PATH_FIELD(path, hooks[i]),
                         "may not be set for init containers without restartPolicy=Always");
}

static void init_resize(const json_t *ctr, const struct path *path, struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "resizePolicy");
    size_t i;
    json_t *policy;
    json_array_foreach (tree_get(ctr, "resizePolicy"), i, policy)
        if (tree_is(policy, "restartPolicy", "RestartContainer"))
            field_error_str(errs, PATH_FIELD(PATH_INDEX(list, i), "restartPolicy"), FIELD_INVALID,
                            "RestartContainer",
                            "must not be set to 'RestartContainer' for non-sidecar "
                            "initContainers");
}

static void init_container(const struct pod_ctx *pod, json_t *names, const json_t *ctr,
                           const struct path *list, size_t i)
{
    const struct path *path = PATH_INDEX(list, i);
    bool sidecar = tree_is(ctr, "restartPolicy", "Always");
    cleanup_json json_t *ports = json_object();
    validate_container_common(pod, ctr, path);
    restart_policy(ctr, true, path, pod->errs);
    if (*tree_str(ctr, "name") || json_object_get(names, ""))
        duplicate_name(names, ctr, path, pod->errs);
    /* Init containers run one by one, so each is alone; Kubernetes gives its index as 0. */
    host_ports(ports, ctr, PATH_INDEX(list, 0), pod->errs);
    if (sidecar) {
        validate_hooks(pod, ctr, path);
    } else {
        forbid_hooks(ctr, path, pod->errs);
        init_resize(ctr, path, pod->errs);
    }
}

void validate_init_containers(const struct pod_ctx *pod, const struct path *path)
{
    const struct path *list = PATH_FIELD(path, "initContainers");
    cleanup_json json_t *names = container_names(tree_get(pod->spec, "containers"));
    size_t i;
    json_t *ctr;
    json_array_foreach (tree_get(pod->spec, "initContainers"), i, ctr)
        init_container(pod, names, ctr, list, i);
}

/* ---- ephemeral containers: never allowed in a template, but checked ---- */

static bool is_set(const json_t *v)
{
    return v && (!json_is_object(v) || json_object_size(v) > 0);
}

static void ephemeral_fields(const json_t *ctr, const struct path *path, struct field_errors *errs)
{
    static const char *const forbidden[] = {"ports",          "resources",          "resizePolicy",
                                            "restartPolicy",  "restartPolicyRules", "livenessProbe",
                                            "readinessProbe", "startupProbe",       "lifecycle"};
    const struct path *mounts = PATH_FIELD(path, "volumeMounts");
    size_t i;
    json_t *mount;
    for (size_t f = 0; f < sizeof forbidden / sizeof *forbidden; f++)
        if (is_set(tree_get(ctr, forbidden[f])))
            check_forbid(errs, PATH_FIELD(path, forbidden[f]),
                         "cannot be set for an Ephemeral Container");
    json_array_foreach (tree_get(ctr, "volumeMounts"), i, mount) {
        if (*tree_str(mount, "subPath"))
            check_forbid(errs, PATH_FIELD(PATH_INDEX(mounts, i), "subPath"),
                         "cannot be set for an Ephemeral Container");
        if (*tree_str(mount, "subPathExpr"))
            check_forbid(errs, PATH_FIELD(PATH_INDEX(mounts, i), "subPathExpr"),
                         "cannot be set for an Ephemeral Container");
    }
}

static bool is_padded(const char *s)
{
    size_t n = strlen(s);
    return n && (isspace((unsigned char)s[0]) || isspace((unsigned char)s[n - 1]));
}

void validate_ephemeral_containers(const struct pod_ctx *pod, const struct path *path)
{
    const struct path *list = PATH_FIELD(path, "ephemeralContainers");
    cleanup_json json_t *others = container_names(tree_get(pod->spec, "containers"));
    size_t i;
    json_t *ctr;
    json_array_foreach (tree_get(pod->spec, "initContainers"), i, ctr)
        check_set_add(others, tree_str(ctr, "name"));
    cleanup_json json_t *names = json_copy(others);
    json_array_foreach (tree_get(pod->spec, "ephemeralContainers"), i, ctr) {
        const struct path *p = PATH_INDEX(list, i);
        const char *target = tree_str(ctr, "targetContainerName");
        validate_container_common(pod, ctr, p);
        if (is_padded(tree_str(ctr, "image")))
            field_error_str(pod->errs, PATH_FIELD(p, "image"), FIELD_INVALID,
                            tree_str(ctr, "image"), "must not have leading or trailing whitespace");
        duplicate_name(names, ctr, p, pod->errs);
        if (*target && !tree_has(others, target))
            field_error_str(pod->errs, PATH_FIELD(p, "targetContainerName"), FIELD_NOT_FOUND,
                            target, NULL);
        ephemeral_fields(ctr, p, pod->errs);
    }
}
