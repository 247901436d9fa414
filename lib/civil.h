/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The calendar without time zones: seconds since 1970 to year, month, day, and back (proleptic
 * Gregorian, no leap seconds).
 */
#ifndef SKJOB_CIVIL_H
#define SKJOB_CIVIL_H

#include <stdint.h>

struct civil {
    int64_t year;
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
    int hour;
    int minute;
    int second;
    int weekday; /* 0 = Sunday; set by civil_from_seconds() only */
};

/* Any |seconds| up to CIVIL_MAX is safe: about 30 million years. */
#define CIVIL_MAX ((int64_t)1 << 50)

void civil_from_seconds(int64_t seconds, struct civil *out);

/* Fields may lie outside their range and are carried over (month 13 is next January, day 0 the last
 * of the month before), as long as the result is within CIVIL_MAX. */
int64_t civil_to_seconds(const struct civil *c);

int civil_days_in_month(int64_t year, int month); /* month 1 to 12 */

#endif
