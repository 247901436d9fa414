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

#endif
