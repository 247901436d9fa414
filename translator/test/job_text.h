/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Jobs for the tests of the translator, from text.
 */
#ifndef SKJOB_TEST_JOB_TEXT_H
#define SKJOB_TEST_JOB_TEXT_H

#include "input.h"
#include "manifest.h"
#include "reader.h"
#include "schema.h"

/* A manifest with what a test is about: lines for metadata, spec, the pod's spec, its container,
 * and the template; each is "" or ends with a newline and is indented as it has to be. */
struct job_text {
    const char *meta;      /* two blanks */
    const char *spec;      /* two blanks */
    const char *pod;       /* six blanks */
    const char *container; /* eight blanks */
    const char *template;  /* four blanks */
};

/* A document that was read, and its Job, decoded and defaulted. The test fails when it is not
 * valid, unless that is looked at in job->verdict by itself. */
struct job_read {
    char *text;
    struct reader *reader;
    struct document doc;
    struct manifest manifest;
    struct input_object input;
};

/* unknown: what to do about unknown fields. */
void job_read_text(struct job_read *j, const char *text, enum unknown_fields unknown);
void job_read_parts(struct job_read *j, const struct job_text *parts);
void job_read_free(struct job_read *j);

/* Whether the path, "spec.template", leads to a field of such an object. */
bool job_text_is_field(const struct schema *s, const char *path);

#define cleanup_job_read __attribute__((cleanup(job_read_free)))

#endif
