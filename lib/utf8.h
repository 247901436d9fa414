/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * UTF-8 as Go reads it: a byte that belongs to no character reads as U+FFFD.
 */
#ifndef SKJOB_UTF8_H
#define SKJOB_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "strbuf.h"

#define UTF8_REPLACEMENT 0xfffdu

/* The first character of s (len > 0). Returns its length in bytes, 1 for a byte that is no
 * character. */
size_t utf8_decode(const char *s, size_t len, uint32_t *c);

/* Appends one character; surrogates and numbers beyond Unicode as U+FFFD. */
void utf8_append(struct strbuf *out, uint32_t c);

/* Appends s, with U+FFFD for each byte that is no character. */
void utf8_repair(struct strbuf *out, const char *s, size_t len);

/* Appends a file's text as kubectl takes it: without its byte order mark, as UTF-8 where the mark
 * says UTF-16, repaired when there is no mark. Text whose mark says UTF-8 is taken as it is, valid
 * or not (golang.org/x/text/encoding/unicode, BOMOverride). */
void utf8_from_file(struct strbuf *out, const char *s, size_t len);

#endif
