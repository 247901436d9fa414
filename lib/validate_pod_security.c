/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "validate_pod_parts.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "cleanup.h"
#include "names.h"
#include "tree.h"

#define PROFILE_MAX 4095 /* PATH_MAX - 1 */

static const char *const profile_types[] = {"Localhost", "RuntimeDefault", "Unconfined", NULL};

/* ---- seccomp and AppArmor profiles ---- */

static void profile_type(const json_t *profile, const char *missing, const struct path *path,
                         struct field_errors *errs)
{
    if (!*tree_str(profile, "type"))
        check_miss(errs, PATH_FIELD(path, "type"), missing);
    else
        check_enum(profile, "type", profile_types, path, errs);
}

static void seccomp(const json_t *profile, const struct path *path, struct field_errors *errs)
{
    const json_t *local = tree_get(profile, "localhostProfile");
    const struct path *p = PATH_FIELD(path, "localhostProfile");
    bool localhost = tree_is(profile, "type", "Localhost");
    if (!profile)
        return;
    profile_type(profile, "type is required when seccompProfile is set", path, errs);
    if (localhost && !local)
        check_miss(errs, p, "must be set when seccomp type is Localhost");
    else if (localhost)
        check_relative_path(json_string_value(local), p, errs);
    else if (local)
        field_error(errs, p, FIELD_INVALID, profile,
                    "can only be set when seccomp type is Localhost");
}

static bool is_padded(const char *s)
{
    size_t n = strlen(s);
    return n && (isspace((unsigned char)s[0]) || isspace((unsigned char)s[n - 1]));
}

static void apparmor_local(const json_t *local, const struct path *path, struct field_errors *errs)
{
    const char *name = local ? json_string_value(local) : "";
    if (is_padded(name))
        field_error(errs, path, FIELD_INVALID, local, "must not be padded with whitespace");
    else if (!*name)
        check_miss(errs, path, "must be set when AppArmor type is Localhost");
    if (strlen(name) > PROFILE_MAX)
        field_error(errs, path, FIELD_TOO_LONG, NULL, "may not be more than %d bytes", PROFILE_MAX);
}

static void apparmor(const json_t *profile, const struct path *path, struct field_errors *errs)
{
    const json_t *local = tree_get(profile, "localhostProfile");
    const struct path *p = PATH_FIELD(path, "localhostProfile");
    if (!profile)
        return;
    profile_type(profile, "type is required when appArmorProfile is set", path, errs);
    if (tree_is(profile, "type", "Localhost"))
        apparmor_local(local, p, errs);
    else if (local && check_in(tree_str(profile, "type"), profile_types))
        field_error(errs, p, FIELD_INVALID, local,
                    "can only be set when AppArmor type is Localhost");
}

/* ---- sysctls ---- */

/* With '/' as the separator, '.' and '/' trade places. */
static char *normalize_sysctl(const char *name)
{
    char *s = strdup(name);
    size_t first = strcspn(name, "./");
    if (!s || name[first] != '/')
        return s;
    for (char *p = s; *p; p++)
        *p = *p == '/' ? '.' : *p == '.' ? '/' : *p;
    return s;
}

static bool is_ipc_sysctl(const char *name)
{
    static const char *const names[] = {"kernel.sem",
                                        "kernel.shmall",
                                        "kernel.shmmax",
                                        "kernel.shmmni",
                                        "kernel.shm",
                                        "kernel.shm_rmid_forced",
                                        "kernel.msgmax",
                                        "kernel.msgmnb",
                                        "kernel.msgmni",
                                        "kernel.msg",
                                        NULL};
    return check_in(name, names) || check_has_prefix(name, "fs.mqueue.");
}

/* Sysctls of a namespace that the pod shares with its host would change the host. */
static void host_sysctl(const json_t *spec, const char *name, const struct path *path,
                        struct field_errors *errs)
{
    cleanup_free char *s = normalize_sysctl(name);
    if (!s)
        errs->failed = true;
    else if (tree_bool(spec, "hostNetwork") && check_has_prefix(s, "net."))
        field_error_str(errs, path, FIELD_INVALID, name,
                        "may not be specified when 'hostNetwork' is true");
    else if (tree_bool(spec, "hostIPC") && is_ipc_sysctl(s))
        field_error_str(errs, path, FIELD_INVALID, name,
                        "may not be specified when 'hostIPC' is true");
}

static void sysctls(const json_t *spec, const json_t *list, const struct path *path,
                    struct field_errors *errs)
{
    cleanup_json json_t *seen = json_object();
    size_t i;
    json_t *v;
    json_array_foreach (list, i, v) {
        const char *name = tree_str(v, "name");
        const struct path *p = PATH_INDEX(path, i);
        const struct path *name_path = PATH_FIELD(p, "name");
        bool first = check_set_add(seen, name);
        if (check_required(v, "name", p, errs) &&
            names_validate(names_sysctl, name, errs, name_path) && !first)
            field_error_str(errs, name_path, FIELD_DUPLICATE, name, NULL);
        host_sysctl(spec, name, name_path, errs);
    }
}

/* ---- the pod ---- */

static void groups(const json_t *list, const struct path *path, struct field_errors *errs)
{
    size_t i;
    json_t *v;
    json_array_foreach (list, i, v) {
        long long id = json_integer_value(v);
        if (id < 0 || id > INT32_MAX)
            field_error_int(errs, PATH_INDEX(path, i), FIELD_INVALID, id,
                            "must be between 0 and %d, inclusive", INT32_MAX);
    }
}

/* shareProcessNamespace is a field of the pod, but is reported in the security context. */
static void ids(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const names[] = {"fsGroup", "runAsUser", "runAsGroup"};
    const json_t *sc = tree_get(spec, "securityContext");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_id(sc, names[i], path, errs);
    groups(tree_get(sc, "supplementalGroups"), PATH_FIELD(path, "supplementalGroups"), errs);
    if (tree_bool(spec, "shareProcessNamespace") && tree_bool(spec, "hostPID"))
        field_error(errs, PATH_FIELD(path, "shareProcessNamespace"), FIELD_INVALID,
                    tree_get(spec, "shareProcessNamespace"),
                    "ShareProcessNamespace and HostPID cannot both be enabled");
}

void validate_pod_security(const json_t *spec, const struct path *path, struct field_errors *errs)
{
    static const char *const fs_group[] = {"Always", "OnRootMismatch", NULL};
    static const char *const supplemental[] = {"Merge", "Strict", NULL};
    static const char *const selinux[] = {"Recursive", NULL}; /* gate SELinuxMount is off */
    const json_t *sc = tree_get(spec, "securityContext");
    const struct path *p = PATH_FIELD(path, "securityContext");
    if (!sc)
        return;
    ids(spec, p, errs);
    sysctls(spec, tree_get(sc, "sysctls"), PATH_FIELD(p, "sysctls"), errs);
    check_enum(sc, "fsGroupChangePolicy", fs_group, p, errs);
    seccomp(tree_get(sc, "seccompProfile"), PATH_FIELD(p, "seccompProfile"), errs);
    validate_windows_options(tree_get(sc, "windowsOptions"), PATH_FIELD(p, "windowsOptions"), errs);
    apparmor(tree_get(sc, "appArmorProfile"), PATH_FIELD(p, "appArmorProfile"), errs);
    check_enum(sc, "supplementalGroupsPolicy", supplemental, p, errs);
    check_enum(sc, "seLinuxChangePolicy", selinux, p, errs);
}

/* ---- a container ---- */

static void proc_mount(const json_t *sc, bool host_users, const struct path *path,
                       struct field_errors *errs)
{
    static const char *const types[] = {"Default", "Unmasked", NULL};
    check_enum(sc, "procMount", types, path, errs);
    if (host_users && tree_is(sc, "procMount", "Unmasked"))
        field_error(errs, PATH_FIELD(path, "procMount"), FIELD_INVALID, tree_get(sc, "procMount"),
                    "`hostUsers` must be false to use `Unmasked`");
}

static void escalation(const json_t *sc, const struct path *path, struct field_errors *errs)
{
    size_t i;
    json_t *capability;
    if (!tree_has(sc, "allowPrivilegeEscalation") || tree_bool(sc, "allowPrivilegeEscalation"))
        return;
    if (tree_bool(sc, "privileged"))
        field_error(errs, path, FIELD_INVALID, sc,
                    "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    json_array_foreach (tree_at(sc, "capabilities", "add", NULL), i, capability)
        if (strcmp(json_string_value(capability), "CAP_SYS_ADMIN") == 0)
            field_error(errs, path, FIELD_INVALID, sc,
                        "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` "
                        "CAP_SYS_ADMIN");
}

void validate_container_security(const json_t *sc, bool host_users, const struct path *path,
                                 struct field_errors *errs)
{
    if (!sc)
        return;
    check_id(sc, "runAsUser", path, errs);
    check_id(sc, "runAsGroup", path, errs);
    proc_mount(sc, host_users, path, errs);
    seccomp(tree_get(sc, "seccompProfile"), PATH_FIELD(path, "seccompProfile"), errs);
    escalation(sc, path, errs);
    validate_windows_options(tree_get(sc, "windowsOptions"), PATH_FIELD(path, "windowsOptions"),
                             errs);
    apparmor(tree_get(sc, "appArmorProfile"), PATH_FIELD(path, "appArmorProfile"), errs);
}
