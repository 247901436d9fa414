/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What of an object may change once it exists (ValidateJobUpdate of
 * pkg/apis/batch/validation/validation.go, ValidateObjectMetaUpdate of
 * apimachinery/pkg/api/validation/objectmeta.go, Kubernetes 1.36). These errors come after those of
 * validate_job() for the new object.
 */
#ifndef SKJOB_VALIDATE_UPDATE_H
#define SKJOB_VALIDATE_UPDATE_H

#include <jansson.h>
#include <stdbool.h>

#include "field_error.h"

/* Both objects are decoded and defaulted, and have their generated labels and selectors. old has
 * its status. */
void validate_job_update(const json_t *old, const json_t *job, struct field_errors *errs);

/* ConfigMaps and Secrets that say `immutable`, the type of a Secret; nothing for other kinds. */
void validate_core_update(const json_t *old, const json_t *object, struct field_errors *errs);

#endif
