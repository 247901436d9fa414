/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From an object of a file to a Job that can be submitted: checked, translated, reported. What
 * create and translate have in common.
 */
#ifndef SKJOB_PREPARE_H
#define SKJOB_PREPARE_H

#include "input.h"
#include "manifest.h"
#include "options.h"
#include "translation.h"

struct prepared {
    struct manifest manifest;
    struct translation translation; /* of Jobs, and of the Jobs of CronJobs */
    struct report report;           /* likewise */
    json_t *job;                    /* what was translated: the Job, or the CronJob's; owned */
};

/* Returns 0, or -1 after printing why to standard error. Warnings (unknown fields with
 * --validate=warn, those of Kubernetes) are printed too. */
int prepare(struct prepared *p, const struct input_object *in, const struct options *o);

/* Translates and reports; refused fields are an error. */
int prepare_translation(struct prepared *p, const struct input_object *in, const struct options *o);

/* One line about what is lost, if something is. */
void prepare_warn(const struct prepared *p, const struct input_object *in);

void prepared_free(struct prepared *p);

#define cleanup_prepared __attribute__((cleanup(prepared_free)))

#endif
