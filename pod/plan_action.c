/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan_action.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arglist.h"
#include "cleanup.h"
#include "strbuf.h"
#include "tree.h"

/* Where the pod's own ports are: there is one network, the node's. */
#define LOCALHOST "127.0.0.1"

int64_t plan_ms(long long seconds)
{
    return seconds > PLAN_LONG_MS / 1000 ? PLAN_LONG_MS : (int64_t)seconds * 1000;
}

void plan_free_list(char **list)
{
    for (char **p = list; p && *p; p++)
        free(*p);
    free(list);
}

/* A copy of the list of strings, NULL-terminated; NULL when out of memory. */
static char **copy_list(const json_t *list)
{
    size_t i;
    json_t *item;
    char **out = calloc(json_array_size(list) + 1, sizeof *out);
    json_array_foreach (list, i, item) {
        const char *text = json_string_value(item);
        if (out && !(out[i] = strdup(text ? text : ""))) {
            plan_free_list(out);
            return NULL;
        }
    }
    return out;
}

/* A port is a number or the name of one of the container's ports. */
static int find_port(const json_t *container, const json_t *port, struct error *err)
{
    if (json_is_integer(port))
        return (int)json_integer_value(port);
    const char *name = json_string_value(port);
    const json_t *entry = name ? tree_named(tree_get(container, "ports"), name) : NULL;
    if (entry)
        return (int)tree_int(entry, "containerPort");
    return error_set(err, "port \"%.100s\" is no port of the container", name ? name : "");
}

static void add_headers(struct arglist *argv, const json_t *headers)
{
    size_t i;
    json_t *h;
    json_array_foreach (headers, i, h) {
        /* curl takes "Name:" for a header to be left out, and "Name;" for an empty one. */
        const char *value = tree_str(h, "value");
        arglist_add(argv, "-H");
        arglist_addf(argv, *value ? "%s: %s" : "%s;", tree_str(h, "name"), value);
    }
}

/* As Go writes a URL: what cannot stand in one is escaped, and what is escaped already stays. */
static void add_path(struct strbuf *url, const char *path)
{
    strbuf_adds(url, *path == '/' ? "" : "/");
    for (; *path; path++)
        if (*path > ' ' && *path < 0x7f)
            strbuf_addc(url, *path);
        else
            strbuf_addf(url, "%%%02X", (unsigned char)*path);
}

/* curl without the user's .curlrc, without a proxy and without globbing. An answer from 200 to 399
 * is a success for a probe, any answer for a hook. */
static int make_curl(struct plan_action *out, const json_t *http, const char *host, bool is_probe,
                     struct error *err)
{
    static const char *const always[] = {"curl",      "-q", "-s", "-g",        "-k",
                                         "--noproxy", "*",  "-o", "/dev/null", NULL};
    cleanup_arglist struct arglist argv = {0};
    cleanup_strbuf struct strbuf url = STRBUF_INIT;
    bool https = strcasecmp(tree_str(http, "scheme"), "HTTPS") == 0;
    strbuf_addf(&url, strchr(host, ':') ? "%s://[%s]:%d" : "%s://%s:%d", https ? "https" : "http",
                host, out->port);
    add_path(&url, tree_str(http, "path"));
    arglist_add_all(&argv, (char *const *)always);
    if (is_probe)
        arglist_add(&argv, "-f");
    arglist_add(&argv, "-A");
    arglist_add(&argv, "kube-probe/1.36");
    add_headers(&argv, tree_get(http, "httpHeaders"));
    arglist_add(&argv, "--url");
    arglist_add(&argv, strbuf_str(&url));
    if (url.failed || arglist_check(&argv, err) < 0)
        return error_set(err, "out of memory");
    out->argv = steal_ptr(&argv.v);
    argv.len = 0;
    return 0;
}

static int read_exec(struct plan_action *out, const json_t *value)
{
    out->kind = PLAN_EXEC;
    out->argv = copy_list(tree_get(value, "command"));
    return out->argv ? 0 : -1;
}

static int read_net(struct plan_action *out, const json_t *container, const json_t *value,
                    bool is_probe, struct error *err)
{
    const char *host = tree_str(value, "host");
    if (!*host || strcmp(host, "localhost") == 0)
        host = LOCALHOST;
    out->port = find_port(container, tree_get(value, "port"), err);
    if (out->port < 0)
        return -1;
    out->host = strdup(host);
    if (!out->host)
        return error_set(err, "out of memory");
    return out->kind == PLAN_HTTP ? make_curl(out, value, host, is_probe, err) : 0;
}

static int read_action(struct plan_action *out, const json_t *container, const json_t *spec,
                       bool is_probe, struct error *err)
{
    if (tree_has(spec, "grpc"))
        return error_set(err, "grpc is not supported: use exec or tcpSocket");
    if (tree_has(spec, "exec"))
        return read_exec(out, tree_get(spec, "exec")) ? error_set(err, "out of memory") : 0;
    if (tree_has(spec, "sleep")) {
        out->kind = PLAN_SLEEP;
        out->sleep_ms = plan_ms(tree_int(tree_get(spec, "sleep"), "seconds"));
        return 0;
    }
    if (tree_has(spec, "httpGet")) {
        out->kind = PLAN_HTTP;
        return read_net(out, container, tree_get(spec, "httpGet"), is_probe, err);
    }
    if (!tree_has(spec, "tcpSocket"))
        return 0;
    if (!is_probe)
        return error_set(err, "tcpSocket is not supported as a hook"); /* nor by a kubelet */
    out->kind = PLAN_TCP;
    return read_net(out, container, tree_get(spec, "tcpSocket"), is_probe, err);
}

/* A number that is absent or 0 has a default, as the API server fills it in. */
static int number(const json_t *probe, const char *name, int otherwise)
{
    long long n = tree_int(probe, name);
    return n > 0 && n <= INT32_MAX ? (int)n : otherwise;
}

int plan_probe_read(struct plan_probe *out, const json_t *container, const char *name,
                    struct error *err)
{
    const json_t *probe = tree_get(container, name);
    if (!probe)
        return 0;
    if (read_action(&out->action, container, probe, true, err))
        return error_prefix(err, "%s", name);
    out->delay_ms = plan_ms(number(probe, "initialDelaySeconds", 0));
    out->period_ms = plan_ms(number(probe, "periodSeconds", 10));
    out->timeout_ms = plan_ms(number(probe, "timeoutSeconds", 1));
    out->success = number(probe, "successThreshold", 1);
    out->failure = number(probe, "failureThreshold", 3);
    out->grace_ms = tree_has(probe, "terminationGracePeriodSeconds")
                        ? plan_ms(tree_int(probe, "terminationGracePeriodSeconds"))
                        : -1;
    return 0;
}

int plan_hook_read(struct plan_action *out, const json_t *container, const char *name,
                   struct error *err)
{
    const json_t *hook = tree_get(tree_get(container, "lifecycle"), name);
    if (hook && read_action(out, container, hook, false, err))
        return error_prefix(err, "lifecycle.%s", name);
    return 0;
}

void plan_action_free(struct plan_action *action)
{
    plan_free_list(action->argv);
    free(action->host);
}
