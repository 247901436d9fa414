/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The first SOURCE_MAX bytes of a file, byte by byte, with a small buffer.
 */
#ifndef SKJOB_PLUGIN_SOURCE_H
#define SKJOB_PLUGIN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SOURCE_MAX  65536
#define SOURCE_LINE 256

struct source {
    int fd; /* borrowed; its offset is neither used nor changed */
    off_t at;
    off_t start; /* of what is in buf */
    ssize_t len;
    char buf[4096];
};

struct source_line {
    off_t at; /* where it starts */
    size_t len;
    bool cut; /* it is longer than what is kept of it */
    char text[SOURCE_LINE];
};

void source_open(struct source *s, int fd);

/* The next byte; -1 at the end of the file or of the first SOURCE_MAX bytes, at a NUL, which no
 * text has, and when the file cannot be read. */
int source_next(struct source *s);

/* The next line without its line end ("\n" or "\r\n"); false when there is none. */
bool source_line(struct source *s, struct source_line *line);

/* What is read next is the byte at this offset. */
void source_seek(struct source *s, off_t at);

#endif
