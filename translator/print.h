/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Objects on standard output, as kubectl prints them.
 */
#ifndef SKJOB_PRINT_H
#define SKJOB_PRINT_H

#include <jansson.h>
#include <stdbool.h>

#include "options.h"

/* Prints one object as JSON or YAML (a "---" goes before each YAML document but the first, as
 * tracked in *printed). Returns 0, or -1 with err. */
int print_object(const json_t *object, enum output format, size_t *printed, struct error *err);

/* A new v1 List of them, NULL when out of memory. */
json_t *print_make_list(json_t *objects);

/* The same list printed item by item: nothing of it is kept. */
struct print_list {
    enum output format; /* JSON or YAML */
    size_t len;
};

int print_list_item(struct print_list *p, const json_t *object, struct error *err);
int print_list_end(struct print_list *p, struct error *err);

#endif
