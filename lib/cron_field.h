/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One field of a schedule, such as 1-5 or star/10, as a set of bits (robfig/cron v3 getField).
 */
#ifndef SKJOB_CRON_FIELD_H
#define SKJOB_CRON_FIELD_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

enum cron_field { CRON_MINUTE, CRON_HOUR, CRON_DOM, CRON_MONTH, CRON_DOW, CRON_FIELDS };

/* Set when the field contains a star: then the days of month and of week must both match. */
#define CRON_STAR ((uint64_t)1 << 63)

/* Reads the len bytes at s. Returns 0, or -1 with err set. */
int cron_field_parse(const char *s, size_t len, enum cron_field which, uint64_t *bits,
                     struct error *err);

#endif
