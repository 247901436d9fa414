/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod_parts.h"

#include <string.h>

#include "cleanup.h"
#include "names.h"
#include "quantity.h"
#include "tree.h"
#include "validate_meta.h"

#define HUGE_PAGES "hugepages-"
#define REQUESTS   "requests."

/* ---- kinds of resources, by name (pkg/apis/core/helper) ---- */

static const char *const container_resources[] = {"cpu", "memory", "ephemeral-storage", NULL};

static const char *const counted_resources[] = {"pods",
                                                "resourcequotas",
                                                "services",
                                                "replicationcontrollers",
                                                "secrets",
                                                "configmaps",
                                                "persistentvolumeclaims",
                                                "services.nodeports",
                                                "services.loadbalancers",
                                                NULL};

static const char *const quota_resources[] = {
    "requests.cpu", "requests.memory",  "requests.ephemeral-storage",
    "limits.cpu",   "limits.memory",    "limits.ephemeral-storage",
    "storage",      "requests.storage", NULL};

bool resource_is_huge_pages(const char *name)
{
    return check_has_prefix(name, HUGE_PAGES);
}

static bool is_standard(const char *name)
{
    return check_in(name, container_resources) || check_in(name, counted_resources) ||
           check_in(name, quota_resources) || resource_is_huge_pages(name) ||
           check_has_prefix(name, REQUESTS HUGE_PAGES);
}

/* Of Kubernetes itself: without a domain, or with its own. */
static bool is_native(const char *name)
{
    return !strchr(name, '/') || strstr(name, "kubernetes.io/");
}

/* A device or the like. Its name must still be one with the "requests." of a quota before it. */
static bool is_extended(const char *name)
{
    cleanup_strbuf struct strbuf quota = STRBUF_INIT;
    strbuf_addf(&quota, REQUESTS "%s", name);
    return !is_native(name) && !check_has_prefix(name, REQUESTS) &&
           names_qualified_name(strbuf_str(&quota), NULL, NULL);
}

/* Requests may be lower than limits. */
static bool can_overcommit(const char *name)
{
    return is_native(name) && !resource_is_huge_pages(name);
}

bool validate_resource_name(const char *name, const struct path *path, struct field_errors *errs)
{
    if (!validate_qualified_name(name, path, errs))
        return false;
    if (strchr(name, '/') || is_standard(name))
        return true;
    field_error_str(errs, path, FIELD_INVALID, name,
                    "must be a standard resource type or fully qualified");
    return false;
}

static void container_resource_name(const char *name, const struct path *path,
                                    struct field_errors *errs)
{
    bool prefixed = strchr(name, '/');
    validate_resource_name(name, path, errs);
    if (!prefixed && !check_in(name, container_resources) && !resource_is_huge_pages(name))
        field_error_str(errs, path, FIELD_INVALID, name,
                        "must be a standard resource for containers");
    else if (prefixed && !is_native(name) && !is_extended(name))
        field_error_str(errs, path, FIELD_INVALID, name,
                        "doesn't follow extended resource name standard");
}

/* ---- amounts ---- */

/* The decoder has checked the syntax; what cannot be read counts as 0. */
static struct quantity amount(const char *text)
{
    struct quantity q;
    if (quantity_parse(&q, text, NULL) < 0)
        quantity_set_int(&q, 0);
    return q;
}

/* Of a known resource: not negative, whole where it must be. */
static void check_quantity(const char *resource, const char *quantity, const struct path *path,
                           struct field_errors *errs)
{
    struct quantity q = amount(quantity);
    bool whole = check_in(resource, counted_resources) || is_extended(resource);
    if (quantity_sign(&q) < 0)
        field_error_str(errs, path, FIELD_INVALID, quantity, "must be greater than or equal to 0");
    if (whole && !quantity_is_integer(&q))
        field_error_str(errs, path, FIELD_INVALID, quantity, "must be an integer");
}

/* "hugepages-2Mi": whole pages only. */
static void huge_page_amount(const char *resource, const char *quantity, const struct path *path,
                             struct field_errors *errs)
{
    struct quantity page = amount(resource + strlen(HUGE_PAGES));
    struct quantity q = amount(quantity);
    bool divisible = quantity_sign(&page) > 0 && quantity_is_integer(&page) &&
                     quantity_ceil(&q) % quantity_ceil(&page) == 0;
    if (!divisible)
        field_error_str(errs, path, FIELD_INVALID, quantity,
                        "%s is not positive integer multiple of %s", quantity, resource);
}

/* Request against limit. */
static void compare(const char *name, const char *request, const json_t *limits,
                    const struct path *path, struct field_errors *errs)
{
    const char *limit = tree_str(limits, name);
    if (!tree_has(limits, name)) {
        if (!can_overcommit(name))
            check_miss(errs, PATH_FIELD(path, "limits"),
                       "Limit must be set for non overcommitable resources");
        return;
    }
    struct quantity r = amount(request), l = amount(limit);
    int order = quantity_cmp(&r, &l);
    if (order != 0 && !can_overcommit(name))
        field_error_str(errs, PATH_FIELD(path, "requests"), FIELD_INVALID, request,
                        "must be equal to %s limit of %s", name, limit);
    else if (order > 0)
        field_error_str(errs, PATH_FIELD(path, "requests"), FIELD_INVALID, request,
                        "must be less than or equal to %s limit of %s", name, limit);
}

/* ---- lists ---- */

static void entry(const char *name, const char *quantity, resource_name_check *name_check,
                  const struct path *path, struct field_errors *errs)
{
    name_check(name, path, errs);
    check_quantity(name, quantity, path, errs);
}

static void limits(const json_t *resources, resource_name_check *name_check,
                   const struct path *path, struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "limits");
    const char *name;
    json_t *v;
    json_object_foreach (tree_get(resources, "limits"), name, v) {
        entry(name, json_string_value(v), name_check, PATH_KEY(list, name), errs);
        if (resource_is_huge_pages(name))
            huge_page_amount(name, json_string_value(v), PATH_KEY(list, name), errs);
    }
}

static void requests(const json_t *resources, resource_name_check *name_check,
                     const struct path *path, struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "requests");
    const char *name;
    json_t *v;
    json_object_foreach (tree_get(resources, "requests"), name, v) {
        entry(name, json_string_value(v), name_check, PATH_KEY(list, name), errs);
        compare(name, json_string_value(v), tree_get(resources, "limits"), path, errs);
        if (resource_is_huge_pages(name))
            huge_page_amount(name, json_string_value(v), PATH_KEY(list, name), errs);
    }
}

static void huge_pages_alone(const json_t *resources, const struct path *path,
                             struct field_errors *errs)
{
    static const char *const lists[] = {"limits", "requests"};
    bool huge = false, others = false;
    for (size_t i = 0; i < 2; i++) {
        json_t *list = tree_get(resources, lists[i]);
        const char *name;
        json_t *v;
        others |= tree_has(list, "cpu") || tree_has(list, "memory");
        json_object_foreach (list, name, v)
            huge |= resource_is_huge_pages(name);
    }
    if (huge && !others)
        check_forbid(errs, path, "HugePages require cpu or memory");
}

void validate_resource_lists(const json_t *resources, resource_name_check *name_check,
                             const struct path *path, struct field_errors *errs)
{
    limits(resources, name_check, path, errs);
    requests(resources, name_check, path, errs);
    huge_pages_alone(resources, path, errs);
}

/* ---- claims ---- */

/* An earlier entry "name/request" covers part of what the entry "name" asks for. */
static bool is_overlapping(json_t *seen, const char *name)
{
    size_t n = strlen(name);
    const char *key;
    json_t *v;
    json_object_foreach (seen, key, v)
        if (strncmp(key, name, n) == 0 && key[n] == '/')
            return true;
    return false;
}

static void claim_entry(json_t *seen, const json_t *claim, const struct path *path,
                        struct field_errors *errs)
{
    const char *name = tree_str(claim, "name");
    const char *request = tree_str(claim, "request");
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    if (tree_has(seen, name)) {
        field_error_str(errs, path, FIELD_DUPLICATE, name, NULL);
        return;
    }
    check_name(claim, "request", names_dns_label, path, errs);
    strbuf_addf(&key, "%s%s%s", name, *request ? "/" : "", request);
    if (tree_has(seen, strbuf_str(&key)) || (!*request && is_overlapping(seen, name)))
        field_error_str(errs, path, FIELD_DUPLICATE, strbuf_str(&key), NULL);
    check_set_add(seen, strbuf_str(&key));
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of a set, sorted, with ", " between them. */
static void list_names(json_t *set, struct strbuf *out)
{
    size_t n = 0, size = json_object_size(set);
    cleanup_free const char **names = calloc(size + 1, sizeof *names);
    const char *key;
    json_t *v;
    if (!names)
        return;
    json_object_foreach (set, key, v)
        names[n++] = key;
    qsort(names, n, sizeof *names, compare_names);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(out, "%s%s", i ? ", " : "", names[i]);
}

static void claim_exists(const struct pod_ctx *pod, const char *name, const struct path *path)
{
    cleanup_strbuf struct strbuf known = STRBUF_INIT;
    if (tree_has(pod->claims, name))
        return;
    list_names(pod->claims, &known);
    field_error_str(pod->errs, path, FIELD_NOT_FOUND, name,
                    "must be one of the names in pod.spec.resourceClaims%s%s",
                    known.len ? ": " : " which is empty", strbuf_str(&known));
}

static void claims(const struct pod_ctx *pod, const json_t *list, const struct path *path)
{
    cleanup_json json_t *seen = json_object();
    size_t i;
    json_t *claim;
    json_array_foreach (list, i, claim) {
        const struct path *p = PATH_INDEX(path, i);
        if (!*tree_str(claim, "name")) {
            check_miss(pod->errs, p, "");
            continue;
        }
        claim_entry(seen, claim, p, pod->errs);
        claim_exists(pod, tree_str(claim, "name"), p);
    }
}

void validate_resources(const struct pod_ctx *pod, const json_t *resources, const struct path *path)
{
    validate_resource_lists(resources, container_resource_name, path, pod->errs);
    claims(pod, tree_get(resources, "claims"), PATH_FIELD(path, "claims"));
}

/* The overhead is checked as limits, and reported as such. */
void validate_overhead(const struct pod_ctx *pod, const struct path *path)
{
    json_t *overhead = tree_get(pod->spec, "overhead");
    if (!overhead)
        return;
    cleanup_json json_t *resources = json_pack("{s:O}", "limits", overhead);
    validate_resource_lists(resources, container_resource_name, PATH_FIELD(path, "overhead"),
                            pod->errs);
}
