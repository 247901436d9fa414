/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The keys of an object in the order of their bytes, as Go's JSON encoder writes maps.
 */
#ifndef SKJOB_KEYS_H
#define SKJOB_KEYS_H

#include <jansson.h>
#include <stddef.h>

/* *n keys, borrowed from obj as long as it is not changed; the caller frees the list. NULL when out
 * of memory. */
const char **keys_sorted(const json_t *obj, size_t *n);

#endif
