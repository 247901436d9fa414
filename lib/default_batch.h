/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the API server fills in on a Job or a CronJob (pkg/apis/batch/v1/defaults.go and the Job
 * strategy's generateSelector, Kubernetes 1.36).
 */
#ifndef SKJOB_DEFAULT_BATCH_H
#define SKJOB_DEFAULT_BATCH_H

#include <jansson.h>

#include "error.h"

/* In place, on a decoded object. Return 0, or -1 when out of memory. */
int default_job(json_t *job, struct error *err);
int default_cron_job(json_t *cron_job, struct error *err);

/* The labels and the selector that the API server generates for a Job without manualSelector:
 * present values are kept (validation then refuses wrong ones). */
int generate_selector(json_t *job, const char *uid, struct error *err);

/* A Job without labels of its own shows its template's: also the generated ones, once they are
 * there. Part of default_job(). */
int default_job_labels(json_t *job, struct error *err);

#endif
