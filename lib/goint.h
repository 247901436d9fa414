/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Integers as strconv.Atoi of Go reads them: an optional sign and decimal digits, 64 bits.
 */
#ifndef SKJOB_GOINT_H
#define SKJOB_GOINT_H

#include <stddef.h>
#include <stdint.h>

enum goint_status { GOINT_OK, GOINT_SYNTAX, GOINT_RANGE };

/* Reads the len bytes at s. *out is written on GOINT_OK only. */
enum goint_status goint_parse(const char *s, size_t len, int64_t *out);

#endif
