/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The indexes of a Job as one line: each character stands for a range of them.
 */
#ifndef SKJOB_STRIP_H
#define SKJOB_STRIP_H

#include <stddef.h>
#include <stdint.h>

#include "job_summary.h"
#include "strbuf.h"

/* What a character says. */
struct strip_mark {
    char letter;
    const char *color; /* the terminal's, "" = none */
    const char *meaning;
};

/* By enum index_state; the last one is for a range of which a part has succeeded. */
extern const struct strip_mark strip_marks[INDEX_STATES + 1];

/* How many indexes stand behind one character, when n are shown on at most rows lines of width. */
uint32_t strip_scale(uint32_t n, int width, int rows);

/* Appends the lines, each with indent in front and its end. */
void strip_print(const uint8_t *states, uint32_t n, int width, int rows, bool color,
                 const char *indent, struct strbuf *out);

/* The ranges of one state as text: 0-99,120. At most max characters, then ",...". */
void strip_ranges(const uint8_t *states, uint32_t n, enum index_state state, size_t max,
                  struct strbuf *out);

#endif
