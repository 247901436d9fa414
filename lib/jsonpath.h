/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * kubectl's JSONPath templates (k8s.io/client-go/util/jsonpath) on jansson trees: text with
 * expressions in braces, {.a.b}, ['a\.b'], [0], [-1], [0:4:2], ['a','b'], .*, .., [?(@.x=="y")],
 * {range ...}{end}, {"\n"}. Errors are in the words of that package.
 *
 * Where Go visits the members of an object in random order, they are sorted by name here. A range
 * without an end ends with the template.
 */
#ifndef SKJOB_JSONPATH_H
#define SKJOB_JSONPATH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "strbuf.h"

struct jsonpath;

/* *out is owned by the caller, NULL on error. */
int jsonpath_parse(const char *text, struct jsonpath **out, struct error *err);
void jsonpath_free(struct jsonpath *path);

static inline void jsonpath_freep(struct jsonpath **p)
{
    jsonpath_free(*p);
}

#define cleanup_jsonpath __attribute__((cleanup(jsonpath_freep)))

/* The same for an expression that may lack its braces and its first dot, as in custom columns and
 * --sort-by: metadata.name, .metadata.name, {.metadata.name}. */
int jsonpath_parse_relaxed(const char *text, struct jsonpath **out, struct error *err);

/* Whether a field that is not there is no error, but a result of nothing (kubectl's
 * --allow-missing-template-keys, true unless the user says otherwise). */
void jsonpath_allow_missing(struct jsonpath *path, bool allow);

/* Appends what the template makes of data: results of one expression are joined by blanks, strings
 * as they are, objects and lists as JSON. */
int jsonpath_print(const struct jsonpath *path, const json_t *data, struct strbuf *out,
                   struct error *err);

/* All results, in a new list of new references. A text between braces is a result, too. */
int jsonpath_find(const struct jsonpath *path, const json_t *data, json_t **results,
                  struct error *err);

/* One result as text: what kubectl prints of it. */
int jsonpath_print_value(const json_t *value, struct strbuf *out, struct error *err);

#endif
