/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A parsed JSONPath template: for jsonpath_*.c only.
 */
#ifndef SKJOB_JSONPATH_IMPL_H
#define SKJOB_JSONPATH_IMPL_H

#include "jsonpath.h"

enum jsonpath_type {
    JSONPATH_LITERAL, /* value, whatever the input; of a number, once for each input */
    JSONPATH_FIELD,   /* name */
    JSONPATH_SLICE,
    JSONPATH_WILDCARD,
    JSONPATH_RECURSIVE,
    JSONPATH_UNION,      /* all lists */
    JSONPATH_FILTER,     /* name is the operator, "" = exists; two lists */
    JSONPATH_IDENTIFIER, /* name: range, end, or an error */
};

struct jsonpath_slice {
    struct {
        long value;
        bool known;
    } part[3];    /* first, limit, step */
    bool derived; /* the limit is not given: one element */
};

struct jsonpath_list {
    struct jsonpath_node *nodes;
    size_t len;
};

struct jsonpath_node {
    enum jsonpath_type type;
    char *name;
    json_t *value;
    struct jsonpath_slice slice;
    struct jsonpath_list *lists;
    size_t n_lists;
};

struct jsonpath {
    struct jsonpath_list *parts; /* texts (one literal each) and expressions */
    size_t len;
    bool allow_missing;
};

/* jsonpath_eval.c: the parts from..to of the template alone; *cut, if not NULL, is set when a slice
 * was empty, which ends the search; and whether a part is a range. */
int jsonpath_print_parts(const struct jsonpath *path, size_t from, size_t to, const json_t *data,
                         struct strbuf *out, struct error *err);
int jsonpath_find_parts(const struct jsonpath *path, size_t from, size_t to, const json_t *data,
                        json_t **results, bool *cut, struct error *err);
bool jsonpath_is_range(const struct jsonpath_list *part);

/* The number of the end that belongs to the range whose body starts at from; to when there is none.
 */
size_t jsonpath_find_end(const struct jsonpath *path, size_t from, size_t to);

#endif
