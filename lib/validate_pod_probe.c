/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod_parts.h"

#include <string.h>

#include "names.h"
#include "tree.h"

#define PORT_MAX 65535

/* ---- handlers ---- */

/* A number 1 … 65535 or the name of a port. */
static void port(const json_t *action, const struct path *path, struct field_errors *errs)
{
    const json_t *v = tree_get(action, "port");
    if (json_is_string(v))
        names_validate(names_port_name, json_string_value(v), errs, PATH_FIELD(path, "port"));
    else if (json_integer_value(v) < 1 || json_integer_value(v) > PORT_MAX)
        field_error_int(errs, PATH_FIELD(path, "port"), FIELD_INVALID, json_integer_value(v),
                        "must be between 1 and %d, inclusive", PORT_MAX);
}

typedef void action_check(const struct pod_ctx *pod, const json_t *action, const struct path *path);

static void exec(const struct pod_ctx *pod, const json_t *action, const struct path *path)
{
    if (json_array_size(tree_get(action, "command")) == 0)
        check_miss(pod->errs, PATH_FIELD(path, "command"), "");
}

static void http_get(const struct pod_ctx *pod, const json_t *action, const struct path *path)
{
    static const char *const schemes[] = {"HTTP", "HTTPS", NULL};
    const struct path *headers = PATH_FIELD(path, "httpHeaders");
    size_t i;
    json_t *header;
    check_required(action, "path", path, pod->errs);
    port(action, path, pod->errs);
    check_enum(action, "scheme", schemes, path, pod->errs);
    json_array_foreach (tree_get(action, "httpHeaders"), i, header)
        names_validate(names_http_header, tree_str(header, "name"), pod->errs, headers);
}

static void socket_port(const struct pod_ctx *pod, const json_t *action, const struct path *path)
{
    port(action, path, pod->errs);
}

static void sleep_action(const struct pod_ctx *pod, const json_t *action, const struct path *path)
{
    const json_t *grace = tree_get(pod->spec, "terminationGracePeriodSeconds");
    long long seconds = tree_int(action, "seconds");
    if (grace && (seconds < 0 || seconds > json_integer_value(grace)))
        field_error_int(pod->errs, path, FIELD_INVALID, seconds,
                        "must be non-negative and less than terminationGracePeriodSeconds (%lld)",
                        (long long)json_integer_value(grace));
}

/* Probes know grpc, lifecycle handlers know sleep. */
static void handler(const struct pod_ctx *pod, const json_t *h, const struct path *path)
{
    static const struct {
        const char *name;
        action_check *check;
    } actions[] = {
        {"exec", exec},        {"httpGet", http_get},   {"tcpSocket", socket_port},
        {"grpc", socket_port}, {"sleep", sleep_action},
    };
    bool found = false;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        const struct path *p = PATH_FIELD(path, actions[i].name);
        if (!tree_has(h, actions[i].name))
            continue;
        if (found)
            check_forbid(pod->errs, p, "may not specify more than 1 handler type");
        else
            actions[i].check(pod, tree_get(h, actions[i].name), p);
        found = true;
    }
    if (!found)
        check_miss(pod->errs, path, "must specify a handler type");
}

/* ---- probes ---- */

static void probe(const struct pod_ctx *pod, const json_t *p, const struct path *path)
{
    static const char *const numbers[] = {"initialDelaySeconds", "timeoutSeconds", "periodSeconds",
                                          "successThreshold", "failureThreshold"};
    const json_t *grace = tree_get(p, "terminationGracePeriodSeconds");
    handler(pod, p, path);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        check_nonnegative(p, numbers[i], path, pod->errs);
    if (grace && json_integer_value(grace) <= 0)
        field_error(pod->errs, PATH_FIELD(path, "terminationGracePeriodSeconds"), FIELD_INVALID,
                    grace, "must be greater than 0");
}

static void success_is_one(const struct pod_ctx *pod, const json_t *p, const struct path *path)
{
    if (tree_int(p, "successThreshold") != 1)
        field_error_int(pod->errs, PATH_FIELD(path, "successThreshold"), FIELD_INVALID,
                        tree_int(p, "successThreshold"), "must be 1");
}

static void no_grace(const struct pod_ctx *pod, const json_t *p, const struct path *path)
{
    if (tree_has(p, "terminationGracePeriodSeconds"))
        field_error(pod->errs, PATH_FIELD(path, "terminationGracePeriodSeconds"), FIELD_INVALID,
                    tree_get(p, "terminationGracePeriodSeconds"),
                    "must not be set for readinessProbes");
}

void validate_hooks(const struct pod_ctx *pod, const json_t *ctr, const struct path *path)
{
    static const char *const handlers[] = {"postStart", "preStop"};
    static const struct {
        const char *name;
        action_check *extra;
    } probes[] = {
        {"livenessProbe", success_is_one},
        {"readinessProbe", no_grace},
        {"startupProbe", success_is_one},
    };
    const json_t *lifecycle = tree_get(ctr, "lifecycle");
    const struct path *lifecycle_path = PATH_FIELD(path, "lifecycle");
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (tree_has(lifecycle, handlers[i]))
            handler(pod, tree_get(lifecycle, handlers[i]), PATH_FIELD(lifecycle_path, handlers[i]));
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        const json_t *p = tree_get(ctr, probes[i].name);
        if (!p)
            continue;
        probe(pod, p, PATH_FIELD(path, probes[i].name));
        probes[i].extra(pod, p, PATH_FIELD(path, probes[i].name));
    }
}
