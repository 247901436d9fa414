/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Defaults and validation of core/v1 ConfigMap, Secret and Service
 * (pkg/apis/core/v1/{conversion,defaults}.go, pkg/apis/core/validation/validation.go, Kubernetes
 * 1.36). Of a Service only the metadata is looked at.
 */
#ifndef SKJOB_VALIDATE_CORE_H
#define SKJOB_VALIDATE_CORE_H

#include <jansson.h>
#include <stddef.h>

#include "error.h"
#include "field_error.h"

/* core.MaxSecretSize: the sum of all values, in bytes after base64; for ConfigMaps, too. */
#define VALIDATE_CORE_SIZE_MAX ((size_t)1 << 20)

/* In place, on a decoded object: base64 in its canonical form, stringData merged into data, type
 * Opaque. Return 0, or -1 when out of memory. */
int default_config_map(json_t *object, struct error *err);
int default_secret(json_t *object, struct error *err);

/* The object has a namespace and a name. */
void validate_config_map(const json_t *object, struct field_errors *errs);
void validate_secret(const json_t *object, struct field_errors *errs);
void validate_service(const json_t *object, struct field_errors *errs);

#endif
