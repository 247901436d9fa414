/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Takes a text apart into YAML documents at lines that begin with "---", before any parsing, as
 * kubectl does (k8s.io/apimachinery/pkg/util/yaml, YAMLReader). A consequence: directives (%YAML,
 * %TAG) are always refused, since "---" parts them from their document.
 */
#ifndef SKJOB_YAML_SPLIT_H
#define SKJOB_YAML_SPLIT_H

#include <stddef.h>

#include "error.h"

struct yaml_split {
    const char *text; /* ends with a line break */
    size_t len;
    size_t offset; /* of what was not looked at yet */
    size_t line;   /* its line in the file, from 1 */
};

struct yaml_chunk {
    const char *text;
    size_t len;
    size_t line;
};

/* Returns 1 and the next document, 0 at the end, -1 with err and the bad line in chunk->line. */
int yaml_split_next(struct yaml_split *s, struct yaml_chunk *chunk, struct error *err);

#endif
