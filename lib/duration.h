/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Durations: Go's notation ("1h30m", time.ParseDuration) read, and kubectl's ages written
 * (k8s.io/apimachinery/pkg/util/duration).
 */
#ifndef SKJOB_DURATION_H
#define SKJOB_DURATION_H

#include "error.h"

#include <stdint.h>

#define DURATION_SECOND 1000000000LL

/* Reads a signed sequence of numbers with units (ns us µs ms s m h) into nanoseconds. Returns 0, or
 * -1 with Go's own text, e.g.: time: invalid duration "x". */
int duration_parse(const char *text, int64_t *nanoseconds, struct error *err);

#define DURATION_HUMAN_MAX 32

/* kubectl's two significant figures: 119s, 2m5s, 3h, 7d23h, 2y10d. Below -1 s "<invalid>". Returns
 * buf. */
const char *duration_human(int64_t seconds, char buf[DURATION_HUMAN_MAX]);

#endif
