/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob create configmap NAME ..., skjob create secret generic NAME ..., in the words of kubectl
 * (k8s.io/kubectl/pkg/cmd/create).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base64.h"
#include "cleanup.h"
#include "commands.h"
#include "key_sources.h"
#include "manifest.h"
#include "names.h"
#include "object_create.h"
#include "options.h"
#include "print.h"
#include "printable.h"
#include "store.h"
#include "strbuf.h"
#include "tree.h"

struct making {
    const struct options *options;
    const struct kind *kind;
    const char *name;
    json_t *object; /* as the user asks for it */
};

/* ---- data ---- */

static void join(void *arg, const char *bad, const char *message)
{
    struct strbuf *b = arg;
    (void)bad;
    strbuf_addf(b, "%s%s", b->len ? "," : "", message);
}

static json_t *map_of(json_t *object, const char *field)
{
    if (!tree_has(object, field))
        json_object_set_new(object, field, json_object());
    return tree_get(object, field);
}

static int put(json_t *map, const char *key, json_t *value, struct error *err)
{
    return json_object_set_new_nocheck(map, key, value) < 0 ? error_set(err, "out of memory") : 0;
}

static int put_base64(json_t *map, const char *key, const char *data, size_t len, struct error *err)
{
    cleanup_free char *text = base64_encode(data, len);
    return text ? put(map, key, json_string_nocheck(text), err) : error_set(err, "out of memory");
}

static int add_to_config_map(void *arg, const char *key, const char *data, size_t len,
                             struct error *err)
{
    struct making *m = arg;
    static const char *const fields[][2] = {{"data", "Data"}, {"binaryData", "BinaryData"}};
    cleanup_strbuf struct strbuf why = STRBUF_INIT;
    if (!names_config_key(key, join, &why))
        return error_set(err, "\"%s\" is not a valid key name for a ConfigMap: %s", key,
                         strbuf_str(&why));
    for (size_t i = 0; i < 2; i++)
        if (tree_has(tree_get(m->object, fields[i][0]), key))
            return error_set(err,
                             "cannot add key \"%s\", another key by that name already exists in "
                             "%s for ConfigMap \"%s\"",
                             key, fields[i][1], m->name);
    if (key_sources_is_text(data, len))
        return put(map_of(m->object, "data"), key, json_stringn(data, len), err);
    return put_base64(map_of(m->object, "binaryData"), key, data, len, err);
}

static int add_to_secret(void *arg, const char *key, const char *data, size_t len,
                         struct error *err)
{
    struct making *m = arg;
    cleanup_strbuf struct strbuf why = STRBUF_INIT;
    if (!names_config_key(key, join, &why))
        return error_set(err, "\"%s\" is not valid key name for a Secret %s", key,
                         strbuf_str(&why));
    if (tree_has(tree_get(m->object, "data"), key))
        return error_set(err, "cannot add key %s, another key by that name already exists", key);
    return put_base64(map_of(m->object, "data"), key, data, len, err);
}

/* ---- kinds ---- */

static const struct kind {
    const char *words[3];
    const char *subcommand; /* a word that must follow, or NULL */
    enum object_kind stored_as;
    const char *name;
    const char *failed; /* kubectl's wording is not the same for both */
    const char *what;
    key_sources_fn *add;
    enum key_source_kind order[3];
} kinds[] = {
    {{"configmap", "cm"},
     NULL,
     OBJECT_CONFIG_MAP,
     "ConfigMap",
     "failed to create configmap:",
     "config",
     add_to_config_map,
     {KEY_FILE, KEY_LITERAL, KEY_ENV_FILE}},
    {{"secret"},
     "generic",
     OBJECT_SECRET,
     "Secret",
     "failed to create secret",
     "secret",
     add_to_secret,
     {KEY_LITERAL, KEY_FILE, KEY_ENV_FILE}},
};

static const struct kind *find_kind(const char *word)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; i < 3 && kinds[k].words[i]; i++)
            if (strcmp(kinds[k].words[i], word) == 0)
                return &kinds[k];
    return NULL;
}

bool cmd_create_is_object(const struct options *o)
{
    return o->names_len && find_kind(o->names[0]);
}

/* ---- the command ---- */

static int check_words(struct making *m, struct error *err)
{
    const struct options *o = m->options;
    size_t first = 1;
    if (o->files.len)
        return error_set(err, "unknown shorthand flag: 'f' in -f");
    if (m->kind->subcommand) {
        if (o->names_len < 2 || strcmp(o->names[1], m->kind->subcommand) != 0)
            return error_set(err, "skjob creates one kind of %s: skjob create %s %s NAME",
                             o->names[0], o->names[0], m->kind->subcommand);
        first = 2;
    } else if (o->type) {
        return error_set(err, "unknown flag: --type");
    }
    if (o->names_len != first + 1 || o->extra_len)
        return error_set(err, "exactly one NAME is required, got %zu",
                         o->names_len - first + o->extra_len);
    m->name = o->names[first];
    return 0;
}

static int check_sources(const struct options *o, struct error *err)
{
    size_t env_files = 0;
    for (size_t i = 0; i < o->sources_len; i++)
        env_files += o->sources[i].kind == KEY_ENV_FILE;
    if (env_files && env_files < o->sources_len)
        return error_set(err, "from-env-file cannot be combined with from-file or from-literal");
    return 0;
}

static int read_sources(struct making *m, struct error *err)
{
    const struct options *o = m->options;
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < o->sources_len; i++)
            if (o->sources[i].kind == m->kind->order[k] &&
                key_sources_read(&o->sources[i], m->kind->what, m->kind->add, m, err) < 0)
                return -1;
    return 0;
}

static int make_object(struct making *m, struct error *err)
{
    const struct options *o = m->options;
    m->object = json_pack("{s:s, s:s, s:{s:s}}", "apiVersion", "v1", "kind", m->kind->name,
                          "metadata", "name", m->name);
    if (!m->object)
        return error_set(err, "the name is not UTF-8");
    if (o->ns_given)
        json_object_set_new(tree_get(m->object, "metadata"), "namespace", json_string(o->ns));
    if (o->type)
        json_object_set_new(m->object, "type", json_string(o->type));
    return read_sources(m, err);
}

/* 'ConfigMap "x" is invalid: ERROR' or '…: [ERROR, ERROR]'. */
static void explain(const struct making *m, const struct manifest *manifest, struct error *err)
{
    const struct field_errors *errs = &manifest->errs;
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < errs->len; i++)
        strbuf_addf(&b, "%s%s: %s", i ? ", " : "", errs->v[i].field, errs->v[i].message);
    bool several = errs->len > 1;
    error_set(err, "%s %s \"%s\" is invalid: %s%s%s", m->kind->failed, m->kind->name, m->name,
              several ? "[" : "", strbuf_str(&b), several ? "]" : "");
}

/* Checks what the server would check, and keeps the object. */
static int create(struct making *m, struct error *err)
{
    const struct options *o = m->options;
    const struct manifest_options mo = {.unknown = UNKNOWN_STRICT};
    cleanup_manifest struct manifest manifest;
    cleanup_store struct store store = {0};
    if (manifest_load(&manifest, m->object, &mo) != MANIFEST_OK) {
        if (manifest.verdict == MANIFEST_INVALID)
            explain(m, &manifest, err);
        else
            *err = manifest.err;
        return -1;
    }
    if (store_open(&store, err) < 0)
        return -1;
    int rc = object_create(store.root, m->kind->stored_as, manifest.object, o->ns, time(NULL),
                           o->dry_run == DRY_RUN_SERVER, err);
    if (rc > 0)
        return error_set(err, "%s %s \"%s\" already exists", m->kind->failed,
                         objects_plural(m->kind->stored_as), m->name);
    json_decref(m->object);
    m->object = json_incref(manifest.object);
    return rc;
}

static int show(const struct making *m, struct error *err)
{
    const struct options *o = m->options;
    const char *resource = objects_singular(m->kind->stored_as);
    size_t printed = 0;
    if (o->output == OUTPUT_JSON || o->output == OUTPUT_YAML)
        return print_object(m->object, o->output, &printed, err);
    if (o->output == OUTPUT_NAME)
        printf("%s/%s\n", resource, m->name);
    else
        printf("%s/%s created%s\n", resource, m->name, options_dry_suffix(o));
    return 0;
}

static int run(struct making *m, struct error *err)
{
    if (check_words(m, err) < 0 || check_sources(m->options, err) < 0 || make_object(m, err) < 0)
        return -1;
    if (m->options->dry_run != DRY_RUN_CLIENT && create(m, err) < 0)
        return -1;
    return show(m, err);
}

int cmd_create_object(const struct options *o, struct error *err)
{
    struct making m = {.options = o, .kind = find_kind(o->names[0])};
    int rc = m.kind ? run(&m, err) : error_set(err, "%s cannot be created so", o->names[0]);
    json_decref(m.object);
    if (rc == 0)
        return 0;
    cleanup_free char *text = printable_copy(err->text);
    return text ? error_set(err, "%s", text) : -1;
}
