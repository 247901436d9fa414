/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A jansson tree as YAML, the way kubectl prints it: keys sorted, two blanks a level, lists not
 * indented under their key, texts of several lines as literal blocks, and quotes around strings
 * that would be read as something else. The output is the same for equal trees, byte for byte, and
 * no line of it starts with '#'.
 */
#ifndef SKJOB_YAML_EMIT_H
#define SKJOB_YAML_EMIT_H

#include <jansson.h>

#include "error.h"
#include "strbuf.h"

/* Appends one document, without "---". Returns 0, or -1 with err. */
int yaml_emit(const json_t *value, struct strbuf *out, struct error *err);

#endif
