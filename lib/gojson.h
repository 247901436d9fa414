/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * JSON as Go's encoding/json writes it, and so kubectl: keys sorted, and < > & as escapes.
 */
#ifndef SKJOB_GOJSON_H
#define SKJOB_GOJSON_H

#include <jansson.h>

#include "error.h"
#include "strbuf.h"

/* Appends value, of any type. indent: blanks a level, 0 = all on one line. Returns 0, or -1 with
 * err when out of memory. */
int gojson_add(struct strbuf *out, const json_t *value, unsigned indent, struct error *err);

/* The same for a part of a larger text: so many blanks begin each line but the first. */
int gojson_add_within(struct strbuf *out, const json_t *value, unsigned indent, unsigned margin,
                      struct error *err);

#endif
