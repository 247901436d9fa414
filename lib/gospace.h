/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * White space as Go's strings package sees it: Unicode's, in UTF-8.
 */
#ifndef SKJOB_GOSPACE_H
#define SKJOB_GOSPACE_H

#include <stddef.h>

/* The first run of other characters at or after s, with its length; NULL when there is none
 * (strings.Fields, one by one). */
const char *gospace_field(const char *s, size_t *len);

/* A copy without white space at both ends (strings.TrimSpace). The caller frees it; NULL when out
 * of memory. */
char *gospace_trim(const char *s);

#endif
