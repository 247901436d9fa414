/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text in columns as Go's text/tabwriter lays it out for kubectl describe: a cell ends with a tab,
 * and lines that follow each other and have a cell in the same place are aligned there, two blanks
 * apart.
 */
#ifndef SKJOB_TAB_TEXT_H
#define SKJOB_TAB_TEXT_H

#include <stdio.h>

#include "strbuf.h"

/* Prints text, whose cells end with tabs; it does nothing to a terminal (printable.h). Returns 0,
 * or -1 when out of memory. */
int tab_text_print(const char *raw, FILE *out);

#endif
