/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Texts in quotes, as Go writes and reads them.
 */
#ifndef SKJOB_GOQUOTE_H
#define SKJOB_GOQUOTE_H

#include "strbuf.h"

/* Appends s as Go's %q prints it: quoted, control characters and quotes escaped. */
void goquote_add(struct strbuf *out, const char *s);

/* Appends what the text between two quotes means (strconv.UnquoteChar). Returns 0, or -1 where Go
 * refuses it. A NUL, and a byte that is no UTF-8, are refused as well: JSON cannot hold them. */
int goquote_read(struct strbuf *out, const char *at, const char *end, char quote);

#endif
