/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "describe.h"
#include "tree.h"

static const char *yes_no(const json_t *source, const char *field)
{
    return tree_bool(source, field) ? "true" : "false";
}

static void config_map(const json_t *s, struct strbuf *out)
{
    strbuf_addf(out,
                "    Type:\tConfigMap (a volume populated by a ConfigMap)\n    Name:\t%s\n"
                "    Optional:\t%s\n",
                tree_str(s, "name"), yes_no(s, "optional"));
}

static void secret(const json_t *s, struct strbuf *out)
{
    strbuf_addf(out,
                "    Type:\tSecret (a volume populated by a Secret)\n    SecretName:\t%s\n"
                "    Optional:\t%s\n",
                tree_str(s, "secretName"), yes_no(s, "optional"));
}

static void empty_dir(const json_t *s, struct strbuf *out)
{
    const char *limit = tree_str(s, "sizeLimit");
    strbuf_addf(out,
                "    Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)\n"
                "    Medium:\t%s\n    SizeLimit:\t%s\n",
                tree_str(s, "medium"), *limit ? limit : "<unset>");
}

static void host_path(const json_t *s, struct strbuf *out)
{
    strbuf_addf(out,
                "    Type:\tHostPath (bare host directory volume)\n    Path:\t%s\n"
                "    HostPathType:\t%s\n",
                tree_str(s, "path"), tree_str(s, "type"));
}

static void claim(const json_t *s, struct strbuf *out)
{
    strbuf_addf(out,
                "    Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the "
                "same namespace)\n    ClaimName:\t%s\n    ReadOnly:\t%s\n",
                tree_str(s, "claimName"), yes_no(s, "readOnly"));
}

static void nfs(const json_t *s, struct strbuf *out)
{
    strbuf_addf(out,
                "    Type:\tNFS (an NFS mount that lasts the lifetime of a pod)\n    Server:\t%s\n"
                "    Path:\t%s\n    ReadOnly:\t%s\n",
                tree_str(s, "server"), tree_str(s, "path"), yes_no(s, "readOnly"));
}

static void downward(const json_t *s, struct strbuf *out)
{
    size_t i;
    json_t *item;
    strbuf_adds(out, "    Type:\tDownwardAPI (a volume populated by information about the pod)\n"
                     "    Items:\n");
    json_array_foreach (tree_get(s, "items"), i, item)
        strbuf_addf(out, "      %s -> %s\n", tree_str(tree_get(item, "fieldRef"), "fieldPath"),
                    tree_str(item, "path"));
}

static void projected(const json_t *s, struct strbuf *out)
{
    size_t i;
    json_t *source;
    strbuf_adds(out, "    Type:\tProjected (a volume that contains injected data from multiple "
                     "sources)\n");
    json_array_foreach (tree_get(s, "sources"), i, source) {
        const json_t *map = tree_get(source, "configMap"), *key = tree_get(source, "secret");
        if (map)
            strbuf_addf(out, "    ConfigMapName:\t%s\n    Optional:\t%s\n", tree_str(map, "name"),
                        yes_no(map, "optional"));
        if (key)
            strbuf_addf(out, "    SecretName:\t%s\n    Optional:\t%s\n", tree_str(key, "name"),
                        yes_no(key, "optional"));
        if (tree_has(source, "downwardAPI"))
            strbuf_adds(out, "    DownwardAPI:\ttrue\n");
    }
}

static const struct {
    const char *field;
    void (*describe)(const json_t *source, struct strbuf *out);
} sources[] = {
    {"configMap", config_map},        {"secret", secret},
    {"emptyDir", empty_dir},          {"hostPath", host_path},
    {"persistentVolumeClaim", claim}, {"nfs", nfs},
    {"downwardAPI", downward},        {"projected", projected},
};

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
        bool known = false;
        strbuf_addf(out, "  %s%s:\n", *space ? " " : "", tree_str(v, "name"));
        for (size_t k = 0; k < sizeof sources / sizeof *sources; k++)
            if (tree_has(v, sources[k].field)) {
                sources[k].describe(tree_get(v, sources[k].field), out);
                known = true;
            }
        if (!known)
            strbuf_adds(out, "    <unknown>\n");
    }
}
