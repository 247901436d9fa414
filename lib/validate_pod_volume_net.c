/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Volume sources of storage systems and clouds.
 */
#include "validate_pod_parts.h"

#include <ctype.h>
#include <string.h>

#include "cleanup.h"
#include "names.h"
#include "tree.h"

#define PARTITION_MAX 255
#define LUN_MAX       255
#define TENANT_MAX    64
#define DRIVER_MAX    63

/* names ends with NULL. */
static void required_all(const json_t *source, const char *const *names, const struct path *path,
                         struct field_errors *errs)
{
    for (; *names; names++)
        check_required(source, *names, path, errs);
}

static void required_list(const json_t *source, const char *name, const struct path *path,
                          struct field_errors *errs)
{
    if (json_array_size(tree_get(source, name)) == 0)
        check_miss(errs, PATH_FIELD(path, name), "");
}

static void named_secret(const json_t *source, const char *name, const struct path *path,
                         struct field_errors *errs)
{
    if (tree_has(source, name))
        check_required(tree_get(source, name), "name", PATH_FIELD(path, name), errs);
}

/* Kubernetes accepts partition 0 and says 1. */
static void partition(const json_t *source, const struct path *path, struct field_errors *errs)
{
    long long n = tree_int(source, "partition");
    if (n < 0 || n > PARTITION_MAX)
        field_error_int(errs, PATH_FIELD(path, "partition"), FIELD_INVALID, n,
                        "must be between 1 and %d, inclusive", PARTITION_MAX);
}

void validate_gce_disk(const json_t *source, const struct path *path, struct field_errors *errs)
{
    check_required(source, "pdName", path, errs);
    partition(source, path, errs);
}

void validate_aws_disk(const json_t *source, const struct path *path, struct field_errors *errs)
{
    check_required(source, "volumeID", path, errs);
    partition(source, path, errs);
}

void validate_nfs(const json_t *source, const struct path *path, struct field_errors *errs)
{
    const char *dir = tree_str(source, "path");
    check_required(source, "server", path, errs);
    check_required(source, "path", path, errs);
    if (*dir != '/')
        field_error_str(errs, PATH_FIELD(path, "path"), FIELD_INVALID, dir,
                        "must be an absolute path");
}

/* ---- iSCSI ---- */

static size_t alnum_span(const char *s)
{
    size_t n = 0;
    while (isascii((unsigned char)s[n]) && isalnum((unsigned char)s[n]))
        n++;
    return n;
}

/* Somewhere in s: iqn.YYYY-MM.<naming authority>:<name>, up to the end. */
static bool is_iqn_at(const char *s)
{
    static const char form[] = "iqn.dddd-dd.";
    for (size_t i = 0; form[i]; i++)
        if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
            return false;
    s += sizeof form - 1;
    size_t authority = 0;
    while (isascii((unsigned char)s[authority]) &&
           (isalnum((unsigned char)s[authority]) || s[authority] == '-' || s[authority] == '.'))
        authority++;
    if (authority == 0 || s[authority] != ':')
        return false;
    const char *name = s + authority + 1;
    return *name && strcspn(name, ",;*&$| \t\n\f\r") == strlen(name);
}

static bool is_iqn(const char *s)
{
    for (; (s = strstr(s, "iqn.")) != NULL; s++)
        if (is_iqn_at(s))
            return true;
    return false;
}

/* prefix, any one character, then exactly n letters or digits. */
static bool is_id(const char *s, size_t n)
{
    return strlen(s) == 4 + n && s[3] != '\n' && alnum_span(s + 4) == n;
}

static void initiator(const char *s, const struct path *path, struct field_errors *errs)
{
    bool iqn = check_has_prefix(s, "iqn");
    bool eui = check_has_prefix(s, "eui");
    bool naa = check_has_prefix(s, "naa");
    if (!iqn && !eui && !naa)
        field_error_str(errs, path, FIELD_INVALID, s,
                        "must be valid format starting with iqn, eui, or naa");
    else if ((iqn && !is_iqn(s)) || (eui && !is_id(s, 16)) || (naa && !is_id(s, 32)))
        field_error_str(errs, path, FIELD_INVALID, s, "must be valid format");
}

void validate_iscsi(const json_t *source, const struct path *path, struct field_errors *errs)
{
    check_required(source, "targetPortal", path, errs);
    if (check_required(source, "iqn", path, errs))
        initiator(tree_str(source, "iqn"), PATH_FIELD(path, "iqn"), errs);
    check_range(source, "lun", 0, LUN_MAX, path, errs);
    if ((tree_bool(source, "chapAuthDiscovery") || tree_bool(source, "chapAuthSession")) &&
        !tree_has(source, "secretRef"))
        check_miss(errs, PATH_FIELD(path, "secretRef"), "");
    if (tree_has(source, "initiatorName"))
        initiator(tree_str(source, "initiatorName"), PATH_FIELD(path, "initiatorname"), errs);
}

/* ---- the others ---- */

void validate_glusterfs(const json_t *source, const struct path *path, struct field_errors *errs)
{
    static const char *const names[] = {"endpoints", "path", NULL};
    required_all(source, names, path, errs);
}

void validate_flocker(const json_t *source, const struct path *path, struct field_errors *errs)
{
    const char *name = tree_str(source, "datasetName");
    const char *uuid = tree_str(source, "datasetUUID");
    if (!*name && !*uuid)
        check_miss(errs, path, "one of datasetName and datasetUUID is required");
    if (*name && *uuid)
        field_error_str(errs, path, FIELD_INVALID, "resource",
                        "datasetName and datasetUUID can not be specified simultaneously");
    if (strchr(name, '/'))
        field_error_str(errs, PATH_FIELD(path, "datasetName"), FIELD_INVALID, name,
                        "must not contain '/'");
}

void validate_rbd(const json_t *source, const struct path *path, struct field_errors *errs)
{
    required_list(source, "monitors", path, errs);
    check_required(source, "image", path, errs);
}

void validate_cinder(const json_t *source, const struct path *path, struct field_errors *errs)
{
    check_required(source, "volumeID", path, errs);
    named_secret(source, "secretRef", path, errs);
}

void validate_cephfs(const json_t *source, const struct path *path, struct field_errors *errs)
{
    required_list(source, "monitors", path, errs);
}

/* host:port as Go's net.SplitHostPort reads it; n is the length of s. */
static bool is_host_port(const char *s, size_t n)
{
    const char *end = s + n;
    const char *colon = memrchr(s, ':', n);
    if (!colon)
        return false;
    if (*s == '[') {
        const char *close = memchr(s, ']', n);
        return close && close + 1 == colon && !memchr(s + 1, '[', n - 1) &&
               !memchr(close + 1, ']', (size_t)(end - close - 1));
    }
    return memchr(s, ':', n) == colon && !memchr(s, '[', n) && !memchr(s, ']', n);
}

void validate_quobyte(const json_t *source, const struct path *path, struct field_errors *errs)
{
    static const char pairs[] = "must be a host:port pair or multiple pairs separated by commas";
    const char *registry = tree_str(source, "registry");
    if (!*registry) {
        check_miss(errs, PATH_FIELD(path, "registry"), pairs);
    } else if (strlen(tree_str(source, "tenant")) > TENANT_MAX) {
        check_miss(errs, PATH_FIELD(path, "tenant"),
                   "must be a UUID and may not exceed a length of 64 characters");
    } else {
        for (const char *s = registry; s; s = strchr(s, ',')) {
            s += s != registry;
            if (!is_host_port(s, strcspn(s, ",")))
                field_error_str(errs, PATH_FIELD(path, "registry"), FIELD_INVALID, registry, "%s",
                                pairs);
        }
    }
    check_required(source, "volume", path, errs);
}

void validate_fc(const json_t *source, const struct path *path, struct field_errors *errs)
{
    const json_t *wwns = tree_get(source, "targetWWNs");
    bool by_wwn = json_array_size(wwns) > 0;
    bool by_id = json_array_size(tree_get(source, "wwids")) > 0;
    const struct path *p = PATH_FIELD(path, "targetWWNs");
    if (!by_wwn && !by_id)
        check_miss(errs, p, "must specify either targetWWNs or wwids, but not both");
    if (by_wwn && by_id)
        field_error(errs, p, FIELD_INVALID, wwns,
                    "targetWWNs and wwids can not be specified simultaneously");
    if (by_wwn && !tree_has(source, "lun"))
        check_miss(errs, PATH_FIELD(path, "lun"), "lun is required if targetWWNs is specified");
    else if (by_wwn)
        check_range(source, "lun", 0, LUN_MAX, path, errs);
}

/* s ends with suffix, of the part before the first '/', ignoring case. */
static bool is_reserved(const char *key)
{
    static const char *const domains[] = {"kubernetes.io", "k8s.io"};
    const char *slash = strchr(key, '/');
    size_t n = slash ? (size_t)(slash - key) : strlen(key);
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        size_t d = strlen(domains[i]);
        if (n >= d && strncasecmp(key + n - d, domains[i], d) == 0 &&
            (n == d || key[n - d - 1] == '.'))
            return true;
    }
    return false;
}

void validate_flex(const json_t *source, const struct path *path, struct field_errors *errs)
{
    const struct path *options = PATH_FIELD(path, "options");
    const char *key;
    json_t *v;
    check_required(source, "driver", path, errs);
    json_object_foreach (tree_get(source, "options"), key, v)
        if (is_reserved(key))
            field_error_str(errs, PATH_KEY(options, key), FIELD_INVALID, key,
                            "kubernetes.io and k8s.io namespaces are reserved");
}

void validate_azure_file(const json_t *source, const struct path *path, struct field_errors *errs)
{
    static const char *const names[] = {"secretName", "shareName", NULL};
    required_all(source, names, path, errs);
}

void validate_vsphere(const json_t *source, const struct path *path, struct field_errors *errs)
{
    check_required(source, "volumePath", path, errs);
}

void validate_photon(const json_t *source, const struct path *path, struct field_errors *errs)
{
    check_required(source, "pdID", path, errs);
}

void validate_portworx(const json_t *source, const struct path *path, struct field_errors *errs)
{
    check_required(source, "volumeID", path, errs);
}

void validate_azure_disk(const json_t *source, const struct path *path, struct field_errors *errs)
{
    static const char *const names[] = {"diskName", "diskURI", NULL};
    static const char *const caching[] = {"None", "ReadOnly", "ReadWrite", NULL};
    static const char *const kinds[] = {"Dedicated", "Managed", "Shared", NULL};
    static const char *const managed_uri[] = {
        "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/"
        "{disk-id}",
        NULL};
    static const char *const blob_uri[] = {
        "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd", NULL};
    const char *uri = tree_str(source, "diskURI");
    bool managed = tree_is(source, "kind", "Managed");
    cleanup_json json_t *shown = json_string_nocheck(uri);
    required_all(source, names, path, errs);
    check_enum(source, "cachingMode", caching, path, errs);
    check_enum(source, "kind", kinds, path, errs);
    if (managed && !check_has_prefix(uri, "/subscriptions/"))
        field_unsupported(errs, PATH_FIELD(path, "diskURI"), shown, managed_uri);
    if (tree_has(source, "kind") && !managed && !check_has_prefix(uri, "https://"))
        field_unsupported(errs, PATH_FIELD(path, "diskURI"), shown, blob_uri);
}

void validate_storage_os(const json_t *source, const struct path *path, struct field_errors *errs)
{
    check_required_name(source, "volumeName", names_dns_label, path, errs);
    check_name(source, "volumeNamespace", names_dns_label, path, errs);
    named_secret(source, "secretRef", path, errs);
}

void validate_scale_io(const json_t *source, const struct path *path, struct field_errors *errs)
{
    static const char *const names[] = {"gateway", "system", "volumeName", NULL};
    required_all(source, names, path, errs);
}

/* Names of drivers ignore case. */
static void csi_driver(const char *name, const struct path *path, struct field_errors *errs)
{
    cleanup_free char *lower = strdup(name);
    if (!lower) {
        errs->failed = true;
        return;
    }
    for (char *p = lower; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    if (!*name)
        check_miss(errs, path, "");
    if (strlen(name) > DRIVER_MAX)
        field_error(errs, path, FIELD_TOO_LONG, NULL, "may not be more than %d bytes", DRIVER_MAX);
    names_validate(names_dns_subdomain, lower, errs, path);
}

/* The name of a bad secret is reported at csi.name: so does Kubernetes. */
void validate_csi(const json_t *source, const struct path *path, struct field_errors *errs)
{
    const json_t *ref = tree_get(source, "nodePublishSecretRef");
    csi_driver(tree_str(source, "driver"), PATH_FIELD(path, "driver"), errs);
    if (ref && check_required(ref, "name", PATH_FIELD(path, "nodePublishSecretRef"), errs))
        names_validate(names_dns_subdomain, tree_str(ref, "name"), errs, PATH_FIELD(path, "name"));
}
