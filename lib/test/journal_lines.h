/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For tests: lines of the journal in short form. "5 event=started index=0 attempt=0" is the record
 * at T0 + 5 s, without what frames it.
 */
#ifndef SKJOB_TEST_JOURNAL_LINES_H
#define SKJOB_TEST_JOURNAL_LINES_H

#include "journal_read.h"
#include "journal_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T0 INT64_C(1767323045000000) /* 2026-01-02T03:04:05Z */

/* Writes the line with its checksum, without newline; returns its length. */
static inline size_t line_write(char out[JOURNAL_LINE_MAX + 1], const char *text)
{
    char *rest, time[JOURNAL_TIME_LEN + 1];
    double seconds = strtod(text, &rest);
    journal_time_format(T0 + (int64_t)(seconds * 1e6), time);
    int n = snprintf(out, JOURNAL_LINE_MAX, JOURNAL_START "%s%s", time, rest);
    n += sprintf(out + n, JOURNAL_CRC "%08" PRIx32, journal_crc(out, (size_t)n));
    return (size_t)n;
}

/* Parses it; line borrows from buf. Returns 0 or -1. */
static inline int line_make(const char *text, char buf[JOURNAL_LINE_MAX + 1],
                            struct journal_line *line)
{
    const char *why = "";
    int rc = journal_parse(buf, line_write(buf, text), line, &why);
    if (rc < 0)
        fprintf(stderr, "%s: %s\n", text, why);
    return rc;
}

#endif
