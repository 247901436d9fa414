/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Operating systems: what belongs to Windows only, and what may not be set there.
 */
#include "validate_pod_parts.h"

#include <ctype.h>
#include <string.h>

#include "cleanup.h"
#include "names.h"
#include "tree.h"

#define GMSA_KIB_MAX    64
#define DOMAIN_MAX      256
#define USER_MAX        104
#define NETBIOS_MAX     15
#define DNS_LABEL_MAX   63
#define NETBIOS_FORBIDS "\\/:*?\"<>|"
#define USER_FORBIDS    "\"/\\:;|=,+*?<>@[]"

/* ---- runAsUserName: [DOMAIN\]USER ---- */

static size_t characters(const char *s, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)s[i] & 0xc0) != 0x80;
    return count;
}

static bool is_netbios(const char *s, size_t n)
{
    return n > 0 && *s != '.' && strcspn(s, NETBIOS_FORBIDS) >= n &&
           characters(s, n) <= NETBIOS_MAX;
}

static bool is_alnum(char c)
{
    return isascii((unsigned char)c) && isalnum((unsigned char)c);
}

static bool is_dns_label(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_alnum(s[i]) && (s[i] != '-' || i == 0 || i == n - 1))
            return false;
    return n > 0 && n <= DNS_LABEL_MAX;
}

static bool is_dns(const char *s, size_t n)
{
    const char *end = s + n;
    for (;;) {
        const char *dot = memchr(s, '.', (size_t)(end - s));
        if (!is_dns_label(s, (size_t)((dot ? dot : end) - s)))
            return false;
        if (!dot)
            return true;
        s = dot + 1;
    }
}

static bool has_control(const json_t *text)
{
    const char *s = json_string_value(text);
    for (size_t i = 0; i < json_string_length(text); i++)
        if ((unsigned char)s[i] < ' ' || s[i] == '\x7f')
            return true;
    return false;
}

static void run_as_domain(const json_t *name, size_t n, const struct path *path,
                          struct field_errors *errs)
{
    const char *s = json_string_value(name);
    if (n >= DOMAIN_MAX)
        field_error(errs, path, FIELD_INVALID, name,
                    "runAsUserName's Domain length must be under %d characters", DOMAIN_MAX);
    if (!is_netbios(s, n) && !is_dns(s, n))
        field_error(errs, path, FIELD_INVALID, name,
                    "runAsUserName's Domain doesn't match the NetBios nor the DNS format");
}

static void run_as_user(const json_t *name, const char *user, const struct path *path,
                        struct field_errors *errs)
{
    size_t n = strlen(user);
    if (n == 0)
        field_error(errs, path, FIELD_INVALID, name, "runAsUserName's User cannot be empty");
    else if (n > USER_MAX)
        field_error(errs, path, FIELD_INVALID, name,
                    "runAsUserName's User length must not be longer than %d characters", USER_MAX);
    if (n && strspn(user, ". ") == n)
        field_error(errs, path, FIELD_INVALID, name,
                    "runAsUserName's User cannot contain only periods or spaces");
    if (strpbrk(user, USER_FORBIDS))
        field_error(errs, path, FIELD_INVALID, name,
                    "runAsUserName's User cannot contain the following characters: "
                    "\"/\\:;|=,+*?<>@[]");
}

static void run_as_user_name(const json_t *name, const struct path *path, struct field_errors *errs)
{
    const char *s = json_string_value(name);
    const char *backslash = strchr(s, '\\');
    if (json_string_length(name) == 0) {
        field_error(errs, path, FIELD_INVALID, name, "runAsUserName cannot be an empty string");
    } else if (has_control(name)) {
        field_error(errs, path, FIELD_INVALID, name,
                    "runAsUserName cannot contain control characters");
    } else if (backslash && strchr(backslash + 1, '\\')) {
        field_error(errs, path, FIELD_INVALID, name,
                    "runAsUserName cannot contain more than one backslash");
    } else {
        if (backslash)
            run_as_domain(name, (size_t)(backslash - s), path, errs);
        run_as_user(name, backslash ? backslash + 1 : s, path, errs);
    }
}

void validate_windows_options(const json_t *options, const struct path *path,
                              struct field_errors *errs)
{
    const json_t *gmsa = tree_get(options, "gmsaCredentialSpec");
    const struct path *gmsa_path = PATH_FIELD(path, "gmsaCredentialSpec");
    if (tree_has(options, "gmsaCredentialSpecName"))
        names_validate(names_dns_subdomain, tree_str(options, "gmsaCredentialSpecName"), errs,
                       PATH_FIELD(path, "gmsaCredentialSpecName"));
    if (gmsa && json_string_length(gmsa) == 0)
        field_error(errs, gmsa_path, FIELD_INVALID, gmsa,
                    "gmsaCredentialSpec cannot be an empty string");
    else if (gmsa && json_string_length(gmsa) > (size_t)GMSA_KIB_MAX * 1024)
        field_error(errs, gmsa_path, FIELD_INVALID, gmsa,
                    "gmsaCredentialSpec size must be under %d KiB", GMSA_KIB_MAX);
    if (tree_has(options, "runAsUserName"))
        run_as_user_name(tree_get(options, "runAsUserName"), PATH_FIELD(path, "runAsUserName"),
                         errs);
}

/* ---- hostProcess: all containers or none ---- */

struct host_process {
    const json_t *pod; /* the pod's value or NULL */
    size_t containers;
    size_t host_processes;
    struct field_errors *errs;
};

static void count_host_process(const json_t *ctr, const struct path *path, void *arg)
{
    struct host_process *c = arg;
    const json_t *own = tree_at(ctr, "securityContext", "windowsOptions", "hostProcess", NULL);
    const struct path *options = PATH_FIELD(PATH_FIELD(path, "securityContext"), "windowsOptions");
    c->containers++;
    if (c->pod && own && json_is_true(c->pod) != json_is_true(own))
        field_error(c->errs, PATH_FIELD(options, "hostProcess"), FIELD_INVALID, own,
                    "pod hostProcess value must be identical if both are specified, was %s",
                    json_is_true(c->pod) ? "true" : "false");
    c->host_processes += json_is_true(own ? own : c->pod);
}

void validate_host_processes(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    struct host_process c = {
        .pod = tree_at(spec, "securityContext", "windowsOptions", "hostProcess", NULL),
        .errs = errs,
    };
    cleanup_json json_t *no = json_false();
    each_container(spec, path, count_host_process, &c);
    if (c.host_processes == 0)
        return;
    if (c.host_processes != c.containers)
        field_error_str(errs, path, FIELD_INVALID, "",
                        "If pod contains any hostProcess containers then all containers must be "
                        "HostProcess containers");
    if (!tree_bool(spec, "hostNetwork"))
        field_error(errs, PATH_FIELD(path, "hostNetwork"), FIELD_INVALID, no,
                    "hostNetwork must be true if pod contains any hostProcess containers");
}

/* ---- spec.os ---- */

/* names ends with NULL. */
static void forbid_all(const json_t *obj, const char *const *names, const char *why,
                       const struct path *path, struct field_errors *errs)
{
    for (; *names; names++)
        if (tree_has(obj, *names))
            check_forbid(errs, PATH_FIELD(path, *names), why);
}

static void linux_context(const json_t *owner, const struct path *path, void *errs)
{
    static const char *const names[] = {"windowsOptions", NULL};
    forbid_all(tree_get(owner, "securityContext"), names,
               "windows options cannot be set for a linux pod", PATH_FIELD(path, "securityContext"),
               errs);
}

static void windows_container(const json_t *ctr, const struct path *path, void *errs)
{
    static const char *const names[] = {"appArmorProfile",
                                        "seLinuxOptions",
                                        "seccompProfile",
                                        "capabilities",
                                        "readOnlyRootFilesystem",
                                        "privileged",
                                        "allowPrivilegeEscalation",
                                        "procMount",
                                        "runAsUser",
                                        "runAsGroup",
                                        NULL};
    forbid_all(tree_get(ctr, "securityContext"), names, "cannot be set for a windows pod",
               PATH_FIELD(path, "securityContext"), errs);
}

static void windows_pod(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const context[] = {"appArmorProfile",     "seLinuxOptions",
                                          "seccompProfile",      "fsGroup",
                                          "fsGroupChangePolicy", "sysctls",
                                          "runAsUser",           "runAsGroup",
                                          "supplementalGroups",  "supplementalGroupsPolicy",
                                          "seLinuxChangePolicy", NULL};
    /* hostPID and hostIPC are plain booleans: false has gone in decoding. */
    static const char *const names[] = {"hostUsers", "hostPID", "hostIPC", "shareProcessNamespace",
                                        NULL};
    static const char why[] = "cannot be set for a windows pod";
    forbid_all(tree_get(spec, "securityContext"), context, why, PATH_FIELD(path, "securityContext"),
               errs);
    forbid_all(spec, names, why, path, errs);
    each_container(spec, path, windows_container, errs);
}

void validate_os(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const known[] = {"linux", "windows", NULL};
    const json_t *os = tree_get(spec, "os");
    const struct path *p = PATH_FIELD(path, "os");
    if (!os || !check_required(os, "name", p, errs))
        return;
    if (!check_in(tree_str(os, "name"), known)) {
        field_unsupported(errs, p, tree_get(os, "name"), known);
    } else if (tree_is(os, "name", "linux")) {
        linux_context(spec, path, errs);
        each_container(spec, path, linux_context, errs);
    } else {
        windows_pod(spec, path, errs);
    }
}
