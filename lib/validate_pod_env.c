/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod_parts.h"

#include <string.h>

#include "cleanup.h"
#include "names.h"
#include "quantity.h"
#include "tree.h"
#include "validate_meta.h"

/* ---- downward API: fields ---- */

/* "metadata.labels['KEY']": copies path and key; *key is NULL for a path without subscript. */
static int split_subscript(const char *label, char **path, char **key)
{
    size_t n = strlen(label);
    const char *open = strstr(label, "['");
    bool subscript = n >= 2 && strcmp(label + n - 2, "']") == 0 && open && open > label &&
                     open + 2 <= label + n - 2;
    *path = subscript ? strndup(label, (size_t)(open - label)) : strdup(label);
    *key = subscript ? strndup(open + 2, (size_t)(label + n - 2 - (open + 2))) : NULL;
    return *path && (*key || !subscript) ? 0 : -1;
}

/* Known to the API server at all, wherever they are supported. */
static bool is_field_label(const char *path)
{
    static const char *const known[] = {
        "metadata.annotations", "metadata.labels",    "metadata.name",
        "metadata.namespace",   "metadata.uid",       "spec.nodeName",
        "spec.restartPolicy",   "spec.schedulerName", "spec.serviceAccountName",
        "status.phase",         "status.hostIP",      "status.hostIPs",
        "status.podIP",         "status.podIPs",      NULL};
    return check_in(path, known);
}

/* The one alias that is left: spec.host is spec.nodeName. */
static const char *current_label(const char *label)
{
    return strcmp(label, "spec.host") == 0 ? "spec.nodeName" : label;
}

/* Keys of annotations are checked, and shown, in lower case. */
static void lower(char *s)
{
    for (; *s; s++)
        if (*s >= 'A' && *s <= 'Z')
            *s = (char)(*s - 'A' + 'a');
}

static void field_path(const char *label, const char *const *allowed, const struct path *ref,
                       struct field_errors *errs)
{
    static const char *const maps[] = {"metadata.annotations", "metadata.labels", NULL};
    const struct path *p = PATH_FIELD(ref, "fieldPath");
    cleanup_free char *path = NULL;
    cleanup_free char *key = NULL;
    if (split_subscript(label, &path, &key) < 0) {
        errs->failed = true;
        return;
    }
    if (key && !check_in(path, maps)) {
        field_error_str(errs, p, FIELD_INVALID, label,
                        "error converting fieldPath: field label does not support subscript: %s",
                        label);
    } else if (key) {
        if (strcmp(path, "metadata.annotations") == 0)
            lower(key);
        validate_qualified_name(key, ref, errs);
    } else if (!is_field_label(current_label(path))) {
        field_error_str(errs, p, FIELD_INVALID, label,
                        "error converting fieldPath: field label not supported: %s", label);
    } else if (!check_in(current_label(path), allowed)) {
        cleanup_json json_t *bad = json_string_nocheck(current_label(path));
        field_unsupported(errs, p, bad, allowed);
    }
}

void validate_field_ref(const json_t *ref, const char *const *allowed, const struct path *path,
                        struct field_errors *errs)
{
    const char *version = tree_str(ref, "apiVersion");
    if (!check_required(ref, "apiVersion", path, errs) ||
        !check_required(ref, "fieldPath", path, errs))
        return;
    if (strcmp(version, "v1") != 0)
        field_error_str(errs, PATH_FIELD(path, "fieldPath"), FIELD_INVALID,
                        tree_str(ref, "fieldPath"),
                        "error converting fieldPath: unsupported pod version: %s", version);
    else
        field_path(tree_str(ref, "fieldPath"), allowed, path, errs);
}

/* ---- downward API: resources ---- */

#define BYTE_DIVISORS "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei"

static const char *const cpu_divisors[] = {"1m", "1", NULL};
static const char *const byte_divisors[] = {"1",   "1k",  "1M",  "1G",  "1T",  "1P",  "1E",
                                            "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei", NULL};

/* suffix is what follows "limits." or "requests."; huge pages go by their prefix. */
static const struct {
    const char *suffix;
    bool prefix;
    const char *const *divisors;
    const char *message;
} resources[] = {
    {"cpu", false, cpu_divisors,
     "only divisor's values 1m and 1 are supported with the cpu resource"},
    {"memory", false, byte_divisors,
     "only divisor's values " BYTE_DIVISORS " are supported with the memory resource"},
    {"ephemeral-storage", false, byte_divisors,
     "only divisor's values " BYTE_DIVISORS
     " are supported with the local ephemeral storage resource"},
    {"hugepages-", true, byte_divisors,
     "only divisor's values " BYTE_DIVISORS " are supported with the hugepages resource"},
};

/* Index into the table, -1 for a resource that is not known. */
static int find_resource(const char *name)
{
    size_t skip = check_has_prefix(name, "limits.")     ? strlen("limits.")
                  : check_has_prefix(name, "requests.") ? strlen("requests.")
                                                        : 0;
    for (size_t i = 0; skip && i < sizeof resources / sizeof *resources; i++)
        if (resources[i].prefix ? check_has_prefix(name + skip, resources[i].suffix)
                                : strcmp(name + skip, resources[i].suffix) == 0)
            return (int)i;
    return -1;
}

static void divisor(const json_t *ref, int kind, const struct path *path, struct field_errors *errs)
{
    struct quantity q;
    const char *text = tree_str(ref, "divisor");
    if (kind < 0 || quantity_parse(&q, text, NULL) < 0 || quantity_sign(&q) == 0)
        return;
    if (!check_in(text, resources[kind].divisors))
        field_error_str(errs, PATH_FIELD(path, "divisor"), FIELD_INVALID, tree_str(ref, "resource"),
                        "%s", resources[kind].message);
}

void validate_resource_ref(const json_t *ref, bool volume, const struct path *path,
                           struct field_errors *errs)
{
    static const char *const supported[] = {"limits.cpu",
                                            "limits.ephemeral-storage",
                                            "limits.memory",
                                            "requests.cpu",
                                            "requests.ephemeral-storage",
                                            "requests.memory",
                                            NULL};
    int kind = find_resource(tree_str(ref, "resource"));
    if ((!volume || check_required(ref, "containerName", path, errs)) &&
        check_required(ref, "resource", path, errs) && kind < 0)
        field_unsupported(errs, PATH_FIELD(path, "resource"), tree_get(ref, "resource"), supported);
    divisor(ref, kind, path, errs);
}

/* ---- env ---- */

typedef void source_check(const json_t *source, const struct path *path, struct field_errors *errs);

static void env_field(const json_t *ref, const struct path *path, struct field_errors *errs)
{
    static const char *const allowed[] = {"metadata.name",
                                          "metadata.namespace",
                                          "metadata.uid",
                                          "spec.nodeName",
                                          "spec.serviceAccountName",
                                          "status.hostIP",
                                          "status.hostIPs",
                                          "status.podIP",
                                          "status.podIPs",
                                          NULL};
    validate_field_ref(ref, allowed, path, errs);
}

static void env_resource(const json_t *ref, const struct path *path, struct field_errors *errs)
{
    validate_resource_ref(ref, false, path, errs);
}

/* The name may not be empty, and Kubernetes says so by the rule for names. */
static void env_key(const json_t *ref, const struct path *path, struct field_errors *errs)
{
    names_validate(names_dns_subdomain, tree_str(ref, "name"), errs, PATH_FIELD(path, "name"));
    check_required_name(ref, "key", names_config_key, path, errs);
}

static void env_file(const json_t *ref, const struct path *path, struct field_errors *errs)
{
    check_required_name(ref, "key", names_env_name, path, errs);
    check_required_name(ref, "volumeName", names_dns_label, path, errs);
    if (check_required(ref, "path", path, errs))
        check_no_backsteps(tree_str(ref, "path"), PATH_FIELD(path, "path"), errs);
}

static void env_source(const json_t *env, const struct path *path, struct field_errors *errs)
{
    static const struct {
        const char *name;
        source_check *check;
    } sources[] = {
        {"fieldRef", env_field},   {"resourceFieldRef", env_resource}, {"configMapKeyRef", env_key},
        {"secretKeyRef", env_key}, {"fileKeyRef", env_file},
    };
    const json_t *from = tree_get(env, "valueFrom");
    size_t n = 0;
    if (!from)
        return;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (!tree_has(from, sources[i].name))
            continue;
        n++;
        sources[i].check(tree_get(from, sources[i].name), PATH_FIELD(path, sources[i].name), errs);
    }
    if (n == 0)
        field_error_str(errs, path, FIELD_INVALID, "",
                        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, "
                        "`secretKeyRef` or `fileKeyRef`");
    else if (*tree_str(env, "value"))
        field_error_str(errs, path, FIELD_INVALID, "",
                        "may not be specified when `value` is not empty");
    else if (n > 1)
        field_error_str(errs, path, FIELD_INVALID, "",
                        "may not have more than one field specified at a time");
}

void validate_env(const json_t *ctr, const struct path *path, struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "env");
    size_t i;
    json_t *env;
    json_array_foreach (tree_get(ctr, "env"), i, env) {
        const struct path *p = PATH_INDEX(list, i);
        check_required_name(env, "name", names_env_name, p, errs);
        env_source(env, PATH_FIELD(p, "valueFrom"), errs);
    }
}

/* ---- envFrom ---- */

/* A trailing '-' is allowed: Kubernetes checks these names as prefixes. */
static void env_from_ref(const json_t *ref, const struct path *path, struct field_errors *errs)
{
    if (check_required(ref, "name", path, errs))
        names_validate_prefix(names_dns_subdomain, tree_str(ref, "name"), errs,
                              PATH_FIELD(path, "name"));
}

/* Errors about the number of sources carry the path of the list. */
void validate_env_from(const json_t *ctr, const struct path *path, struct field_errors *errs)
{
    static const char *const refs[] = {"configMapRef", "secretRef"};
    const struct path *list = PATH_FIELD(path, "envFrom");
    size_t i;
    json_t *from;
    json_array_foreach (tree_get(ctr, "envFrom"), i, from) {
        const struct path *p = PATH_INDEX(list, i);
        size_t n = 0;
        check_name(from, "prefix", names_env_name, p, errs);
        for (size_t r = 0; r < 2; r++) {
            if (!tree_has(from, refs[r]))
                continue;
            n++;
            env_from_ref(tree_get(from, refs[r]), PATH_FIELD(p, refs[r]), errs);
        }
        if (n == 0)
            field_error_str(errs, list, FIELD_INVALID, "",
                            "must specify one of: `configMapRef` or `secretRef`");
        else if (n > 1)
            field_error_str(errs, list, FIELD_INVALID, "",
                            "may not have more than one field specified at a time");
    }
}

/* ---- fileKeyRef against the volumes ---- */

struct env_files {
    json_t *volumes; /* name -> Volume */
    struct field_errors *errs;
};

static void container_files(const json_t *ctr, const struct path *path, void *arg)
{
    struct env_files *c = arg;
    const struct path *list = PATH_FIELD(path, "env");
    size_t i;
    json_t *env;
    json_array_foreach (tree_get(ctr, "env"), i, env) {
        const json_t *ref = tree_at(env, "valueFrom", "fileKeyRef", NULL);
        const struct path *from = PATH_FIELD(PATH_INDEX(list, i), "valueFrom");
        const struct path *p = PATH_FIELD(PATH_FIELD(from, "fileKeyRef"), "volumeName");
        const char *name = tree_str(ref, "volumeName");
        if (!ref)
            continue;
        if (!tree_has(c->volumes, name))
            field_error_str(c->errs, p, FIELD_NOT_FOUND, name, NULL);
        else if (!tree_has(tree_get(c->volumes, name), "emptyDir"))
            field_error_str(c->errs, p, FIELD_INVALID, name,
                            "referenced volume must be of type emptyDir");
    }
}

void validate_env_files(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    cleanup_json json_t *volumes = json_object();
    struct env_files c = {.volumes = volumes, .errs = errs};
    size_t i;
    json_t *v;
    json_array_foreach (tree_get(spec, "volumes"), i, v)
        json_object_set_nocheck(volumes, tree_str(v, "name"), v);
    each_container(spec, path, container_files, &c);
}
