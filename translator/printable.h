/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of files and texts of others in our messages: control characters (those of terminals, too)
 * become '?', so that a message stays one line and does nothing to the user's terminal.
 */
#ifndef SKJOB_PRINTABLE_H
#define SKJOB_PRINTABLE_H

#include "strbuf.h"

/* Appends len bytes of s; the characters in keep stay as they are. */
void printable_add(struct strbuf *out, const char *s, size_t len, const char *keep);

/* As kubectl's tables and describe show what is in objects: ESC is "^[", CR is "\\r"; all else
 * stays.
 */
void printable_add_escaped(struct strbuf *out, const char *s, size_t len);

/* A copy of a text for one line, which the caller frees; NULL when out of memory. */
char *printable_copy(const char *s);

#endif
