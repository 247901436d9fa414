/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Validation of object metadata and label selectors
 * (apimachinery/pkg/api/validation/objectmeta.go, pkg/apis/meta/v1/validation/validation.go,
 * Kubernetes 1.36). path is always that of the value itself.
 */
#ifndef SKJOB_VALIDATE_META_H
#define SKJOB_VALIDATE_META_H

#include <jansson.h>
#include <stdbool.h>

#include "field_error.h"

/* ObjectMeta of an object whose name is a DNS subdomain, on creation: a name must be there (the
 * caller has expanded generateName). namespaced: a namespace is required, otherwise forbidden. */
void validate_object_meta(const json_t *meta, const struct path *path, bool namespaced,
                          struct field_errors *errs);

/* Keys and values of a map of labels; also for node selectors. NULL is fine. */
void validate_labels(const json_t *labels, const struct path *path, struct field_errors *errs);
void validate_annotations(const json_t *annotations, const struct path *path,
                          struct field_errors *errs);

/* meta/v1 LabelSelector. NULL is fine. */
void validate_label_selector(const json_t *selector, const struct path *path,
                             struct field_errors *errs);

/* A label key, condition type and the like. Returns whether it is valid. */
bool validate_qualified_name(const char *name, const struct path *path, struct field_errors *errs);

#endif
