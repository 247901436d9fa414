/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pod_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "goquote.h"
#include "keys.h"
#include "quantity.h"
#include "tree.h"

/* ---- fields ---- */

static const struct {
    const char *path;
    size_t offset; /* of a string in struct pod_facts */
} strings[] = {
    {"metadata.name", offsetof(struct pod_facts, name)},
    {"metadata.namespace", offsetof(struct pod_facts, ns)},
    {"metadata.uid", offsetof(struct pod_facts, uid)},
    {"spec.nodeName", offsetof(struct pod_facts, node)},
    {"spec.host", offsetof(struct pod_facts, node)}, /* the old name, still taken */
    {"spec.serviceAccountName", offsetof(struct pod_facts, service_account)},
    {"status.hostIP", offsetof(struct pod_facts, host_ip)},
    {"status.hostIPs", offsetof(struct pod_facts, host_ips)},
    {"status.podIP", offsetof(struct pod_facts, host_ip)},
    {"status.podIPs", offsetof(struct pod_facts, host_ips)},
};

static const struct {
    const char *path;
    size_t offset; /* of a map */
} maps[] = {
    {"metadata.labels", offsetof(struct pod_facts, labels)},
    {"metadata.annotations", offsetof(struct pod_facts, annotations)},
};

static const json_t *map_at(const struct pod_facts *facts, size_t i)
{
    return *(const json_t *const *)((const char *)facts + maps[i].offset);
}

/* k8s.io/kubernetes/pkg/fieldpath, FormatMap. */
static int add_map(const json_t *map, struct strbuf *out, struct error *err)
{
    size_t n;
    cleanup_free const char **keys = keys_sorted(map, &n);
    if (!keys)
        return error_set(err, "out of memory");
    for (size_t i = 0; i < n; i++) {
        strbuf_addf(out, "%s%s=", i ? "\n" : "", keys[i]);
        goquote_add(out, tree_str(map, keys[i]));
    }
    return 0;
}

/* The value of metadata.labels['KEY']: rest is what follows the map's path. */
static int add_subscript(const json_t *map, const char *rest, struct strbuf *out, struct error *err)
{
    size_t n = strlen(rest);
    cleanup_free char *key = n >= 4 ? strndup(rest + 2, n - 4) : NULL;
    if (!key)
        return error_set(err, "out of memory");
    strbuf_adds(out, tree_str(map, key));
    return 0;
}

static bool is_subscript(const char *rest)
{
    size_t n = strlen(rest);
    return n >= 4 && strncmp(rest, "['", 2) == 0 && strcmp(rest + n - 2, "']") == 0;
}

static int add_field(const struct pod_facts *facts, const char *path, struct strbuf *out,
                     struct error *err)
{
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (strcmp(path, strings[i].path) == 0) {
            strbuf_adds(out, *(const char *const *)((const char *)facts + strings[i].offset));
            return 0;
        }
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        size_t n = strlen(maps[i].path);
        if (strcmp(path, maps[i].path) == 0)
            return add_map(map_at(facts, i), out, err);
        if (strncmp(path, maps[i].path, n) == 0 && is_subscript(path + n))
            return add_subscript(map_at(facts, i), path + n, out, err);
    }
    return error_set(err, "unsupported fieldPath: %.200s", path);
}

int pod_facts_field(const struct pod_facts *facts, const char *field_path, struct strbuf *out,
                    struct error *err)
{
    if (add_field(facts, field_path, out, err) < 0)
        return -1;
    return out->failed ? error_set(err, "%.200s: the value is too large", field_path) : 0;
}

/* ---- resources ---- */

static const json_t *find_container(const json_t *spec, const char *name)
{
    const json_t *c = tree_named(tree_get(spec, "containers"), name);
    return c ? c : tree_named(tree_get(spec, "initContainers"), name);
}

static const struct {
    const char *name;
    bool milli; /* counted in thousandths */
    size_t offset;
} resources[] = {
    {"cpu", true, offsetof(struct pod_allocation, cpus)},
    {"memory", false, offsetof(struct pod_allocation, memory)},
    {"ephemeral-storage", false, offsetof(struct pod_allocation, ephemeral_storage)},
};

static bool is_milli(const char *name)
{
    return strcmp(name, resources[0].name) == 0;
}

/* 0 when it is not there. */
static int64_t amount_in(const json_t *list, const char *name)
{
    struct quantity q;
    if (!tree_has(list, name) || quantity_parse(&q, tree_str(list, name), NULL) < 0)
        return 0;
    return is_milli(name) ? quantity_ceil_milli(&q) : quantity_ceil(&q);
}

static int64_t allocated(const struct pod_facts *facts, const char *name)
{
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        if (strcmp(name, resources[i].name) != 0)
            continue;
        int64_t n;
        memcpy(&n, (const char *)&facts->allocation + resources[i].offset, sizeof n);
        return resources[i].milli && __builtin_mul_overflow(n, 1000, &n) ? INT64_MAX : n;
    }
    return 0;
}

static int64_t limit_of(const struct pod_facts *facts, const json_t *container, const char *name)
{
    int64_t n = amount_in(tree_at(container, "resources", "limits", NULL), name);
    n = n ? n : amount_in(tree_at(facts->spec, "resources", "limits", NULL), name);
    return n ? n : allocated(facts, name);
}

/* A pod's limit without a request is its request, too. */
static int64_t request_of(const json_t *container, const char *name)
{
    const json_t *resources_of = tree_get(container, "resources");
    bool is_set = tree_has(tree_get(resources_of, "requests"), name);
    return amount_in(tree_get(resources_of, is_set ? "requests" : "limits"), name);
}

static int64_t divisor_of(const json_t *ref, bool milli)
{
    struct quantity q;
    if (quantity_parse(&q, tree_str(ref, "divisor"), NULL) < 0 || quantity_sign(&q) <= 0)
        return milli ? 1000 : 1;
    return milli ? quantity_ceil_milli(&q) : quantity_ceil(&q);
}

int pod_facts_resource(const struct pod_facts *facts, const json_t *ref, const char *container,
                       struct strbuf *out, struct error *err)
{
    const char *resource = tree_str(ref, "resource");
    const char *dot = strchr(resource, '.');
    bool limit = strncmp(resource, "limits.", 7) == 0;
    if (*tree_str(ref, "containerName"))
        container = tree_str(ref, "containerName");
    const json_t *c = find_container(facts->spec, container);
    if (!c)
        return error_set(err, "container %.100s not found", container);
    if (!limit && strncmp(resource, "requests.", 9) != 0)
        return error_set(err, "unsupported container resource : %.100s", resource);
    int64_t n = limit ? limit_of(facts, c, dot + 1) : request_of(c, dot + 1);
    int64_t divisor = divisor_of(ref, is_milli(dot + 1));
    strbuf_addf(out, "%lld", (long long)(n / divisor + (n % divisor != 0)));
    return out->failed ? error_set(err, "out of memory") : 0;
}

/* ---- objects ---- */

int pod_facts_object(const struct pod_facts *facts, enum object_kind kind, const char *name,
                     bool optional, json_t **object, struct error *err)
{
    *object = NULL;
    int rc = facts->find(facts->find_arg, kind, name, object, err);
    if (rc <= 0)
        return rc;
    *object = NULL;
    if (optional)
        return 0;
    error_set(err, "%s \"%.253s\" not found", objects_singular(kind), name);
    return 1;
}
