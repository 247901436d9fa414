/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reading a decoded manifest (a jansson tree whose types the decoder has checked). All results are
 * borrowed. An absent field reads as Go's zero value; tree_has() tells the difference.
 */
#ifndef SKJOB_TREE_H
#define SKJOB_TREE_H

#include <jansson.h>
#include <stdbool.h>

/* The value of a field of an object, NULL when absent. obj may be NULL. */
json_t *tree_get(const json_t *obj, const char *name);

/* Walks several objects deep: tree_at(job, "spec", "template", NULL). */
json_t *tree_at(const json_t *obj, ...) __attribute__((sentinel));

/* The first of the list's objects with that name, NULL when there is none. list may be NULL. */
json_t *tree_named(const json_t *list, const char *name);

bool tree_has(const json_t *obj, const char *name);
const char *tree_str(const json_t *obj, const char *name);            /* "" when absent */
long long tree_int(const json_t *obj, const char *name);              /* 0 when absent */
bool tree_bool(const json_t *obj, const char *name);                  /* false when absent */
bool tree_is(const json_t *obj, const char *name, const char *value); /* string equality */

#endif
