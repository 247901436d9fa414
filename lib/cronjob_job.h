/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The Jobs of a CronJob: their names, and the objects that are created of its jobTemplate
 * (getJobFromTemplate2 of pkg/controller/cronjob/utils.go; k8s.io/kubectl/pkg/cmd/create,
 * createJobFromCronJob).
 */
#ifndef SKJOB_CRONJOB_JOB_H
#define SKJOB_CRONJOB_JOB_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "timezone.h"

#define CRONJOB_JOB_NAME_MAX 320 /* a name of 253 bytes, a dash, minutes */

/* The Job that a time of the schedule starts: the CronJob's name and the minutes since 1970. Two
 * times of one minute have one Job. */
void cronjob_job_name(const json_t *cronjob, int64_t scheduled, char name[CRONJOB_JOB_NAME_MAX]);

/* A new object, not defaulted: the Job for a time of the schedule, written in zone (NULL = UTC).
 * NULL when out of memory. */
json_t *cronjob_job_scheduled(const json_t *cronjob, const char *name, int64_t scheduled,
                              const struct timezone_info *zone);

/* The same for a person who wants one now. */
json_t *cronjob_job_manual(const json_t *cronjob, const char *name);

/* The Job's template alone: nobody's, without a name. It is what a dry run translates. */
json_t *cronjob_job_template(const json_t *cronjob);

/* Whether the CronJob is the Job's controller. */
bool cronjob_job_is_of(const json_t *job, const json_t *cronjob);

#endif
