/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "container_env.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "cleanup.h"
#include "env_file.h"
#include "expand.h"
#include "names.h"
#include "pragma.h"
#include "strbuf.h"
#include "tree.h"

/* What the functions below hand on to each other. */
struct maker {
    const struct container_env *in;
    struct environment *env;
    size_t *budget;
};

/* How the two kinds of objects differ. */
static const struct source {
    const char *ref; /* in envFrom */
    enum object_kind kind;
    const char *title;
    bool base64;
} sources[] = {
    {"configMapRef", OBJECT_CONFIG_MAP, "ConfigMap", false},
    {"secretRef", OBJECT_SECRET, "Secret", true},
};

static int too_large(struct error *err)
{
    return error_set(err, "$(VAR): the expanded texts are too large together");
}

char *container_env_expand(struct environment *env, const char *text, size_t *budget,
                           struct error *err)
{
    struct strbuf out = {.max = *budget};
    if (*budget == 0 || expand_text(&out, text, environment_declared, env)) {
        strbuf_free(&out);
        too_large(err);
        return NULL;
    }
    *budget -= out.len < *budget ? out.len : *budget;
    char *s = strbuf_steal(&out);
    if (!s)
        error_set(err, "out of memory");
    return s;
}

/* The value of an object's key as text. A variable ends at its first NUL byte, whatever a Secret
 * holds; Kubernetes' container then fails to start. */
static char *text_of(const char *value, bool base64, struct error *err)
{
    unsigned char *data;
    size_t len;
    if (!base64) {
        char *copy = strdup(value);
        if (!copy)
            error_set(err, "out of memory");
        return copy;
    }
    if (base64_decode(value, &data, &len) < 0) {
        error_set(err, "the value is not base64");
        return NULL;
    }
    if (memchr(data, '\0', len)) {
        free(data);
        error_set(err, "the value holds a NUL byte, which no variable can");
        return NULL;
    }
    return (char *)data;
}

/* ---- envFrom ---- */

static int declare_all(struct maker *m, const struct source *s, const json_t *data,
                       const char *prefix, struct error *err)
{
    const char *key;
    json_t *v;
    json_object_foreach ((json_t *)data, key, v) {
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        strbuf_addf(&name, "%s%s", prefix, key);
        if (name.failed)
            return error_set(err, "out of memory");
        if (!names_env_name(strbuf_str(&name), NULL, NULL))
            continue; /* as the kubelet does */
        cleanup_free char *value = text_of(json_string_value(v), s->base64, err);
        if (!value || environment_declare(m->env, strbuf_str(&name), value, err) < 0)
            return error_prefix(err, "envFrom %s: %.100s", objects_singular(s->kind), key);
    }
    return 0;
}

static int add_from(struct maker *m, const json_t *from, struct error *err)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const struct source *s = &sources[i];
        const json_t *ref = tree_get(from, s->ref);
        cleanup_json json_t *object = NULL;
        if (!ref)
            continue;
        int rc = pod_facts_object(m->in->facts, s->kind, tree_str(ref, "name"),
                                  tree_bool(ref, "optional"), &object, err);
        if (rc == 0)
            rc = declare_all(m, s, tree_get(object, "data"), tree_str(from, "prefix"), err);
        if (rc)
            return rc;
    }
    return 0;
}

/* ---- valueFrom: each returns 0 with *value, or NULL for a variable that stays undefined ---- */

typedef int value_fn(struct maker *m, const json_t *ref, char **value, struct error *err);

static int take(struct strbuf *b, char **value, struct error *err)
{
    *value = strbuf_steal(b);
    return *value ? 0 : error_set(err, "out of memory");
}

static int from_field(struct maker *m, const json_t *ref, char **value, struct error *err)
{
    cleanup_strbuf struct strbuf b = {.max = CONTAINER_ENV_TEXT_MAX};
    if (pod_facts_field(m->in->facts, tree_str(ref, "fieldPath"), &b, err) < 0)
        return -1;
    return take(&b, value, err);
}

static int from_resource(struct maker *m, const json_t *ref, char **value, struct error *err)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    if (pod_facts_resource(m->in->facts, ref, tree_str(m->in->container, "name"), &b, err) < 0)
        return -1;
    return take(&b, value, err);
}

static int from_key(struct maker *m, const struct source *s, const json_t *ref, char **value,
                    struct error *err)
{
    bool optional = tree_bool(ref, "optional");
    const char *name = tree_str(ref, "name"), *key = tree_str(ref, "key");
    cleanup_json json_t *object = NULL;
    int rc = pod_facts_object(m->in->facts, s->kind, name, optional, &object, err);
    if (rc || !object)
        return rc;
    const json_t *data = tree_get(object, "data");
    if (tree_has(data, key)) {
        *value = text_of(tree_str(data, key), s->base64, err);
        return *value ? 0 : -1;
    }
    if (optional)
        return 0;
    error_set(err, "couldn't find key %s in %s %s/%s", key, s->title, m->in->facts->ns, name);
    return 1;
}

static int from_config_map(struct maker *m, const json_t *ref, char **value, struct error *err)
{
    return from_key(m, &sources[0], ref, value, err);
}

static int from_secret(struct maker *m, const json_t *ref, char **value, struct error *err)
{
    return from_key(m, &sources[1], ref, value, err);
}

static int from_file(struct maker *m, const json_t *ref, char **value, struct error *err)
{
    const char *folder;
    const char *path = tree_str(ref, "path"), *key = tree_str(ref, "key");
    if (!m->in->volume)
        return error_set(err, "there are no volumes");
    int rc = m->in->volume(m->in->volume_arg, tree_str(ref, "volumeName"), &folder, err);
    if (rc)
        return rc;
    if (env_file_read(folder, path, key, value, err)) {
        error_prefix(err, "couldn't parse env file %.200s", path);
        return 1;
    }
    if (*value || tree_bool(ref, "optional"))
        return 0;
    error_set(err, "environment variable key \"%.100s\" not found in file \"%.200s\"", key, path);
    return 1;
}

static int value_from(struct maker *m, const json_t *from, char **value, struct error *err)
{
    static const struct {
        const char *name;
        value_fn *make;
    } makers[] = {
        {"fieldRef", from_field},
        {"resourceFieldRef", from_resource},
        {"configMapKeyRef", from_config_map},
        {"secretKeyRef", from_secret},
        {"fileKeyRef", from_file},
    };
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (tree_has(from, makers[i].name))
            return makers[i].make(m, tree_get(from, makers[i].name), value, err);
    *value = strdup("");
    return *value ? 0 : error_set(err, "out of memory");
}

/* ---- env ---- */

/* A value that is not empty is expanded with what is known so far; what comes from elsewhere is
 * not. */
static int make_value(struct maker *m, const json_t *entry, char **value, struct error *err)
{
    const char *text = tree_str(entry, "value");
    if (!*text && tree_has(entry, "valueFrom"))
        return value_from(m, tree_get(entry, "valueFrom"), value, err);
    *value = container_env_expand(m->env, text, m->budget, err);
    return *value ? 0 : -1;
}

static int add_variable(struct maker *m, const json_t *entry, struct error *err)
{
    cleanup_free char *value = NULL;
    const char *name = tree_str(entry, "name");
    int rc = make_value(m, entry, &value, err);
    if (rc > 0)
        return rc; /* the kubelet's own words */
    if (rc < 0)
        return error_prefix(err, "env %.100s", name);
    return value ? environment_declare(m->env, name, value, err) : 0;
}

static bool has_variable(const json_t *container, const char *name)
{
    return tree_named(tree_get(container, "env"), name) != NULL;
}

/* The Job controller appends the index variable to env unless there is one of that name. What the
 * task inherited (from a login shell, or from the pod that submitted this Job) is never the
 * container's; and a step's index is the plugin's business only if the manifest has no say. */
static int add_index(struct maker *m, struct error *err)
{
    char text[16];
    bool own = has_variable(m->in->container, CONTAINER_ENV_INDEX);
    if (own || !m->in->indexed) {
        environment_drop(m->env, PRAGMA_STEP_MARK);
        return 0;
    }
    snprintf(text, sizeof text, "%u", m->in->index);
    return environment_declare(m->env, CONTAINER_ENV_INDEX, text, err);
}

static int fill(struct maker *m, struct error *err)
{
    size_t i;
    json_t *entry;
    int rc;
    environment_drop(m->env, CONTAINER_ENV_INDEX);
    if (m->in->hostname && environment_set(m->env, "HOSTNAME", m->in->hostname, err))
        return -1;
    json_array_foreach (tree_get(m->in->container, "envFrom"), i, entry)
        if ((rc = add_from(m, entry, err)))
            return rc;
    json_array_foreach (tree_get(m->in->container, "env"), i, entry)
        if ((rc = add_variable(m, entry, err)))
            return rc;
    return add_index(m, err);
}

int container_env_make(struct environment **out, const struct container_env *in, size_t *budget,
                       struct error *err)
{
    struct maker m = {in, environment_new(in->base, CONTAINER_ENV_TEXT_MAX), budget};
    *out = NULL;
    if (!m.env)
        return error_set(err, "out of memory");
    int rc = fill(&m, err);
    if (rc)
        environment_free(m.env);
    else
        *out = m.env;
    return rc;
}
