/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The batch script of a Job: a generated head and the manifest under it, still valid YAML.
 */
#ifndef SKJOB_SCRIPT_H
#define SKJOB_SCRIPT_H

#include <jansson.h>

#include "head.h"
#include "pragma.h"
#include "strbuf.h"
#include "translation.h"

/* Appends the script. head holds the lines of the user's file, which come after the generated ones
 * and so prevail. Equal arguments give equal bytes. */
int script_render(const struct translation *t, const struct head *head, const struct pragma *pragma,
                  const json_t *job, struct strbuf *out, struct error *err);

/* The pragma of a Job that nobody has given a place in the state yet. */
struct pragma script_pragma(const json_t *job);

/* Appends "#SBATCH --name=value", quoted as sbatch reads it. value may be NULL. */
void script_option(struct strbuf *out, const char *name, const char *value);

/* The interpreter's path: $SKJOB_LIBEXECDIR/skjob-pod, else the installed one. Fails when no "#!"
 * line can hold it. */
int script_interpreter(struct strbuf *out, struct error *err);

#endif
