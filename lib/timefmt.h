/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Points in time as text. Time is int64_t seconds since 1970 everywhere; the API has no finer
 * grain (metav1.Time).
 */
#ifndef SKJOB_TIMEFMT_H
#define SKJOB_TIMEFMT_H

#include <stdint.h>

enum { TIMEFMT_MAX = 48 };

/* "2006-01-02T15:04:05Z". For years outside 0 to 9999, which the API cannot hold, buf is "".
 * Returns buf. */
const char *timefmt_rfc3339(int64_t t, char buf[TIMEFMT_MAX]);

/* The same of microseconds since 1970, "2006-01-02T15:04:05.000000Z". */
const char *timefmt_rfc3339_us(int64_t us, char buf[TIMEFMT_MAX]);

/* "Mon, 02 Jan 2006 15:04:05 -0700", the form of kubectl describe. offset: seconds east of UTC. */
const char *timefmt_rfc1123z(int64_t t, int offset, char buf[TIMEFMT_MAX]);

/* Reads what metav1.Time accepts (time.Parse with RFC 3339): any offset, fractions are dropped.
 * Returns 0 or -1. */
int timefmt_parse_rfc3339(const char *text, int64_t *t);

#endif
