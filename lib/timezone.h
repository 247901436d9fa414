/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Time zones of the IANA database: which names are valid, and conversion between UTC and local
 * time without touching TZ or any other state of the process. Files are TZif (RFC 9636); the parser
 * takes any bytes.
 */
#ifndef SKJOB_TIMEZONE_H
#define SKJOB_TIMEZONE_H

#include "error.h"
#include "field_error.h"

#include <stddef.h>
#include <stdint.h>

#define TIMEZONE_ROOT "/usr/share/zoneinfo"

struct timezone_info;

/* Builds a zone from the bytes of a TZif file. Returns 0, or -1 with err set. */
int timezone_parse(const void *data, size_t len, struct timezone_info **out, struct error *err);

/* Loads a zone by its name from the folder root (NULL = TIMEZONE_ROOT). "" and "UTC" need no file:
 * *out is NULL then, which means UTC everywhere. Only regular files of sane size are read, and no
 * name leads out of root: dot-dot and a leading slash are refused (links that root itself holds are
 * followed: distributions use them). Returns 0, or -1 with err in Go's words ("unknown time zone
 * X"). */
int timezone_load(const char *root, const char *name, struct timezone_info **out,
                  struct error *err);

/* NULL is allowed. */
void timezone_free(struct timezone_info *tz);

/* Is name valid as spec.timeZone? Adds the messages of Kubernetes ("local" in the wrong case has
 * two). */
void timezone_validate(const char *root, const char *name, struct field_errors *errs,
                       const struct path *path);

/* Seconds east of UTC at an instant. tz NULL is UTC. */
int timezone_offset(const struct timezone_info *tz, int64_t utc);

/* The instant of a local wall clock reading, given as if it were UTC (civil_to_seconds). As Go's
 * time.Date: a reading that does not exist or exists twice gives one of the two instants that fit
 * best. */
int64_t timezone_to_utc(const struct timezone_info *tz, int64_t local);

#endif
