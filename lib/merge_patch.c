/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge_patch.h"

#include <stdbool.h>
#include <string.h>

#include "cleanup.h"
#include "tree.h"

#define DIRECTIVE "$patch"
#define RETAIN    "$retainKeys"
#define REMOVE    "$deleteFromPrimitiveList/"
#define ORDER     "$setElementOrder/"

/* ---- RFC 7386 ---- */

/* A copy of an object of which only the first level is its own. */
static json_t *own_object(const json_t *v)
{
    return json_is_object(v) ? json_copy((json_t *)v) : json_object();
}

json_t *merge_patch(const json_t *target, const json_t *patch)
{
    const char *key;
    json_t *value;
    if (!json_is_object(patch))
        return json_deep_copy(patch);
    cleanup_json json_t *out = own_object(target);
    if (!out)
        return NULL;
    json_object_foreach ((json_t *)patch, key, value) {
        if (json_is_null(value)) {
            json_object_del(out, key);
            continue;
        }
        json_t *merged = merge_patch(tree_get(out, key), value);
        if (!merged || json_object_set_new_nocheck(out, key, merged) < 0)
            return NULL;
    }
    return steal_ptr(&out);
}

static int add_removed(json_t *out, const json_t *from, const json_t *to)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)from, key, value)
        if (!tree_has(to, key) && json_object_set_new_nocheck(out, key, json_null()) < 0)
            return -1;
    return 0;
}

json_t *merge_patch_diff(const json_t *from, const json_t *to)
{
    const char *key;
    json_t *value;
    if (!json_is_object(from) || !json_is_object(to))
        return json_deep_copy(to);
    cleanup_json json_t *out = json_object();
    if (!out || add_removed(out, from, to) < 0)
        return NULL;
    json_object_foreach ((json_t *)to, key, value) {
        const json_t *old = tree_get(from, key);
        if (old && json_equal(old, value))
            continue;
        json_t *diff = old ? merge_patch_diff(old, value) : json_deep_copy(value);
        if (!diff || json_object_set_new_nocheck(out, key, diff) < 0)
            return NULL;
    }
    return steal_ptr(&out);
}

/* ---- strategic: which lists are merged ---- */

static const struct {
    const char *around; /* NULL = wherever it stands */
    const char *field;
    const char *key;
} keys[] = {
    {NULL, "conditions", "type"},
    {NULL, "containers", "name"},
    {NULL, "env", "name"},
    {NULL, "ephemeralContainers", "name"},
    {NULL, "finalizers", ""},
    {NULL, "hostAliases", "ip"},
    {NULL, "imagePullSecrets", "name"},
    {NULL, "initContainers", "name"},
    {NULL, "ownerReferences", "uid"},
    {"spec", "ports", "port"}, /* of a Service */
    {NULL, "ports", "containerPort"},
    {NULL, "resourceClaims", "name"},
    {NULL, "schedulingGates", "name"},
    {NULL, "topologySpreadConstraints", "topologyKey"},
    {NULL, "volumeDevices", "devicePath"},
    {NULL, "volumeMounts", "mountPath"},
    {NULL, "volumes", "name"},
};

const char *merge_patch_key(const char *around, const char *field)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].field, field) == 0 &&
            (!keys[i].around || strcmp(keys[i].around, around) == 0))
            return keys[i].key;
    return NULL;
}

/* ---- strategic: merging ---- */

static json_t *merge_value(const json_t *target, const json_t *patch, const char *around,
                           const char *field, struct error *err);

static bool has_prefix(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static json_t *no_memory(struct error *err)
{
    error_set(err, "out of memory");
    return NULL;
}

/* How two elements are told apart: by this member, or as values when key is "". */
static const json_t *identity(const json_t *element, const char *key)
{
    return *key ? tree_get(element, key) : element;
}

/* The place of the element with that identity, or the length of the list. */
static size_t find_element(const json_t *list, const char *key, const json_t *id)
{
    size_t i;
    json_t *e;
    json_array_foreach (list, i, e)
        if (identity(e, key) && json_equal(identity(e, key), id))
            return i;
    return json_array_size(list);
}

static int no_key(const json_t *element, const char *key, struct error *err)
{
    cleanup_free char *text = json_dumps(element, JSON_COMPACT | JSON_ENCODE_ANY);
    return error_set(err, "map: %.300s does not contain declared merge key: %s", text ? text : "",
                     key);
}

/* An element of the patch into the list. */
static int merge_element(json_t *list, const json_t *element, const char *field, const char *key,
                         struct error *err)
{
    const json_t *id = identity(element, key);
    if (!id)
        return no_key(element, key, err);
    size_t at = find_element(list, key, id);
    bool is_new = at == json_array_size(list);
    if (tree_is(element, DIRECTIVE, "delete"))
        return is_new ? 0 : json_array_remove(list, at);
    const json_t *old = is_new ? NULL : json_array_get(list, at);
    json_t *v = *key ? merge_value(old, element, field, field, err) : json_deep_copy(element);
    if (!v)
        return -1;
    return is_new ? json_array_append_new(list, v) : json_array_set_new(list, at, v);
}

/* {"$patch": "replace"} among the elements: the others are the new list. */
static bool replaces_list(const json_t *patch)
{
    size_t i;
    json_t *e;
    json_array_foreach (patch, i, e)
        if (tree_is(e, DIRECTIVE, "replace"))
            return true;
    return false;
}

static json_t *merge_list(const json_t *target, const json_t *patch, const char *field,
                          const char *key, struct error *err)
{
    size_t i;
    json_t *e;
    bool replaces = replaces_list(patch);
    cleanup_json json_t *out =
        !replaces && json_is_array(target) ? json_copy((json_t *)target) : json_array();
    if (!out)
        return no_memory(err);
    json_array_foreach (patch, i, e)
        if (!(replaces && tree_has(e, DIRECTIVE)) && merge_element(out, e, field, key, err) < 0)
            return NULL;
    return steal_ptr(&out);
}

static void retain(json_t *out, const json_t *kept)
{
    const char *name;
    json_t *v;
    void *next;
    json_object_foreach_safe (out, next, name, v) {
        cleanup_json json_t *word = json_string_nocheck(name);
        if (find_element(kept, "", word) == json_array_size(kept))
            json_object_del(out, name);
    }
}

static int remove_values(json_t *out, const char *field, const json_t *gone)
{
    size_t i;
    json_t *v;
    json_t *list = tree_get(out, field);
    if (!json_is_array(list))
        return 0;
    cleanup_json json_t *own = json_copy(list);
    json_array_foreach (gone, i, v) {
        size_t at = find_element(own, "", v);
        if (at < json_array_size(own))
            json_array_remove(own, at);
    }
    return json_object_set_nocheck(out, field, own);
}

/* One member of a patch into out. */
static int merge_member(json_t *out, const char *key, const json_t *value, const char *around,
                        struct error *err)
{
    if (strcmp(key, DIRECTIVE) == 0 || has_prefix(key, ORDER) || strcmp(key, RETAIN) == 0)
        return 0;
    if (has_prefix(key, REMOVE))
        return remove_values(out, key + strlen(REMOVE), value);
    if (json_is_null(value)) {
        json_object_del(out, key);
        return 0;
    }
    json_t *merged = merge_value(tree_get(out, key), value, around, key, err);
    return merged ? json_object_set_new_nocheck(out, key, merged) : -1;
}

static json_t *merge_object(const json_t *target, const json_t *patch, const char *field,
                            struct error *err)
{
    const char *key;
    json_t *value;
    const char *directive = tree_str(patch, DIRECTIVE);
    bool anew = strcmp(directive, "replace") == 0 || strcmp(directive, "delete") == 0;
    if (*directive && !anew && strcmp(directive, "merge") != 0) {
        error_set(err, "unknown patch type: %.64s", directive);
        return NULL;
    }
    cleanup_json json_t *out = anew ? json_object() : own_object(target);
    if (!out)
        return no_memory(err);
    if (strcmp(directive, "delete") == 0)
        return steal_ptr(&out);
    if (json_is_array(tree_get(patch, RETAIN)))
        retain(out, tree_get(patch, RETAIN));
    json_object_foreach ((json_t *)patch, key, value)
        if (merge_member(out, key, value, field, err) < 0)
            return NULL;
    return steal_ptr(&out);
}

/* field: the name of the value; around: that of the object it is in (for an element: its list). */
static json_t *merge_value(const json_t *target, const json_t *patch, const char *around,
                           const char *field, struct error *err)
{
    const char *key = json_is_array(patch) ? merge_patch_key(around, field) : NULL;
    if (json_is_object(patch))
        return merge_object(target, patch, field, err);
    if (key)
        return merge_list(target, patch, field, key, err);
    return json_deep_copy(patch);
}

json_t *merge_patch_strategic(const json_t *target, const json_t *patch, struct error *err)
{
    return merge_value(target, patch, "", "", err);
}

/* ---- strategic: what was removed ---- */

static json_t *removals(const json_t *from, const json_t *to, const char *around,
                        const char *field);

static json_t *removed_element(const json_t *element, const char *key)
{
    json_t *out = json_object();
    json_object_set(out, key, tree_get(element, key));
    json_object_set_new(out, DIRECTIVE, json_string("delete"));
    return out;
}

/* Of lists that are merged; NULL when nothing was removed. Sets lose nothing here. */
static json_t *removals_of_list(const json_t *from, const json_t *to, const char *field,
                                const char *key)
{
    cleanup_json json_t *out = json_array();
    size_t i;
    json_t *e;
    json_array_foreach (from, i, e) {
        const json_t *id = tree_get(e, key);
        if (!id)
            continue;
        const json_t *other = json_array_get(to, find_element(to, key, id));
        json_t *gone = other ? removals(e, other, field, field) : removed_element(e, key);
        if (gone && other)
            json_object_set(gone, key, (json_t *)id);
        if (gone)
            json_array_append_new(out, gone);
    }
    return json_array_size(out) ? steal_ptr(&out) : NULL;
}

static json_t *removals_of_object(const json_t *from, const json_t *to, const char *field)
{
    cleanup_json json_t *out = json_object();
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)from, key, value) {
        const json_t *other = tree_get(to, key);
        bool is_gone = !other || (json_is_null(other) && !json_is_null(value));
        json_t *gone = is_gone ? json_null() : removals(value, other, field, key);
        if (gone)
            json_object_set_new_nocheck(out, key, gone);
    }
    return json_object_size(out) ? steal_ptr(&out) : NULL;
}

/* NULL when nothing was removed. */
static json_t *removals(const json_t *from, const json_t *to, const char *around, const char *field)
{
    const char *key = json_is_array(from) ? merge_patch_key(around, field) : NULL;
    if (json_is_object(from) && json_is_object(to))
        return removals_of_object(from, to, field);
    return key && *key && json_is_array(to) ? removals_of_list(from, to, field, key) : NULL;
}

json_t *merge_patch_removals(const json_t *from, const json_t *to)
{
    json_t *out = removals(from, to, "", "");
    return out ? out : json_object();
}
