/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The small rules that the validation of a pod is made of. Each looks at one field (absent reads as
 * "not set", and is fine unless said otherwise) and adds Kubernetes' error to errs. Those that
 * return bool say whether the value passed.
 */
#ifndef SKJOB_CHECK_H
#define SKJOB_CHECK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "field_error.h"
#include "names.h"

/* Plain errors: "Required value[: detail]", "Forbidden: detail". */
void check_miss(struct field_errors *errs, const struct path *path, const char *detail);
void check_forbid(struct field_errors *errs, const struct path *path, const char *detail);

/* A string that must not be empty. */
bool check_required(const json_t *obj, const char *name, const struct path *path,
                    struct field_errors *errs);
/* Required, and then check's rule for the name. */
void check_required_name(const json_t *obj, const char *name, names_check *check,
                         const struct path *path, struct field_errors *errs);
/* check's rule if the string is not empty. */
void check_name(const json_t *obj, const char *name, names_check *check, const struct path *path,
                struct field_errors *errs);

/* A string out of a list, which ends with NULL. */
bool check_enum(const json_t *obj, const char *name, const char *const *allowed,
                const struct path *path, struct field_errors *errs);
/* The same, and an empty or absent string is "Required value". */
void check_required_enum(const json_t *obj, const char *name, const char *const *allowed,
                         const struct path *path, struct field_errors *errs);

/* "must be between MIN and MAX, inclusive". */
void check_range(const json_t *obj, const char *name, long long min, long long max,
                 const struct path *path, struct field_errors *errs);
/* "must be greater than or equal to 0". */
void check_nonnegative(const json_t *obj, const char *name, const struct path *path,
                       struct field_errors *errs);
/* A user or group id: 0 … 2147483647. */
void check_id(const json_t *obj, const char *name, const struct path *path,
              struct field_errors *errs);
/* File mode bits 0 … 0777. */
void check_mode(const json_t *obj, const char *name, const struct path *path,
                struct field_errors *errs);

/* Paths. No "..": no element is "..". Relative: also not absolute. Local: also does not start with
 * ".." (those names are the kubelet's). path is that of the string itself. */
bool check_no_backsteps(const char *s, const struct path *path, struct field_errors *errs);
void check_relative_path(const char *s, const struct path *path, struct field_errors *errs);
void check_local_path(const char *s, const struct path *path, struct field_errors *errs);

/* Helpers without errors. */
bool check_in(const char *s, const char *const *list);
bool check_has_prefix(const char *s, const char *prefix);

/* A set of strings, kept in a json object. Returns false when s was in it already. */
bool check_set_add(json_t *set, const char *s);

#endif
