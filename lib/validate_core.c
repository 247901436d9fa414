/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_core.h"

#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "check.h"
#include "cleanup.h"
#include "keys.h"
#include "names.h"
#include "tree.h"
#include "validate_meta.h"

/* ---- defaults ---- */

static int set_bytes(json_t *map, const char *key, const void *data, size_t len)
{
    cleanup_free char *text = base64_encode(data, len);
    return text ? json_object_set_new_nocheck(map, key, json_string_nocheck(text)) : -1;
}

/* A server keeps bytes, not their text: line breaks and unused bits are gone. */
static int settle_bytes(json_t *map, struct error *err)
{
    const char *key;
    json_t *value;
    json_object_foreach (map, key, value) {
        cleanup_free unsigned char *data = NULL;
        size_t len;
        if (base64_decode(json_string_value(value), &data, &len) < 0 ||
            set_bytes(map, key, data, len) < 0)
            return error_set(err, "out of memory");
    }
    return 0;
}

int default_config_map(json_t *object, struct error *err)
{
    return settle_bytes(tree_get(object, "binaryData"), err);
}

/* stringData is write-only: it replaces keys of data (Convert_v1_Secret_To_core_Secret). */
static int merge_strings(json_t *object, struct error *err)
{
    const json_t *strings = tree_get(object, "stringData");
    const char *key;
    json_t *value;
    if (json_object_size(strings) && !tree_has(object, "data") &&
        json_object_set_new(object, "data", json_object()) < 0)
        return error_set(err, "out of memory");
    json_object_foreach ((json_t *)strings, key, value)
        if (set_bytes(tree_get(object, "data"), key, json_string_value(value),
                      json_string_length(value)) < 0)
            return error_set(err, "out of memory");
    json_object_del(object, "stringData");
    return 0;
}

int default_secret(json_t *object, struct error *err)
{
    if (settle_bytes(tree_get(object, "data"), err) < 0 || merge_strings(object, err) < 0)
        return -1;
    if (!tree_has(object, "type") && json_object_set_new(object, "type", json_string("Opaque")) < 0)
        return error_set(err, "out of memory");
    return 0;
}

/* ---- data ---- */

static size_t size_of(const json_t *value, bool base64)
{
    size_t n = json_string_length(value);
    const char *text = json_string_value(value);
    if (!base64)
        return n;
    size_t pads = n >= 2 ? (size_t)(text[n - 1] == '=') + (size_t)(text[n - 2] == '=') : 0;
    return n / 4 * 3 - pads;
}

/* Keys by bytes: Kubernetes' own order is random. other: keys that must not be there, too. Returns
 * the size of all values. */
static size_t keys_of(const json_t *object, const char *field, bool base64, const json_t *other,
                      struct field_errors *errs)
{
    const json_t *map = tree_get(object, field);
    const struct path *path = PATH_FIELD(NULL, field);
    size_t n, total = 0;
    cleanup_free const char **keys = keys_sorted(map, &n);
    errs->failed |= !keys;
    for (size_t i = 0; keys && i < n; i++) {
        const struct path *p = PATH_KEY(path, keys[i]);
        names_validate(names_config_key, keys[i], errs, p);
        if (tree_has(other, keys[i]))
            field_error_str(errs, p, FIELD_INVALID, keys[i],
                            "duplicate of key present in binaryData");
        total += size_of(tree_get(map, keys[i]), base64);
    }
    return total;
}

static void too_long(const struct path *path, struct field_errors *errs)
{
    field_error(errs, path, FIELD_TOO_LONG, NULL, "may not be more than %zu bytes",
                VALIDATE_CORE_SIZE_MAX);
}

static void meta_of(const json_t *object, struct field_errors *errs)
{
    validate_object_meta(tree_get(object, "metadata"), PATH_FIELD(NULL, "metadata"), true, errs);
}

void validate_config_map(const json_t *object, struct field_errors *errs)
{
    meta_of(object, errs);
    size_t size = keys_of(object, "data", false, tree_get(object, "binaryData"), errs);
    size += keys_of(object, "binaryData", true, NULL, errs);
    if (size > VALIDATE_CORE_SIZE_MAX)
        too_long(PATH_FIELD(NULL, ""), errs);
}

/* ---- types of Secrets ---- */

static const struct path *data_key(const char *key, struct path store[2])
{
    store[0] = (struct path){.name = "data"};
    store[1] = (struct path){.up = &store[0], .key = key};
    return &store[1];
}

static void need_key(const json_t *data, const char *key, struct field_errors *errs)
{
    struct path store[2];
    if (!tree_has(data, key))
        check_miss(errs, data_key(key, store), "");
}

/* Must be there, and be a JSON object; Go's own message about its syntax is not made here. */
static void docker(const json_t *data, const char *key, struct field_errors *errs)
{
    struct path store[2];
    cleanup_free unsigned char *bytes = NULL;
    size_t len;
    need_key(data, key, errs);
    if (!tree_has(data, key) || base64_decode(tree_str(data, key), &bytes, &len) < 0)
        return;
    json_error_t why;
    cleanup_json json_t *value = json_loadb((const char *)bytes, len, JSON_ALLOW_NUL, &why);
    if (!json_is_object(value))
        field_error_str(errs, data_key(key, store), FIELD_INVALID, "<secret contents redacted>",
                        "%s", value ? "not a JSON object" : "invalid JSON");
}

static void check_dockercfg(const json_t *object, const json_t *data, struct field_errors *errs)
{
    (void)object;
    docker(data, ".dockercfg", errs);
}

static void check_dockerconfigjson(const json_t *object, const json_t *data,
                                   struct field_errors *errs)
{
    (void)object;
    docker(data, ".dockerconfigjson", errs);
}

static void check_basic_auth(const json_t *object, const json_t *data, struct field_errors *errs)
{
    (void)object;
    if (tree_has(data, "username") || tree_has(data, "password"))
        return;
    need_key(data, "username", errs);
    need_key(data, "password", errs);
}

static void check_ssh_auth(const json_t *object, const json_t *data, struct field_errors *errs)
{
    struct path store[2];
    (void)object;
    if (!*tree_str(data, "ssh-privatekey"))
        check_miss(errs, data_key("ssh-privatekey", store), "");
}

static void check_tls(const json_t *object, const json_t *data, struct field_errors *errs)
{
    (void)object;
    need_key(data, "tls.crt", errs);
    need_key(data, "tls.key", errs);
}

#define ACCOUNT_NAME "kubernetes.io/service-account.name"

static void check_account_token(const json_t *object, const json_t *data, struct field_errors *errs)
{
    const struct path *meta = PATH_FIELD(NULL, "metadata");
    (void)data;
    if (!*tree_str(tree_at(object, "metadata", "annotations", NULL), ACCOUNT_NAME))
        check_miss(errs, PATH_KEY(PATH_FIELD(meta, "annotations"), ACCOUNT_NAME), "");
}

void validate_secret(const json_t *object, struct field_errors *errs)
{
    static const struct {
        const char *type;
        void (*check)(const json_t *object, const json_t *data, struct field_errors *errs);
    } types[] = {
        {"kubernetes.io/service-account-token", check_account_token},
        {"kubernetes.io/dockercfg", check_dockercfg},
        {"kubernetes.io/dockerconfigjson", check_dockerconfigjson},
        {"kubernetes.io/basic-auth", check_basic_auth},
        {"kubernetes.io/ssh-auth", check_ssh_auth},
        {"kubernetes.io/tls", check_tls},
    };
    meta_of(object, errs);
    if (keys_of(object, "data", true, NULL, errs) > VALIDATE_CORE_SIZE_MAX)
        too_long(PATH_FIELD(NULL, "data"), errs);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (tree_is(object, "type", types[i].type))
            types[i].check(object, tree_get(object, "data"), errs);
}

/* ---- services ---- */

void validate_service(const json_t *object, struct field_errors *errs)
{
    const struct path *meta = PATH_FIELD(NULL, "metadata");
    const char *name = tree_str(tree_get(object, "metadata"), "name");
    meta_of(object, errs);
    if (names_dns_subdomain(name, NULL, NULL))
        names_validate(names_dns1035_label, name, errs, PATH_FIELD(meta, "name"));
}
