/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Numbers of a manifest as kubectl hands them on to the API server: a float without a fraction is
 * written without a point, and so is read as an integer.
 */
#ifndef SKJOB_NUMBER_H
#define SKJOB_NUMBER_H

#include <jansson.h>

/* Steals v. A real that is an int64 becomes an integer; NULL only when v is NULL or out of memory.
 */
json_t *number_normal(json_t *v);

/* The same for all numbers in a tree, in place; recursion as deep as the tree. Returns the tree
 * itself or what takes its place. */
json_t *number_normal_tree(json_t *v);

#endif
