/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "payload.h"

#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "cleanup.h"
#include "grow.h"
#include "strbuf.h"
#include "tree.h"

#define MODE_DEFAULT 0644

struct maker {
    const struct pod_facts *facts;
    int default_mode;
    struct payload_file *files; /* in the order they are made */
    size_t len;
    json_t *places; /* path -> place in files */
    size_t budget;
};

/* How the two kinds of objects differ. */
static const struct source {
    enum object_kind kind;
    const char *text;    /* a map of plain texts, or NULL */
    const char *bytes;   /* a map of base64 */
    const char *missing; /* what is said of a key that is not there */
} config_map = {OBJECT_CONFIG_MAP, "data", "binaryData",
                "configmap references non-existent config key"},
  secret = {OBJECT_SECRET, NULL, "data", "references non-existent secret key"};

/* ---- files ---- */

/* The path without empty and "." elements; NULL (and err) when it could leave the volume: a
 * manifest that went past validation. */
static char *clean_path(const char *path, struct error *err)
{
    struct strbuf b = STRBUF_INIT;
    for (const char *p = path; *p;) {
        size_t n = strcspn(p, "/");
        bool is_up = n == 2 && p[0] == '.' && p[1] == '.';
        if (is_up || (p == path && n == 0)) {
            strbuf_free(&b);
            error_set(err, "the path %.200s of a file does not stay in its volume", path);
            return NULL;
        }
        if (n > 0 && !(n == 1 && *p == '.')) {
            strbuf_adds(&b, b.len ? "/" : "");
            strbuf_add(&b, p, n);
        }
        p += n + (p[n] == '/');
    }
    bool is_empty = b.len == 0;
    char *clean = strbuf_steal(&b);
    if (clean && !is_empty)
        return clean;
    free(clean);
    error_set(err, is_empty ? "the path of a file in a volume is empty" : "out of memory");
    return NULL;
}

static void free_file(struct payload_file *f)
{
    free(f->path);
    free(f->data);
}

/* A later file replaces an earlier one of the same path, as in a projected volume. Takes the file
 * over, also when it fails. */
static int place_file(struct maker *m, struct payload_file *f)
{
    const json_t *known = json_object_get(m->places, f->path);
    if (known) {
        struct payload_file *old = &m->files[json_integer_value(known)];
        free_file(old);
        *old = *f;
        return 0;
    }
    struct payload_file *files = grow(m->files, m->len, sizeof *files);
    m->files = files ? files : m->files;
    if (!files ||
        json_object_set_new_nocheck(m->places, f->path, json_integer((json_int_t)m->len)) < 0) {
        free_file(f);
        return -1;
    }
    m->files[m->len++] = *f;
    return 0;
}

/* Takes data over, also when it fails. */
static int add_file(struct maker *m, const char *path, int mode, char *data, size_t len,
                    struct error *err)
{
    struct payload_file f = {NULL, mode, data, len};
    size_t size = len + sizeof f + strlen(path);
    f.path = clean_path(path, err);
    if (!f.path || size > m->budget) {
        free_file(&f);
        return f.path ? error_set(err, "the volume's files are larger than %zu MiB together",
                                  PAYLOAD_MAX >> 20)
                      : -1;
    }
    m->budget -= size;
    return place_file(m, &f) < 0 ? error_set(err, "out of memory") : 0;
}

static int mode_of(const struct maker *m, const json_t *item)
{
    return tree_has(item, "mode") ? (int)tree_int(item, "mode") & 0777 : m->default_mode;
}

/* ---- ConfigMaps and Secrets ---- */

static int add_text(struct maker *m, const char *path, int mode, const char *value,
                    struct error *err)
{
    char *copy = strdup(value);
    if (!copy)
        return error_set(err, "out of memory");
    return add_file(m, path, mode, copy, strlen(copy), err);
}

static int add_bytes(struct maker *m, const char *path, int mode, const char *value,
                     struct error *err)
{
    unsigned char *data;
    size_t len;
    if (base64_decode(value, &data, &len) < 0)
        return error_set(err, "%.200s: the value is not base64", path);
    return add_file(m, path, mode, (char *)data, len, err);
}

static int add_map(struct maker *m, const json_t *map, bool base64, struct error *err)
{
    const char *key;
    json_t *v;
    json_object_foreach ((json_t *)map, key, v)
        if ((base64 ? add_bytes : add_text)(m, key, m->default_mode, json_string_value(v), err))
            return -1;
    return 0;
}

static int add_item(struct maker *m, const struct source *s, const json_t *object,
                    const json_t *item, bool optional, struct error *err)
{
    const char *key = tree_str(item, "key"), *path = tree_str(item, "path");
    const json_t *text = s->text ? tree_get(object, s->text) : NULL;
    const json_t *bytes = tree_get(object, s->bytes);
    if (tree_has(text, key))
        return add_text(m, path, mode_of(m, item), tree_str(text, key), err);
    if (tree_has(bytes, key))
        return add_bytes(m, path, mode_of(m, item), tree_str(bytes, key), err);
    if (optional)
        return 0;
    error_set(err, "%s: %s", s->missing, key);
    return 1;
}

static int add_object(struct maker *m, const struct source *s, const json_t *ref, const char *name,
                      struct error *err)
{
    bool optional = tree_bool(ref, "optional");
    const json_t *items = tree_get(ref, "items");
    cleanup_json json_t *object = NULL;
    int rc = pod_facts_object(m->facts, s->kind, name, optional, &object, err);
    if (rc || !object)
        return rc;
    if (!json_array_size(items))
        return (s->text && add_map(m, tree_get(object, s->text), false, err)) ||
                       add_map(m, tree_get(object, s->bytes), true, err)
                   ? -1
                   : 0;
    size_t i;
    json_t *item;
    json_array_foreach (items, i, item)
        if ((rc = add_item(m, s, object, item, optional, err)))
            return rc;
    return 0;
}

/* ---- the downward API ---- */

static int add_downward_item(struct maker *m, const json_t *item, struct error *err)
{
    cleanup_strbuf struct strbuf b = {.max = PAYLOAD_MAX};
    const json_t *field = tree_get(item, "fieldRef");
    const json_t *resource = tree_get(item, "resourceFieldRef");
    if (field && pod_facts_field(m->facts, tree_str(field, "fieldPath"), &b, err) < 0)
        return -1;
    if (!field && resource && pod_facts_resource(m->facts, resource, "", &b, err) < 0)
        return -1;
    size_t len = b.len;
    char *data = strbuf_steal(&b);
    if (!data)
        return error_set(err, "out of memory");
    return add_file(m, tree_str(item, "path"), mode_of(m, item), data, len, err);
}

static int add_downward(struct maker *m, const json_t *source, struct error *err)
{
    size_t i;
    json_t *item;
    json_array_foreach (tree_get(source, "items"), i, item)
        if (add_downward_item(m, item, err) < 0)
            return -1;
    return 0;
}

/* ---- volumes ---- */

typedef int source_fn(struct maker *m, const json_t *source, struct error *err);

static int add_config_map(struct maker *m, const json_t *source, struct error *err)
{
    return add_object(m, &config_map, source, tree_str(source, "name"), err);
}

/* A Secret is called otherwise in a volume of its own than in a projected one. */
static int add_secret(struct maker *m, const json_t *source, struct error *err)
{
    return add_object(m, &secret, source, tree_str(source, "secretName"), err);
}

static int project_secret(struct maker *m, const json_t *source, struct error *err)
{
    return add_object(m, &secret, source, tree_str(source, "name"), err);
}

static const struct projection {
    const char *name;
    source_fn *make;
    const char *refusal; /* where make is NULL */
} projections[] = {
    {"configMap", add_config_map, NULL},
    {"secret", project_secret, NULL},
    {"downwardAPI", add_downward, NULL},
    {"serviceAccountToken", NULL, "there is no Kubernetes API that would take one"},
    {"clusterTrustBundle", NULL, "there is no Kubernetes API that would have one"},
    {"podCertificate", NULL, "there is no Kubernetes API that would sign one"},
};

static int project(struct maker *m, const struct projection *p, const json_t *source,
                   struct error *err)
{
    return p->make ? p->make(m, source, err) : error_set(err, "%s: %s", p->name, p->refusal);
}

static int make_projected(struct maker *m, const json_t *source, struct error *err)
{
    size_t i;
    json_t *one;
    json_array_foreach (tree_get(source, "sources"), i, one)
        for (size_t k = 0; k < sizeof projections / sizeof *projections; k++) {
            const json_t *s = tree_get(one, projections[k].name);
            int rc = s ? project(m, &projections[k], s, err) : 0;
            if (rc)
                return rc;
        }
    return 0;
}

static const struct {
    const char *name;
    source_fn *make;
} volumes[] = {
    {"configMap", add_config_map},
    {"secret", add_secret},
    {"downwardAPI", add_downward},
    {"projected", make_projected},
};

/* ---- the whole ---- */

static int by_path(const void *a, const void *b)
{
    const struct payload_file *x = a, *y = b;
    return strcmp(x->path, y->path);
}

/* A file cannot be the folder of another. */
static int check_folders(const struct maker *m, struct error *err)
{
    for (size_t i = 0; i < m->len; i++) {
        const char *path = m->files[i].path;
        for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
            cleanup_free char *folder = strndup(path, (size_t)(slash - path));
            if (!folder)
                return error_set(err, "out of memory");
            if (json_object_get(m->places, folder))
                return error_set(err, "%.200s is a file and a folder of the same volume", folder);
        }
    }
    return 0;
}

static int make(struct maker *m, const json_t *volume, struct error *err)
{
    for (size_t i = 0; i < sizeof volumes / sizeof *volumes; i++) {
        const json_t *source = tree_get(volume, volumes[i].name);
        if (!source)
            continue;
        if (tree_has(source, "defaultMode"))
            m->default_mode = (int)tree_int(source, "defaultMode") & 0777;
        int rc = volumes[i].make(m, source, err);
        return rc ? rc : check_folders(m, err);
    }
    return error_set(err, "volume %.100s has no files of its own", tree_str(volume, "name"));
}

int payload_make(struct payload *out, const json_t *volume, const struct pod_facts *facts,
                 struct error *err)
{
    cleanup_json json_t *places = json_object();
    struct maker m = {
        .facts = facts, .default_mode = MODE_DEFAULT, .places = places, .budget = PAYLOAD_MAX};
    int rc = places ? make(&m, volume, err) : error_set(err, "out of memory");
    *out = (struct payload){m.files, m.len};
    if (rc)
        payload_free(out);
    else if (m.len)
        qsort(m.files, m.len, sizeof *m.files, by_path);
    return rc;
}

void payload_free(struct payload *p)
{
    for (size_t i = 0; i < p->len; i++)
        free_file(&p->files[i]);
    free(p->files);
    *p = (struct payload){0};
}
