/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the fields of a Job that matter mean, their defaults and rules, in short words.
 */
#ifndef SKJOB_EXPLAIN_TEXT_H
#define SKJOB_EXPLAIN_TEXT_H

#include <stddef.h>

struct explain_text {
    const char *path; /* from the Job on: "spec.backoffLimit" */
    const char *text;
};

extern const struct explain_text explain_texts[];
extern const size_t explain_texts_len;

/* The text of a path, "" when there is none. What is said of containers holds of initContainers. */
const char *explain_text(const char *path);

/* The same for a field of a CronJob; below spec.jobTemplate it is a Job's. */
const char *explain_cronjob_text(const char *path);

#endif
