/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What jansson does not tell of a JSON text: where its fields stand, and whether it keeps within
 * the reader's limits.
 */
#ifndef SKJOB_JSON_SCAN_H
#define SKJOB_JSON_SCAN_H

#include <stddef.h>

#include "error.h"
#include "positions.h"
#include "reader.h"
#include "strbuf.h"

/* text is one valid JSON value that starts at *at; *at is set to the place of a broken limit.
 * Returns 0 and *out (owned by the caller), or -1 with err. */
int json_scan(struct positions **out, const char *text, size_t len, struct position *at,
              const struct reader_limits *limits, struct error *err);

/* Appends text with what jansson refuses and Go reads as U+FFFD replaced: bytes that are no
 * UTF-8, and escapes of half a surrogate pair. */
void json_scan_repair(struct strbuf *out, const char *text, size_t len);

#endif
