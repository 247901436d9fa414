/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Validation of batch/v1 objects (pkg/apis/batch/validation/validation.go, Kubernetes 1.36), all
 * errors at once, in Kubernetes' order and words.
 */
#ifndef SKJOB_VALIDATE_JOB_H
#define SKJOB_VALIDATE_JOB_H

#include <jansson.h>

#include "field_error.h"

/* job is decoded, defaulted and has its generated labels and selector for this uid. */
void validate_job(const json_t *job, const char *uid, struct field_errors *errs);

/* What Jobs and job templates share: everything but the selector. path is that of the spec. */
void validate_job_spec_common(const json_t *spec, const struct path *path,
                              struct field_errors *errs);

/* "must be greater than or equal to 0" for an int field that is present. */
void validate_nonnegative(const json_t *obj, const char *name, const struct path *path,
                          struct field_errors *errs);

/* What kubectl prints as "Warning: …" for a Job, or for a CronJob and the spec of its Jobs
 * (pkg/api/job/warnings.go and the strategies in pkg/registry/batch). */
void warn_job(const json_t *meta, const json_t *spec, const struct path *path,
              struct field_errors *errs);

/* zoneinfo: the root of the system's time zone files. */
void validate_cron_job(const json_t *cron_job, const char *zoneinfo, struct field_errors *errs);

/* podFailurePolicy and successPolicy of a spec. path is that of the policy. */
void validate_pod_failure_policy(const json_t *spec, const struct path *path,
                                 struct field_errors *errs);
void validate_success_policy(const json_t *spec, const struct path *path,
                             struct field_errors *errs);

#endif
