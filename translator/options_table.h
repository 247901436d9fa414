/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every option of every verb: its name, its letter, and what it sets. options.c parses with it.
 */
#ifndef SKJOB_OPTIONS_TABLE_H
#define SKJOB_OPTIONS_TABLE_H

#include <stddef.h>

#include "options.h"

struct option_row {
    const char *name;
    int letter;  /* 0 = none. One letter may mean different options with different verbs */
    int has_arg; /* as getopt's */
    int (*set)(struct options *o, const struct option_row *row, const char *value,
               struct error *err);
    size_t offset;    /* in struct options, of what set() writes, where one row has one member */
    const char *word; /* what verbs call it, where another option has the same name; NULL = name */
};

extern const struct option_row options_table[];
extern const size_t options_table_len;

#define OPTIONS_TABLE_MAX 100 /* rows at most */

#endif
