/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Annotations of a pod that have a meaning of their own.
 */
#include "validate_pod_parts.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "goquote.h"
#include "tree.h"

#define MIRROR      "kubernetes.io/config.mirror"
#define TOLERATIONS "scheduler.alpha.kubernetes.io/tolerations"
#define COST        "controller.kubernetes.io/pod-deletion-cost"
#define LOCALHOST   "localhost/"

/* ---- single annotations ---- */

/* A decimal int32 without leading zeros or '+'. */
static bool is_cost(const char *s)
{
    const char *digits = s + (*s == '-');
    if (digits == s && *s == '0' && s[1])
        return false;
    if (!*digits || strspn(digits, "0123456789") != strlen(digits))
        return false;
    errno = 0;
    long long n = strtoll(s, NULL, 10);
    return errno == 0 && n >= INT32_MIN && n <= INT32_MAX;
}

static void tolerations(const char *text, const struct path *path, struct field_errors *errs)
{
    json_error_t error;
    cleanup_json json_t *list = json_loads(text, 0, &error);
    if (list && json_is_array(list))
        validate_tolerations(list, PATH_FIELD(path, TOLERATIONS), errs);
    else
        field_error_str(errs, path, FIELD_INVALID, TOLERATIONS, "%s",
                        list ? "must be a list of tolerations" : error.text);
}

static void single(const json_t *notes, const json_t *spec, const struct path *path,
                   struct field_errors *errs)
{
    if (tree_has(notes, MIRROR) && !*tree_str(spec, "nodeName"))
        field_error_str(errs, PATH_KEY(path, MIRROR), FIELD_INVALID, tree_str(notes, MIRROR),
                        "must set spec.nodeName if mirror pod annotation is set");
    if (*tree_str(notes, TOLERATIONS))
        tolerations(tree_str(notes, TOLERATIONS), path, errs);
    if (tree_has(notes, COST) && !is_cost(tree_str(notes, COST)))
        field_error_str(errs, PATH_KEY(path, COST), FIELD_INVALID, tree_str(notes, COST),
                        "must be a 32bit integer");
}

/* ---- seccomp and AppArmor, before they were fields ---- */

static void seccomp_note(const char *key, const char *profile, const struct path *path,
                         struct field_errors *errs)
{
    static const char *const plain[] = {"runtime/default", "docker/default", "unconfined", NULL};
    const struct path *p = PATH_FIELD(path, key);
    if (check_has_prefix(profile, LOCALHOST))
        check_relative_path(profile + strlen(LOCALHOST), p, errs);
    else if (!check_in(profile, plain))
        field_error_str(errs, p, FIELD_INVALID, profile, "must be a valid seccomp profile");
}

struct find {
    const char *name;
    bool found;
};

static void find_container(const json_t *ctr, const struct path *path, void *arg)
{
    struct find *f = arg;
    (void)path;
    f->found |= tree_is(ctr, "name", f->name);
}

static void apparmor_note(const json_t *spec, const char *key, const char *profile,
                          const struct path *path, struct field_errors *errs)
{
    static const char *const plain[] = {"", "runtime/default", "unconfined", NULL};
    const struct path *p = PATH_KEY(path, key);
    struct find f = {.name = key + strlen(APPARMOR_ANNOTATION_PREFIX)};
    each_container(spec, NULL, find_container, &f);
    if (!f.found)
        field_error_str(errs, p, FIELD_INVALID, f.name, "container not found");
    if (check_in(profile, plain) || check_has_prefix(profile, LOCALHOST))
        return;
    cleanup_strbuf struct strbuf quoted = STRBUF_INIT;
    goquote_add(&quoted, profile);
    field_error_str(errs, p, FIELD_INVALID, profile, "invalid AppArmor profile name: %s",
                    strbuf_str(&quoted));
}

void validate_pod_annotations(const json_t *template, const struct path *path,
                              struct field_errors *errs)
{
    json_t *notes = tree_at(template, "metadata", "annotations", NULL);
    const json_t *spec = tree_get(template, "spec");
    const char *key;
    json_t *v;
    single(notes, spec, path, errs);
    if (tree_has(notes, SECCOMP_POD_ANNOTATION))
        seccomp_note(SECCOMP_POD_ANNOTATION, tree_str(notes, SECCOMP_POD_ANNOTATION), path, errs);
    json_object_foreach (notes, key, v)
        if (check_has_prefix(key, SECCOMP_ANNOTATION_PREFIX))
            seccomp_note(key, json_string_value(v), path, errs);
    json_object_foreach (notes, key, v)
        if (check_has_prefix(key, APPARMOR_ANNOTATION_PREFIX))
            apparmor_note(spec, key, json_string_value(v), path, errs);
}

/* ---- annotation and field must say the same ---- */

struct match {
    const json_t *notes;
    const json_t *pod_profile; /* AppArmor profile of the pod, which its containers inherit */
    struct field_errors *errs;
};

/* kind: "seccomp" or "apparmor". path is that of the profile. */
static void same_profile(const char *kind, const char *note, const json_t *profile,
                         const struct path *path, struct field_errors *errs)
{
    const struct path *type = PATH_FIELD(path, "type");
    bool local = check_has_prefix(note, LOCALHOST);
    bool runtime = strcmp(note, "runtime/default") == 0 ||
                   (*kind == 's' && strcmp(note, "docker/default") == 0);
    bool unconfined = strcmp(note, "unconfined") == 0;
    bool same_type = (tree_is(profile, "type", "Localhost") && local) ||
                     (tree_is(profile, "type", "RuntimeDefault") && runtime) ||
                     (tree_is(profile, "type", "Unconfined") && unconfined);
    static const char *const types[] = {"Localhost", "RuntimeDefault", "Unconfined", NULL};
    if (!check_in(tree_str(profile, "type"), types))
        return;
    if (!same_type)
        field_error(errs, type, FIELD_FORBIDDEN, NULL, "%s type in annotation and field must match",
                    kind);
    else if (local && (!tree_has(profile, "localhostProfile") ||
                       !tree_is(profile, "localhostProfile", note + strlen(LOCALHOST))))
        field_error(errs, PATH_FIELD(path, "localhostProfile"), FIELD_FORBIDDEN, NULL,
                    "%s profile in annotation and field must match", kind);
}

/* The annotation "<prefix><container name>", NULL when there is none. */
static const char *container_note(const json_t *notes, const char *prefix, const json_t *ctr)
{
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    strbuf_addf(&key, "%s%s", prefix, tree_str(ctr, "name"));
    return json_string_value(tree_get(notes, strbuf_str(&key)));
}

static void match_seccomp(const json_t *ctr, const struct path *path, void *arg)
{
    const struct match *m = arg;
    const json_t *profile = tree_at(ctr, "securityContext", "seccompProfile", NULL);
    const char *note = container_note(m->notes, SECCOMP_ANNOTATION_PREFIX, ctr);
    if (profile && note)
        same_profile("seccomp", note, profile,
                     PATH_FIELD(PATH_FIELD(path, "securityContext"), "seccompProfile"), m->errs);
}

static void match_apparmor(const json_t *ctr, const struct path *path, void *arg)
{
    const struct match *m = arg;
    const json_t *own = tree_at(ctr, "securityContext", "appArmorProfile", NULL);
    const json_t *profile = own ? own : m->pod_profile;
    const char *note = container_note(m->notes, APPARMOR_ANNOTATION_PREFIX, ctr);
    if (profile && note)
        same_profile("apparmor", note, profile,
                     PATH_FIELD(PATH_FIELD(path, "securityContext"), "appArmorProfile"), m->errs);
}

void validate_profile_annotations(const json_t *template, const struct path *path,
                                  struct field_errors *errs)
{
    const json_t *spec = tree_get(template, "spec");
    const json_t *sc = tree_get(spec, "securityContext");
    const json_t *profile = tree_get(sc, "seccompProfile");
    struct match m = {
        .notes = tree_at(template, "metadata", "annotations", NULL),
        .pod_profile = tree_get(sc, "appArmorProfile"),
        .errs = errs,
    };
    if (profile && tree_has(m.notes, SECCOMP_POD_ANNOTATION))
        same_profile("seccomp", tree_str(m.notes, SECCOMP_POD_ANNOTATION), profile,
                     PATH_FIELD(PATH_FIELD(path, "securityContext"), "seccompProfile"), errs);
    each_container(spec, path, match_seccomp, &m);
    if (!tree_is(tree_get(spec, "os"), "name", "windows"))
        each_container(spec, path, match_apparmor, &m);
}
