/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the API server warns about and accepts (pkg/api/pod/warnings.go, pkg/api/node/util.go).
 */
#include "validate_pod.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"
#include "names.h"
#include "quantity.h"
#include "tree.h"
#include "validate_pod_parts.h"

#define REQUIRED  "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED "preferredDuringSchedulingIgnoredDuringExecution"

struct note {
    const char *key;
    const char *text;
};

/* The row's text, NULL when there is no such key. The table ends with a NULL key. */
static const char *find_note(const struct note *table, const char *key)
{
    for (; table->key; table++)
        if (strcmp(table->key, key) == 0)
            return table->text;
    return NULL;
}

/* ---- labels that nodes had once ---- */

static const char *old_label(const char *key)
{
    static const struct note labels[] = {
        {"beta.kubernetes.io/arch", "deprecated since v1.14; use \"kubernetes.io/arch\" instead"},
        {"beta.kubernetes.io/os", "deprecated since v1.14; use \"kubernetes.io/os\" instead"},
        {"failure-domain.beta.kubernetes.io/region",
         "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead"},
        {"failure-domain.beta.kubernetes.io/zone",
         "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead"},
        {"beta.kubernetes.io/instance-type",
         "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead"},
        {NULL, NULL}};
    return find_note(labels, key);
}

struct report_ctx {
    struct field_errors *errs;
    const struct path *path;
};

static void report_warning(void *arg, const char *bad, const char *message)
{
    struct report_ctx *c = arg;
    (void)bad;
    field_warning(c->errs, c->path, "%s", message);
}

/* check_values: values that no label can have are no error in a preference. */
static void node_term(const json_t *term, bool check_values, const struct path *path,
                      struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "matchExpressions");
    size_t i, j;
    json_t *r, *v;
    json_array_foreach (tree_get(term, "matchExpressions"), i, r) {
        const struct path *p = PATH_INDEX(list, i);
        const struct path *values = PATH_FIELD(p, "values");
        const char *text = old_label(tree_str(r, "key"));
        if (text)
            field_warning(errs, PATH_FIELD(p, "key"), "%s is %s", tree_str(r, "key"), text);
        json_array_foreach (check_values ? tree_get(r, "values") : NULL, j, v) {
            struct report_ctx c = {.errs = errs, .path = PATH_INDEX(values, j)};
            names_label_value(json_string_value(v), report_warning, &c);
        }
    }
}

static void node_labels(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const json_t *affinity = tree_at(spec, "affinity", "nodeAffinity", NULL);
    const struct path *node = PATH_FIELD(PATH_FIELD(path, "affinity"), "nodeAffinity");
    const struct path *terms = PATH_FIELD(PATH_FIELD(node, REQUIRED), "nodeSelectorTerms");
    const struct path *preferred = PATH_FIELD(node, PREFERRED);
    const char *key;
    size_t i;
    json_t *v;
    json_object_foreach (tree_get(spec, "nodeSelector"), key, v)
        if (old_label(key))
            field_warning(errs, PATH_KEY(PATH_FIELD(path, "nodeSelector"), key), "%s",
                          old_label(key));
    json_array_foreach (tree_at(affinity, REQUIRED, "nodeSelectorTerms", NULL), i, v)
        node_term(v, false, PATH_INDEX(terms, i), errs);
    json_array_foreach (tree_get(affinity, PREFERRED), i, v)
        node_term(tree_get(v, "preference"), true,
                  PATH_FIELD(PATH_INDEX(preferred, i), "preference"), errs);
}

/* ---- selectors that match nothing ---- */

static void no_selector(const json_t *obj, const struct path *path, struct field_errors *errs)
{
    if (!tree_has(obj, "labelSelector"))
        field_warning(errs, PATH_FIELD(path, "labelSelector"),
                      "a null labelSelector results in matching no pod");
}

static void spread(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "topologySpreadConstraints");
    size_t i;
    json_t *c;
    json_array_foreach (tree_get(spec, "topologySpreadConstraints"), i, c) {
        const struct path *p = PATH_INDEX(list, i);
        const char *key = tree_str(c, "topologyKey");
        if (old_label(key))
            field_warning(errs, PATH_FIELD(p, "topologyKey"), "%s is %s", key, old_label(key));
        no_selector(c, p, errs);
    }
}

static void pod_affinity(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const kinds[] = {"podAffinity", "podAntiAffinity"};
    for (size_t k = 0; k < 2; k++) {
        const json_t *affinity = tree_at(spec, "affinity", kinds[k], NULL);
        const struct path *p = PATH_FIELD(PATH_FIELD(path, "affinity"), kinds[k]);
        const struct path *required = PATH_FIELD(p, REQUIRED);
        const struct path *preferred = PATH_FIELD(p, PREFERRED);
        size_t i;
        json_t *term;
        json_array_foreach (tree_get(affinity, REQUIRED), i, term)
            no_selector(term, PATH_INDEX(required, i), errs);
        json_array_foreach (tree_get(affinity, PREFERRED), i, term)
            no_selector(tree_get(term, "podAffinityTerm"),
                        PATH_FIELD(PATH_INDEX(preferred, i), "podAffinityTerm"), errs);
    }
}

/* ---- annotations and volumes of the past ---- */

static void annotations(const json_t *notes, const struct path *path, struct field_errors *errs)
{
    static const struct note old[] = {
        {"scheduler.alpha.kubernetes.io/critical-pod",
         "non-functional in v1.16+; use the \"priorityClassName\" field instead"},
        {"security.alpha.kubernetes.io/sysctls",
         "non-functional in v1.11+; use the \"sysctls\" field instead"},
        {"security.alpha.kubernetes.io/unsafe-sysctls",
         "non-functional in v1.11+; use the \"sysctls\" field instead"},
    };
    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        if (tree_has(notes, old[i].key))
            field_warning(errs, PATH_KEY(path, old[i].key), "%s", old[i].text);
}

static void fractional(const json_t *list, const char *name, const struct path *path,
                       struct field_errors *errs)
{
    struct quantity q;
    const char *text = tree_str(list, name);
    if (tree_has(list, name) && quantity_parse(&q, text, NULL) == 0 && !quantity_is_integer(&q))
        field_warning(errs, PATH_KEY(path, name),
                      "fractional byte value \"%s\" is invalid, must be an integer", text);
}

static void volumes(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const struct {
        const char *name;
        const char *path;
        const char *text;
    } old[] = {
        {"photonPersistentDisk", "photonPersistentDisk",
         "deprecated in v1.11, non-functional in v1.16+"},
        {"gitRepo", "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"},
        {"scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"},
        {"flocker", "flocker", "deprecated in v1.22, non-functional in v1.25+"},
        {"storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"},
        {"quobyte", "quobyte", "deprecated in v1.22, non-functional in v1.25+"},
        {"glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"},
        {"cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"},
        {"rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"},
    };
    const struct path *list = PATH_FIELD(path, "volumes");
    size_t i;
    json_t *v;
    json_array_foreach (tree_get(spec, "volumes"), i, v) {
        const struct path *p = PATH_INDEX(list, i);
        const struct path *claim = PATH_FIELD(PATH_FIELD(p, "ephemeral"), "volumeClaimTemplate");
        const struct path *resources = PATH_FIELD(PATH_FIELD(claim, "spec"), "resources");
        for (size_t o = 0; o < sizeof old / sizeof *old; o++)
            if (tree_has(v, old[o].name))
                field_warning(errs, PATH_FIELD(p, old[o].path), "%s", old[o].text);
        fractional(
            tree_at(v, "ephemeral", "volumeClaimTemplate", "spec", "resources", "requests", NULL),
            "storage", PATH_FIELD(resources, "requests"), errs);
    }
}

/* ---- files that a token shadows ---- */

static void shadowed(const json_t *source, json_t *tokens, const struct path *path,
                     struct field_errors *errs)
{
    static const char *const kinds[][2] = {
        {"configMap", "configMap"}, {"secret", "secrets"}, {"downwardAPI", "downwardAPI"}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const struct path *list = PATH_FIELD(path, kinds[k][1]);
        size_t i;
        json_t *item;
        json_array_foreach (tree_at(source, kinds[k][0], "items", NULL), i, item)
            if (tree_has(tokens, tree_str(item, "path")))
                field_warning(errs, PATH_INDEX(list, i),
                              "has duplicated path with ServiceAccountToken \"%s\"",
                              tree_str(item, "path"));
    }
}

static void token_paths(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "volumes");
    cleanup_json json_t *tokens = json_object();
    size_t i, j;
    json_t *v, *source;
    json_array_foreach (tree_get(spec, "volumes"), i, v)
        json_array_foreach (tree_at(v, "projected", "sources", NULL), j, source)
            if (tree_has(source, "serviceAccountToken"))
                check_set_add(tokens, tree_str(tree_get(source, "serviceAccountToken"), "path"));
    json_array_foreach (tree_get(spec, "volumes"), i, v) {
        const struct path *p = PATH_FIELD(PATH_INDEX(list, i), "projected");
        json_array_foreach (tree_at(v, "projected", "sources", NULL), j, source)
            shadowed(source, tokens, PATH_FIELD(p, "sources"), errs);
    }
}

/* ---- repeated entries ---- */

static void repeated(const json_t *spec, const char *list, const char *name,
                     const struct path *path, struct field_errors *errs)
{
    const struct path *list_path = PATH_FIELD(path, list);
    cleanup_json json_t *seen = json_object();
    size_t i;
    json_t *v;
    json_array_foreach (tree_get(spec, list), i, v)
        if (!check_set_add(seen, tree_str(v, name)))
            field_warning(errs, PATH_FIELD(PATH_INDEX(list_path, i), name), "duplicate %s \"%s\"",
                          name, tree_str(v, name));
}

static void pull_secrets(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "imagePullSecrets");
    size_t i;
    json_t *v;
    repeated(spec, "imagePullSecrets", "name", path, errs);
    json_array_foreach (tree_get(spec, "imagePullSecrets"), i, v)
        if (!*tree_str(v, "name"))
            field_warning(errs, PATH_FIELD(PATH_INDEX(list, i), "name"), "invalid empty name \"\"");
}

/* ---- containers ---- */

struct container_ctx {
    const json_t *template;
    const struct path *notes; /* of the annotations */
    struct field_errors *errs;
};

static void profile_note(const struct container_ctx *c, const char *prefix, const json_t *ctr,
                         const char *text)
{
    const json_t *notes = tree_at(c->template, "metadata", "annotations", NULL);
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    strbuf_addf(&key, "%s%s", prefix, tree_str(ctr, "name"));
    if (tree_has(notes, strbuf_str(&key)))
        field_warning(c->errs, PATH_KEY(c->notes, strbuf_str(&key)), "%s", text);
}

/* A later definition that builds on the earlier one is meant. */
static bool hides(const json_t *env)
{
    cleanup_strbuf struct strbuf ref = STRBUF_INIT;
    const char *value = tree_str(env, "value");
    strbuf_addf(&ref, "$(%s)", tree_str(env, "name"));
    return tree_has(env, "valueFrom") || strcmp(value, strbuf_str(&ref)) == 0 ||
           !strstr(value, strbuf_str(&ref));
}

static void env(const json_t *ctr, const struct path *path, struct field_errors *errs)
{
    const struct path *list = PATH_FIELD(path, "env");
    cleanup_json json_t *seen = json_object();
    size_t i;
    json_t *v;
    json_array_foreach (tree_get(ctr, "env"), i, v)
        if (!check_set_add(seen, tree_str(v, "name")) && hides(v))
            field_warning(errs, PATH_INDEX(list, i),
                          "hides previous definition of \"%s\", which may be dropped when using "
                          "apply",
                          tree_str(v, "name"));
}

static void container(const json_t *ctr, const struct path *path, void *arg)
{
    static const char *const resources[] = {"memory", "ephemeral-storage"};
    static const char *const lists[] = {"limits", "requests"};
    const struct container_ctx *c = arg;
    const json_t *sc = tree_get(ctr, "securityContext");
    const struct path *p = PATH_FIELD(path, "resources");
    bool pod_profile =
        tree_at(c->template, "spec", "securityContext", "appArmorProfile", NULL) != NULL;
    if (!tree_has(sc, "seccompProfile"))
        profile_note(c, SECCOMP_ANNOTATION_PREFIX, ctr,
                     "non-functional in v1.27+; use the \"seccompProfile\" field instead");
    if (!pod_profile && !tree_has(sc, "appArmorProfile"))
        profile_note(c, APPARMOR_ANNOTATION_PREFIX, ctr,
                     "deprecated since v1.30; use the \"appArmorProfile\" field instead");
    for (size_t r = 0; r < 2; r++)
        for (size_t l = 0; l < 2; l++)
            fractional(tree_at(ctr, "resources", lists[l], NULL), resources[r],
                       PATH_FIELD(p, lists[l]), c->errs);
    env(ctr, path, c->errs);
}

/* ---- ports of all containers ---- */

struct port {
    const json_t *port;
    char *path; /* rendered; owned */
};

struct ports_ctx {
    struct port *v;
    size_t len;
    struct field_errors *errs;
};

static void compare_ports(const struct ports_ctx *c, const json_t *port, const struct path *path,
                          const struct port *other)
{
    const char *ip = tree_str(port, "hostIP"), *other_ip = tree_str(other->port, "hostIP");
    long long host = tree_int(port, "hostPort"), other_host = tree_int(other->port, "hostPort");
    if (tree_int(port, "containerPort") != tree_int(other->port, "containerPort") ||
        strcmp(tree_str(port, "protocol"), tree_str(other->port, "protocol")) != 0)
        return;
    if (strcmp(ip, other_ip) == 0 && host == other_host)
        field_warning(c->errs, path, "duplicate port definition with %s", other->path);
    else if (host == 0 || other_host == 0)
        field_warning(c->errs, path, "overlapping port definition with %s", other->path);
    else if (host == other_host && (*ip == '\0') != (*other_ip == '\0'))
        field_warning(c->errs, path, "dangerously ambiguous port definition with %s", other->path);
}

static void keep_port(struct ports_ctx *c, const json_t *port, const struct path *path)
{
    struct strbuf text = STRBUF_INIT;
    struct port *v = grow(c->v, c->len, sizeof *v);
    if (!v) {
        c->errs->failed = true;
        return;
    }
    c->v = v;
    path_render(path, &text);
    struct port p = {.port = port, .path = strbuf_steal(&text)};
    if (p.path)
        c->v[c->len++] = p;
    else
        c->errs->failed = true;
}

/* As Go's %+v prints the struct. */
static void host_ip(const json_t *port, const struct path *path, struct field_errors *errs)
{
    if (*tree_str(port, "hostIP") && tree_int(port, "hostPort") == 0)
        field_warning(errs, path,
                      "hostIP set without hostPort: {Name:%s HostPort:0 ContainerPort:%lld "
                      "Protocol:%s HostIP:%s}",
                      tree_str(port, "name"), tree_int(port, "containerPort"),
                      tree_str(port, "protocol"), tree_str(port, "hostIP"));
}

static void container_ports(const json_t *ctr, const struct path *path, void *arg)
{
    struct ports_ctx *c = arg;
    const struct path *list = PATH_FIELD(path, "ports");
    size_t i;
    json_t *port;
    json_array_foreach (tree_get(ctr, "ports"), i, port) {
        const struct path *p = PATH_INDEX(list, i);
        host_ip(port, p, c->errs);
        for (size_t o = 0; o < c->len; o++)
            compare_ports(c, port, p, &c->v[o]);
        keep_port(c, port, p);
    }
}

static void ports(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    struct ports_ctx c = {.errs = errs};
    each_container(spec, path, container_ports, &c);
    for (size_t i = 0; i < c.len; i++)
        free(c.v[i].path);
    free(c.v);
}

/* ---- the whole ---- */

static void pod_seccomp(const json_t *template, const struct path *path, struct field_errors *errs)
{
    const json_t *notes = tree_at(template, "metadata", "annotations", NULL);
    if (tree_has(notes, SECCOMP_POD_ANNOTATION) &&
        !tree_at(template, "spec", "securityContext", "seccompProfile", NULL))
        field_warning(errs, PATH_KEY(path, SECCOMP_POD_ANNOTATION),
                      "non-functional in v1.27+; use the \"seccompProfile\" field instead");
}

void warn_pod_template(const json_t *template, const struct path *path, struct field_errors *errs)
{
    const json_t *spec = tree_get(template, "spec");
    const struct path *p = PATH_FIELD(path, "spec");
    const struct path *notes = PATH_FIELD(PATH_FIELD(path, "metadata"), "annotations");
    struct container_ctx c = {.template = template, .notes = notes, .errs = errs};
    node_labels(spec, p, errs);
    spread(spec, p, errs);
    annotations(tree_at(template, "metadata", "annotations", NULL), notes, errs);
    volumes(spec, p, errs);
    token_paths(spec, p, errs);
    repeated(spec, "hostAliases", "ip", p, errs);
    pull_secrets(spec, p, errs);
    fractional(tree_get(spec, "overhead"), "memory", PATH_FIELD(p, "overhead"), errs);
    fractional(tree_get(spec, "overhead"), "ephemeral-storage", PATH_FIELD(p, "overhead"), errs);
    pod_seccomp(template, notes, errs);
    each_container(spec, p, container, &c);
    ports(spec, p, errs);
    if (tree_int(spec, "terminationGracePeriodSeconds") < 0)
        field_warning(errs, PATH_FIELD(p, "terminationGracePeriodSeconds"),
                      "must be >= 0; negative values are invalid and will be treated as 1");
    pod_affinity(spec, p, errs);
}
