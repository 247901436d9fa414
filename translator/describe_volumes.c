/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "describe.h"
#include "tree.h"

struct field {
    const char *title;
    const char *name;
    enum { TEXT, TEXT_OR_UNSET, YES_NO } kind;
};

static void add_field(const struct field *f, const json_t *source, struct strbuf *out)
{
    const char *value = f->kind == YES_NO ? tree_bool(source, f->name) ? "true" : "false"
                                          : tree_str(source, f->name);
    strbuf_addf(out, "    %s:\t%s\n", f->title,
                *value || f->kind != TEXT_OR_UNSET ? value : "<unset>");
}

static void add_fields(const struct field *v, const json_t *source, struct strbuf *out)
{
    for (; v->title; v++)
        add_field(v, source, out);
}

static void add_items(const json_t *s, struct strbuf *out)
{
    size_t i;
    json_t *item;
    strbuf_adds(out, "    Items:\n");
    json_array_foreach (tree_get(s, "items"), i, item)
        strbuf_addf(out, "      %s -> %s\n", tree_str(tree_get(item, "fieldRef"), "fieldPath"),
                    tree_str(item, "path"));
}

static void add_sources(const json_t *s, struct strbuf *out)
{
    static const struct field config_map[] = {
        {"ConfigMapName", "name", TEXT}, {"Optional", "optional", YES_NO}, {0}};
    static const struct field secret[] = {
        {"SecretName", "name", TEXT}, {"Optional", "optional", YES_NO}, {0}};
    size_t i;
    json_t *source;
    json_array_foreach (tree_get(s, "sources"), i, source) {
        if (tree_has(source, "configMap"))
            add_fields(config_map, tree_get(source, "configMap"), out);
        if (tree_has(source, "secret"))
            add_fields(secret, tree_get(source, "secret"), out);
        if (tree_has(source, "downwardAPI"))
            strbuf_adds(out, "    DownwardAPI:\ttrue\n");
    }
}

#define FIELDS_MAX 4

static const struct {
    const char *name;
    const char *type;
    struct field fields[FIELDS_MAX];
    void (*add_rest)(const json_t *source, struct strbuf *out);
} sources[] = {
    {"configMap",
     "ConfigMap (a volume populated by a ConfigMap)",
     {{"Name", "name", TEXT}, {"Optional", "optional", YES_NO}},
     NULL},
    {"secret",
     "Secret (a volume populated by a Secret)",
     {{"SecretName", "secretName", TEXT}, {"Optional", "optional", YES_NO}},
     NULL},
    {"emptyDir",
     "EmptyDir (a temporary directory that shares a pod's lifetime)",
     {{"Medium", "medium", TEXT}, {"SizeLimit", "sizeLimit", TEXT_OR_UNSET}},
     NULL},
    {"hostPath",
     "HostPath (bare host directory volume)",
     {{"Path", "path", TEXT}, {"HostPathType", "type", TEXT}},
     NULL},
    {"persistentVolumeClaim",
     "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
     {{"ClaimName", "claimName", TEXT}, {"ReadOnly", "readOnly", YES_NO}},
     NULL},
    {"nfs",
     "NFS (an NFS mount that lasts the lifetime of a pod)",
     {{"Server", "server", TEXT}, {"Path", "path", TEXT}, {"ReadOnly", "readOnly", YES_NO}},
     NULL},
    {"downwardAPI",
     "DownwardAPI (a volume populated by information about the pod)",
     {{0}},
     add_items},
    {"projected",
     "Projected (a volume that contains injected data from multiple sources)",
     {{0}},
     add_sources},
};

/* Returns whether it is a source that is known. */
static bool add_source(const json_t *volume, struct strbuf *out)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const json_t *source = tree_get(volume, sources[i].name);
        if (!source)
            continue;
        strbuf_addf(out, "    Type:\t%s\n", sources[i].type);
        add_fields(sources[i].fields, source, out);
        if (sources[i].add_rest)
            sources[i].add_rest(source, out);
        return true;
    }
    return false;
}

void describe_volumes(const json_t *volumes, const char *space, struct strbuf *out)
{
    size_t i;
    json_t *v;
    if (!json_array_size(volumes)) {
        strbuf_addf(out, "%sVolumes:\t<none>\n", space);
        return;
    }
    strbuf_addf(out, "%sVolumes:\n", space);
    json_array_foreach (volumes, i, v) {
        strbuf_addf(out, "  %s%s:\n", *space ? " " : "", tree_str(v, "name"));
        if (!add_source(v, out))
            strbuf_adds(out, "    <unknown>\n");
    }
}
