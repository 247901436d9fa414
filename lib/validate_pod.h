/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Validation of a pod template (pkg/apis/core/validation/validation.go, ValidatePodTemplateSpec,
 * Kubernetes 1.36 with its default feature gates): all errors at once, in Kubernetes' order and
 * words. The Job's own rule for restartPolicy is not here (validate_job.h).
 */
#ifndef SKJOB_VALIDATE_POD_H
#define SKJOB_VALIDATE_POD_H

#include <jansson.h>

#include "field_error.h"

/* template is decoded and defaulted (default_pod_template). path is that of the template. */
void validate_pod_template_spec(const json_t *template, const struct path *path,
                                struct field_errors *errs);

/* What kubectl prints as "Warning: …" for an accepted template (pkg/api/pod/warnings.go). */
void warn_pod_template(const json_t *template, const struct path *path, struct field_errors *errs);

#endif
