/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the words and options of skjob get ask for.
 */
#ifndef SKJOB_GET_REQUEST_H
#define SKJOB_GET_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "listing.h"
#include "options.h"
#include "printer.h"
#include "selector.h"
#include "store.h"

struct get_wanted {
    enum resource kind;
    const char *name; /* NULL: all of them */
};

struct get_request {
    const struct options *options;
    struct store store;
    struct get_wanted *v; /* owned, as the rest */
    size_t len;
    size_t kinds;   /* different ones: then a name is shown with its kind */
    bool goes_on;   /* what is not there is not told any more */
    bool is_events; /* skjob events, which has words of its own for none */
    bool single;    /* one object was named, and is shown without a list around it */
    struct printer printer;
    struct selector *labels;
    struct selector *fields;
};

/* Reads them; request->options is set. Returns 0, or -1 with err. */
int get_request_open(struct get_request *r, struct error *err);
void get_request_close(struct get_request *r);

#define cleanup_get_request __attribute__((cleanup(get_request_close)))

/* Loads what is asked for into l, filters and sorts it. Returns the number of objects that are not
 * there (told on standard error), or -1 with err. */
int get_request_load(struct get_request *r, struct listing *l, struct error *err);

#endif
