/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nodes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
#include "slurm_nodes.h"
#include "timefmt.h"
#include "tree.h"

/* "x86_64" is "amd64" there. */
static const char *arch_of(const char *slurm)
{
    static const char *const names[][2] = {
        {"x86_64", "amd64"}, {"aarch64", "arm64"}, {"i686", "386"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(slurm, names[i][0]) == 0)
            return names[i][1];
    return slurm;
}

static int set_text(json_t *object, const char *name, const char *text)
{
    return *text ? json_object_set_new(object, name, json_string(text)) : 0;
}

static json_t *metadata(const struct slurm_node *n)
{
    char booted[TIMEFMT_MAX];
    const char *arch = arch_of(n->arch);
    json_t *meta =
        json_pack("{s:s, s:{s:s, s:s, s:s}}", "name", n->name, "labels", "kubernetes.io/hostname",
                  n->name, "kubernetes.io/arch", arch, "kubernetes.io/os", "linux");
    if (n->booted)
        set_text(meta, "creationTimestamp", timefmt_rfc3339(n->booted, booted));
    if (*n->reason)
        json_object_set_new(meta, "annotations", json_pack("{s:s}", "slurm/reason", n->reason));
    return meta;
}

static json_t *capacity(const struct slurm_node *n)
{
    char cpu[32], memory[32], disk[32];
    snprintf(cpu, sizeof cpu, "%u", n->cpus);
    snprintf(memory, sizeof memory, "%lluMi", (unsigned long long)n->memory_mib);
    snprintf(disk, sizeof disk, "%lluMi", (unsigned long long)n->disk_mib);
    json_t *v = json_pack("{s:s, s:s}", "cpu", cpu, "memory", memory);
    if (n->disk_mib)
        set_text(v, "ephemeral-storage", disk);
    return v;
}

static json_t *addresses(const struct slurm_node *n)
{
    bool is_ip = strspn(n->address, "0123456789.") == strlen(n->address) || strchr(n->address, ':');
    json_t *list = json_pack("[{s:s, s:s}]", "type", "Hostname", "address",
                             *n->hostname ? n->hostname : n->name);
    if (*n->address && is_ip)
        json_array_insert_new(list, 0,
                              json_pack("{s:s, s:s}", "type", "InternalIP", "address", n->address));
    return list;
}

/* "Linux 6.1.0-18-amd64 #1 SMP ..." */
static json_t *node_info(const struct slurm_node *n)
{
    char name[64], kernel[128];
    size_t len = strcspn(n->os, " ");
    snprintf(name, sizeof name, "%.*s", (int)len, n->os);
    const char *rest = n->os + len + strspn(n->os + len, " ");
    snprintf(kernel, sizeof kernel, "%.*s", (int)strcspn(rest, " "), rest);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "architecture", arch_of(n->arch),
                     "operatingSystem", "linux", "osImage", name, "kernelVersion", kernel,
                     "kubeletVersion", n->version, "containerRuntimeVersion", "slurm");
}

static json_t *ready(const struct slurm_node *n)
{
    return json_pack("[{s:s, s:s, s:s, s:s}]", "type", "Ready", "status",
                     n->up ? "True" : "Unknown", "reason",
                     n->up ? "KubeletReady" : "NodeStatusUnknown", "message",
                     n->up ? "slurmd answers" : "slurmd does not answer, or the node is down");
}

static int add_node(void *arg, const struct slurm_node *n)
{
    json_t *spec = json_object();
    if (n->drained)
        json_object_set_new(spec, "unschedulable", json_true());
    json_t *node = json_pack("{s:s, s:s, s:o, s:o, s:{s:o, s:o, s:o, s:o, s:o}}", "apiVersion",
                             "v1", "kind", "Node", "metadata", metadata(n), "spec", spec, "status",
                             "capacity", capacity(n), "allocatable", capacity(n), "conditions",
                             ready(n), "addresses", addresses(n), "nodeInfo", node_info(n));
    return node ? json_array_append_new(arg, node) : -1;
}

static const char *name_of(const void *node)
{
    return tree_str(tree_get(*(json_t *const *)node, "metadata"), "name");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(name_of(a), name_of(b));
}

static json_t *sorted(const json_t *list)
{
    size_t n = json_array_size(list);
    cleanup_free json_t **v = calloc(n + 1, sizeof *v);
    json_t *out = json_array();
    for (size_t i = 0; v && i < n; i++)
        v[i] = json_array_get(list, i);
    if (v)
        qsort(v, n, sizeof(*v), by_name);
    for (size_t i = 0; v && i < n; i++)
        json_array_append(out, v[i]);
    return out;
}

json_t *nodes_list(struct error *err)
{
    cleanup_json json_t *list = json_array();
    return slurm_nodes_read(add_node, list, err) < 0 ? NULL : sorted(list);
}
