/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Objects on standard output in one of the forms of -o (not tables and names, which need none), one
 * after another. They are not kept: a List may have 100,000 items. Only a JSONPath that looks at
 * the List in another way than going through its items once (jsonpath_items.h) needs all of them,
 * some 20 KB for a pod.
 */
#ifndef SKJOB_PRINTING_H
#define SKJOB_PRINTING_H

#include <jansson.h>

#include "error.h"
#include "jsonpath_items.h"
#include "print.h"
#include "printer.h"
#include "table.h"

enum printing_as {
    PRINTING_SINGLE, /* the only object as it is */
    PRINTING_LIST,   /* a List */
    PRINTING_EACH,   /* each by itself, as it comes: what is watched */
};

/* The fields are private. */
struct printing {
    const struct printer *printer; /* borrowed */
    enum printing_as as;
    size_t len;
    struct print_list list;
    struct jsonpath_items items;
    bool itemwise;
    json_t *kept;
    struct table table; /* custom columns: its widths stay */
};

void printing_begin(struct printing *p, const struct printer *printer, enum printing_as as);
void printing_free(struct printing *p);

#define cleanup_printing __attribute__((cleanup(printing_free)))

int printing_add(struct printing *p, json_t *object, struct error *err);

/* The same with what happened to it (kubectl's --output-watch-events): ADDED, MODIFIED, DELETED.
 * Custom columns do not show that. */
int printing_add_event(struct printing *p, const char *type, json_t *object, struct error *err);

/* The rows so far, of what is watched. */
int printing_flush(struct printing *p, struct error *err);

/* What ends the List. */
int printing_end(struct printing *p, struct error *err);

#endif
