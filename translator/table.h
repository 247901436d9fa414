/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tables as kubectl prints them: columns three blanks apart, at least six wide, the last one not
 * padded; a cell is cut at its first line end, and does nothing to a terminal (printable.h).
 */
#ifndef SKJOB_TABLE_H
#define SKJOB_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 16

struct table {
    char **cells; /* row by row */
    size_t rows;
    size_t columns;
    bool failed;
    size_t widths[TABLE_COLUMNS_MAX]; /* of what was printed, with the padding */
};

/* Adds a row; cells ends with NULL. All rows have as many cells as the first. */
void table_row(struct table *t, const char *const *cells);

/* Returns 0, or -1 when memory ran out. */
int table_print(struct table *t, FILE *out);

/* Forgets the rows; what is printed next is at least as wide as before. */
void table_clear(struct table *t);
void table_free(struct table *t);

#define cleanup_table __attribute__((cleanup(table_free)))

#endif
