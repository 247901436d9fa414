/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One stream of a helper's: what it wrote, as far as it fits, and its last line.
 */
#ifndef SKJOB_PLUGIN_HELPER_OUTPUT_H
#define SKJOB_PLUGIN_HELPER_OUTPUT_H

#include "helper.h"

struct helper_output {
    int *fd; /* the pipe's end, which is closed and set to -1 at its end */
    size_t total;
    char *buf; /* NULL: nothing but the last line is kept */
    size_t size, len;
    char line[HELPER_LINE]; /* being read; a long one is cut */
    size_t line_len;
    bool line_done; /* the next byte starts another */
};

/* *fd: -1 or a descriptor that does not block; it stays the caller's. */
void helper_output_init(struct helper_output *o, int *fd, char *buf, size_t size);

/* Takes what is there now. */
void helper_output_read(struct helper_output *o);

/* The last line that is not empty, without control characters. */
void helper_output_line(const struct helper_output *o, char line[static HELPER_LINE]);

#endif
