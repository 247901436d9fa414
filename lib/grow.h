/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Arrays that grow by one element at a time. Their room is never kept: it follows from the length,
 * a power of two.
 */
#ifndef SKJOB_GROW_H
#define SKJOB_GROW_H

#include <stddef.h>

/* v has len elements of size > 0 bytes, and only ever grew by this. Returns the array with room for
 * one more, which replaces v; NULL when there is no memory: v is as it was. */
void *grow(void *v, size_t len, size_t size);

#endif
