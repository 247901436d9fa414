/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Validation errors of a manifest, collected (all at once, in validation order) and rendered in the
 * words of Kubernetes: "<path>: <Type>[: <bad value>][: <detail>]"
 * (k8s.io/apimachinery/pkg/util/validation/field/errors.go).
 */
#ifndef SKJOB_FIELD_ERROR_H
#define SKJOB_FIELD_ERROR_H

#include "path.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum field_error_type {
    FIELD_REQUIRED,    /* Required value */
    FIELD_INVALID,     /* Invalid value */
    FIELD_UNSUPPORTED, /* Unsupported value */
    FIELD_NOT_FOUND,   /* Not found */
    FIELD_DUPLICATE,   /* Duplicate value */
    FIELD_FORBIDDEN,   /* Forbidden */
    FIELD_TOO_LONG,    /* Too long */
    FIELD_TOO_MANY,    /* Too many */
    FIELD_INTERNAL,    /* Internal error */
};

struct field_error {
    char *field;   /* rendered path */
    char *message; /* everything after "<path>: " */
};

struct field_errors {
    struct field_error *v;
    size_t len;
    struct field_error *warnings; /* accepted, but kubectl prints "Warning: <field>: <message>" */
    size_t warnings_len;
    bool failed; /* out of memory: the list is not complete */
};

/* Appends one error. bad (borrowed) is shown where the type shows a bad value: strings Go-quoted,
 * numbers and booleans plain, NULL and JSON null as null, everything else as compact JSON. With
 * bad == FIELD_NO_VALUE the value is left out. fmt may be NULL or "" for an error without detail.
 */
#define FIELD_NO_VALUE ((json_t *)&field_no_value)
extern const char field_no_value;

void field_error(struct field_errors *errs, const struct path *path, enum field_error_type type,
                 const json_t *bad, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* The same for a bad value that is a string (NULL reads as ""). */
void field_error_str(struct field_errors *errs, const struct path *path, enum field_error_type type,
                     const char *bad, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* The same for a bad value that is an integer. */
void field_error_int(struct field_errors *errs, const struct path *path, enum field_error_type type,
                     long long bad, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Unsupported value with the detail 'supported values: "A", "B"'. supported ends with NULL. */
void field_unsupported(struct field_errors *errs, const struct path *path, const json_t *bad,
                       const char *const *supported);

void field_warning(struct field_errors *errs, const struct path *path, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

void field_errors_free(struct field_errors *errs);

#define cleanup_field_errors __attribute__((cleanup(field_errors_free)))

#endif
