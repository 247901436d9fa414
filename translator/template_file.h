/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The pod templates that a Job has had. That of its creation stands in object.json; each later one
 * in a file of its own in the Job's folder, "template.N.json", N being the first attempt number of
 * the array that brought it. A file counts from the record in the journal on that has its number
 * (JOURNAL_RENEWED, fold_template_of()), and stays: pods of before have the template of before.
 */
#ifndef SKJOB_TEMPLATE_FILE_H
#define SKJOB_TEMPLATE_FILE_H

#include <jansson.h>
#include <stdint.h>

#include "error.h"

/* Whole or not at all; one that somebody has left without a record is replaced. */
int template_file_write(const char *dir, uint32_t number, const json_t *template_,
                        struct error *err);

/* Returns 0 and a new reference, or -1 with err. */
int template_file_read(const char *dir, uint32_t number, json_t **out, struct error *err);

#endif
