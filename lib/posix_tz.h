/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The TZ string of POSIX ("CET-1CEST,M3.5.0,M10.5.0/3"): the footer of a TZif file, which tells how
 * daylight saving goes on after its last transition.
 */
#ifndef SKJOB_POSIX_TZ_H
#define SKJOB_POSIX_TZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum posix_tz_kind { POSIX_TZ_JULIAN, POSIX_TZ_DAY, POSIX_TZ_WEEKDAY };

/* When in a year the clocks change. */
struct posix_tz_rule {
    enum posix_tz_kind kind;
    int day;   /* Jn: 1-365 without 29 February; n: 0-365; Mm.w.d: weekday 0-6 */
    int week;  /* 1-5, 5 = the last */
    int month; /* 1-12 */
    int time;  /* seconds of the day, local; may be negative or beyond the day */
};

struct posix_tz {
    int std_offset; /* seconds east of UTC */
    int dst_offset;
    bool has_dst;
    struct posix_tz_rule start;
    struct posix_tz_rule end;
};

/* Reads the len bytes at s. Returns 0 or -1. */
int posix_tz_parse(const char *s, size_t len, struct posix_tz *out);

/* Seconds east of UTC at an instant within CIVIL_MAX. */
int posix_tz_offset(const struct posix_tz *tz, int64_t utc);

#endif
