/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "describe.h"
#include "keys.h"
#include "tree.h"

/* ---- ports, commands, resources ---- */

static void add_ports(const json_t *ports, const char *field, struct strbuf *out)
{
    size_t i;
    json_t *port;
    bool many = json_array_size(ports) > 1;
    bool host = strcmp(field, "hostPort") == 0;
    strbuf_addf(out, "    %sPort%s:\t", host ? "Host " : "", many ? "s" : "");
    json_array_foreach (ports, i, port) {
        const char *protocol = tree_str(port, "protocol");
        strbuf_addf(out, "%s%lld/%s", i ? ", " : "", tree_int(port, field),
                    *protocol ? protocol : "TCP");
    }
    strbuf_adds(out, json_array_size(ports) ? "\n" : "<none>\n");
}

static void add_words(const char *title, const json_t *words, struct strbuf *out)
{
    size_t i;
    json_t *word;
    if (json_array_size(words))
        strbuf_addf(out, "    %s:\n", title);
    json_array_foreach (words, i, word)
        for (const char *at = json_string_value(word); at;) {
            size_t len = strcspn(at, "\n");
            strbuf_addf(out, "      %.*s\n", (int)len, at);
            at = at[len] ? at + len + 1 : NULL;
        }
}

static void add_amounts(const char *title, const json_t *amounts, struct strbuf *out)
{
    size_t n;
    cleanup_free const char **keys = keys_sorted(amounts, &n);
    if (n)
        strbuf_addf(out, "    %s:\n", title);
    for (size_t i = 0; i < n; i++) {
        const json_t *v = tree_get(amounts, keys[i]);
        strbuf_addf(out, "      %s:\t", keys[i]);
        if (json_is_string(v))
            strbuf_adds(out, json_string_value(v));
        else
            strbuf_addf(out, "%lld", (long long)json_integer_value(v));
        strbuf_addc(out, '\n');
    }
}

/* ---- probes ---- */

static void add_handler(const json_t *probe, struct strbuf *out)
{
    const json_t *http = tree_get(probe, "httpGet"), *tcp = tree_get(probe, "tcpSocket");
    const json_t *grpc = tree_get(probe, "grpc"), *words = tree_at(probe, "exec", "command", NULL);
    const json_t *port = tree_get(http ? http : tcp, "port");
    char number[24] = "";
    size_t i;
    json_t *word;
    if (json_is_integer(port))
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(port));
    const char *shown = json_is_string(port) ? json_string_value(port) : number;
    if (http)
        strbuf_addf(out, "http-get %s://%s:%s%s",
                    tree_is(http, "scheme", "HTTPS") ? "https" : "http", tree_str(http, "host"),
                    shown, tree_str(http, "path"));
    else if (tcp)
        strbuf_addf(out, "tcp-socket %s:%s", tree_str(tcp, "host"), shown);
    else if (grpc)
        strbuf_addf(out, "grpc <pod>:%lld %s", tree_int(grpc, "port"), tree_str(grpc, "service"));
    if (!words)
        return;
    strbuf_adds(out, "exec [");
    json_array_foreach (words, i, word)
        strbuf_addf(out, "%s%s", i ? " " : "", json_string_value(word));
    strbuf_adds(out, "]");
}

static void add_probe(const char *title, const json_t *probe, struct strbuf *out)
{
    if (!probe)
        return;
    strbuf_addf(out, "    %s:\t", title);
    add_handler(probe, out);
    strbuf_addf(out, " delay=%llds timeout=%llds period=%llds #success=%lld #failure=%lld\n",
                tree_int(probe, "initialDelaySeconds"), tree_int(probe, "timeoutSeconds"),
                tree_int(probe, "periodSeconds"), tree_int(probe, "successThreshold"),
                tree_int(probe, "failureThreshold"));
}

/* ---- environment ---- */

static void add_env_from(const json_t *list, struct strbuf *out)
{
    size_t i;
    json_t *e;
    if (json_array_size(list))
        strbuf_adds(out, "    Environment Variables from:\n");
    json_array_foreach (list, i, e) {
        const json_t *map = tree_get(e, "configMapRef");
        const json_t *from = map ? map : tree_get(e, "secretRef");
        const char *prefix = tree_str(e, "prefix");
        strbuf_addf(out, "      %s\t%s%s%s%s\tOptional: %s\n", tree_str(from, "name"),
                    map ? "ConfigMap" : "Secret", *prefix ? " with prefix '" : "", prefix,
                    *prefix ? "'" : "", tree_bool(from, "optional") ? "true" : "false");
    }
}

static void add_value_from(const char *name, const json_t *from, struct strbuf *out)
{
    const json_t *field = tree_get(from, "fieldRef"), *amount = tree_get(from, "resourceFieldRef");
    const json_t *secret = tree_get(from, "secretKeyRef"), *map = tree_get(from, "configMapKeyRef");
    const json_t *key = secret ? secret : map;
    const char *version = tree_str(field, "apiVersion");
    if (field)
        strbuf_addf(out, "      %s:\t (%s:%s)\n", name, *version ? version : "v1",
                    tree_str(field, "fieldPath"));
    else if (amount)
        strbuf_addf(out, "      %s:\t (%s)\n", name, tree_str(amount, "resource"));
    else if (key)
        strbuf_addf(out, "      %s:\t<set to the key '%s' %s '%s'>\tOptional: %s\n", name,
                    tree_str(key, "key"), secret ? "in secret" : "of config map",
                    tree_str(key, "name"), tree_bool(key, "optional") ? "true" : "false");
}

static void add_env(const json_t *list, struct strbuf *out)
{
    size_t i;
    json_t *e;
    strbuf_adds(out, json_array_size(list) ? "    Environment:\n" : "    Environment:\t<none>\n");
    json_array_foreach (list, i, e) {
        const char *name = tree_str(e, "name"), *value = tree_str(e, "value");
        if (tree_get(e, "valueFrom")) {
            add_value_from(name, tree_get(e, "valueFrom"), out);
            continue;
        }
        strbuf_addf(out, "      %s:\t", name);
        for (; *value; value++) /* further lines are aligned below */
            strbuf_adds(out, *value == '\n' ? "\n      \t" : (char[]){*value, '\0'});
        strbuf_addc(out, '\n');
    }
}

/* ---- mounts, states ---- */

static int by_path(const void *a, const void *b)
{
    return strcmp(tree_str(*(json_t *const *)a, "mountPath"),
                  tree_str(*(json_t *const *)b, "mountPath"));
}

static void add_mounts(const json_t *list, struct strbuf *out)
{
    size_t n = json_array_size(list);
    cleanup_free json_t **v = calloc(n + 1, sizeof(*v));
    strbuf_adds(out, n ? "    Mounts:\n" : "    Mounts:\t<none>\n");
    for (size_t i = 0; v && i < n; i++)
        v[i] = json_array_get(list, i);
    if (v && n)
        qsort(v, n, sizeof(*v), by_path);
    for (size_t i = 0; v && i < n; i++) {
        const char *sub = tree_str(v[i], "subPath");
        strbuf_addf(out, "      %s from %s (%s%s%s%s)\n", tree_str(v[i], "mountPath"),
                    tree_str(v[i], "name"), tree_bool(v[i], "readOnly") ? "ro" : "rw",
                    *sub ? ",path=\"" : "", sub, *sub ? "\"" : "");
    }
}

static void add_terminated(const json_t *t, struct strbuf *out)
{
    if (*tree_str(t, "reason"))
        strbuf_addf(out, "      Reason:\t%s\n", tree_str(t, "reason"));
    if (*tree_str(t, "message"))
        strbuf_addf(out, "      Message:\t%s\n", tree_str(t, "message"));
    strbuf_addf(out, "      Exit Code:\t%lld\n", tree_int(t, "exitCode"));
    describe_time("      Started", tree_str(t, "startedAt"), out);
    describe_time("      Finished", tree_str(t, "finishedAt"), out);
}

static void add_state(const char *title, const json_t *state, struct strbuf *out)
{
    const json_t *running = tree_get(state, "running"), *ended = tree_get(state, "terminated");
    const char *reason = tree_str(tree_get(state, "waiting"), "reason");
    strbuf_addf(out, "    %s:\t%s\n", title,
                running ? "Running"
                : ended ? "Terminated"
                        : "Waiting");
    if (running)
        describe_time("      Started", tree_str(running, "startedAt"), out);
    else if (ended)
        add_terminated(ended, out);
    else if (*reason)
        strbuf_addf(out, "      Reason:\t%s\n", reason);
}

static void add_status(const json_t *status, struct strbuf *out)
{
    if (!status)
        return;
    add_state("State", tree_get(status, "state"), out);
    if (tree_at(status, "lastState", "terminated", NULL))
        add_state("Last State", tree_get(status, "lastState"), out);
    strbuf_addf(out, "    Ready:\t%s\n    Restart Count:\t%lld\n",
                tree_bool(status, "ready") ? "True" : "False", tree_int(status, "restartCount"));
}

static void add_container(const json_t *c, const json_t *status, const char *space,
                          struct strbuf *out)
{
    strbuf_addf(out, "  %s%s:\n", *space ? " " : "", tree_str(c, "name"));
    if (status)
        strbuf_addf(out, "    Container ID:\t%s\n", tree_str(status, "containerID"));
    strbuf_addf(out, "    Image:\t%s\n", tree_str(c, "image"));
    if (status)
        strbuf_addf(out, "    Image ID:\t%s\n", tree_str(status, "imageID"));
    add_ports(tree_get(c, "ports"), "containerPort", out);
    add_ports(tree_get(c, "ports"), "hostPort", out);
    add_words("Command", tree_get(c, "command"), out);
    add_words("Args", tree_get(c, "args"), out);
    add_status(status, out);
    add_amounts("Limits", tree_at(c, "resources", "limits", NULL), out);
    add_amounts("Requests", tree_at(c, "resources", "requests", NULL), out);
    add_probe("Liveness", tree_get(c, "livenessProbe"), out);
    add_probe("Readiness", tree_get(c, "readinessProbe"), out);
    add_probe("Startup", tree_get(c, "startupProbe"), out);
    add_env_from(tree_get(c, "envFrom"), out);
    add_env(tree_get(c, "env"), out);
    add_mounts(tree_get(c, "volumeMounts"), out);
}

void describe_containers(const char *title, const json_t *containers, const json_t *statuses,
                         const char *space, struct strbuf *out)
{
    size_t i;
    json_t *c;
    if (json_array_size(containers))
        strbuf_addf(out, "%s%s:\n", space, title);
    json_array_foreach (containers, i, c)
        add_container(c, tree_named(statuses, tree_str(c, "name")), space, out);
}
