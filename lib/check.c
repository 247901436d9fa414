/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"

#include <limits.h>
#include <string.h>

#include "tree.h"

void check_miss(struct field_errors *errs, const struct path *path, const char *detail)
{
    if (*detail)
        field_error(errs, path, FIELD_REQUIRED, NULL, "%s", detail);
    else
        field_error(errs, path, FIELD_REQUIRED, NULL, NULL);
}

void check_forbid(struct field_errors *errs, const struct path *path, const char *detail)
{
    field_error(errs, path, FIELD_FORBIDDEN, NULL, "%s", detail);
}

bool check_required(const json_t *obj, const char *name, const struct path *path,
                    struct field_errors *errs)
{
    if (*tree_str(obj, name))
        return true;
    field_error(errs, PATH_FIELD(path, name), FIELD_REQUIRED, NULL, NULL);
    return false;
}

void check_required_name(const json_t *obj, const char *name, names_check *check,
                         const struct path *path, struct field_errors *errs)
{
    if (check_required(obj, name, path, errs))
        names_validate(check, tree_str(obj, name), errs, PATH_FIELD(path, name));
}

void check_name(const json_t *obj, const char *name, names_check *check, const struct path *path,
                struct field_errors *errs)
{
    if (*tree_str(obj, name))
        names_validate(check, tree_str(obj, name), errs, PATH_FIELD(path, name));
}

bool check_enum(const json_t *obj, const char *name, const char *const *allowed,
                const struct path *path, struct field_errors *errs)
{
    const json_t *v = tree_get(obj, name);
    if (!v || check_in(json_string_value(v), allowed))
        return true;
    field_unsupported(errs, PATH_FIELD(path, name), v, allowed);
    return false;
}

void check_required_enum(const json_t *obj, const char *name, const char *const *allowed,
                         const struct path *path, struct field_errors *errs)
{
    if (check_required(obj, name, path, errs))
        check_enum(obj, name, allowed, path, errs);
}

void check_range(const json_t *obj, const char *name, long long min, long long max,
                 const struct path *path, struct field_errors *errs)
{
    const json_t *v = tree_get(obj, name);
    if (v && (json_integer_value(v) < min || json_integer_value(v) > max))
        field_error(errs, PATH_FIELD(path, name), FIELD_INVALID, v,
                    "must be between %lld and %lld, inclusive", min, max);
}

void check_nonnegative(const json_t *obj, const char *name, const struct path *path,
                       struct field_errors *errs)
{
    if (tree_int(obj, name) < 0)
        field_error(errs, PATH_FIELD(path, name), FIELD_INVALID, tree_get(obj, name),
                    "must be greater than or equal to 0");
}

void check_id(const json_t *obj, const char *name, const struct path *path,
              struct field_errors *errs)
{
    check_range(obj, name, 0, INT_MAX, path, errs);
}

void check_mode(const json_t *obj, const char *name, const struct path *path,
                struct field_errors *errs)
{
    const json_t *v = tree_get(obj, name);
    if (v && (json_integer_value(v) < 0 || json_integer_value(v) > 0777))
        field_error(errs, PATH_FIELD(path, name), FIELD_INVALID, v,
                    "must be a number between 0 and 0777 (octal), both inclusive");
}

bool check_no_backsteps(const char *s, const struct path *path, struct field_errors *errs)
{
    for (const char *p = s; p; p = strchr(p, '/')) {
        p += *p == '/';
        if (p[0] != '.' || p[1] != '.' || (p[2] != '/' && p[2] != '\0'))
            continue;
        field_error_str(errs, path, FIELD_INVALID, s, "must not contain '..'");
        return false;
    }
    return true;
}

void check_relative_path(const char *s, const struct path *path, struct field_errors *errs)
{
    if (*s == '/')
        field_error_str(errs, path, FIELD_INVALID, s, "must be a relative path");
    check_no_backsteps(s, path, errs);
}

void check_local_path(const char *s, const struct path *path, struct field_errors *errs)
{
    check_relative_path(s, path, errs);
    /* "../x" has been reported by the rule above, but plain ".." counts twice in Kubernetes. */
    if (check_has_prefix(s, "..") && !check_has_prefix(s, "../"))
        field_error_str(errs, path, FIELD_INVALID, s, "must not start with '..'");
}

bool check_in(const char *s, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(*list, s) == 0)
            return true;
    return false;
}

bool check_has_prefix(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool check_set_add(json_t *set, const char *s)
{
    if (json_object_get(set, s))
        return false;
    json_object_set_new_nocheck(set, s, json_true());
    return true;
}
