/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Showing what skjob get has found, once or (-w) again and again.
 */
#ifndef SKJOB_GET_SHOW_H
#define SKJOB_GET_SHOW_H

#include <jansson.h>

#include "get_request.h"
#include "printing.h"
#include "seen.h"
#include "table.h"

struct get_show {
    const struct get_request *request;
    struct table table; /* its widths stay while it is watched */
    /* of what is watched */
    struct printing printing;
    struct seen seen;
    bool has_header;
    bool begun; /* the first round is over */
};

void get_show_free(struct get_show *s);

#define cleanup_get_show __attribute__((cleanup(get_show_free)))

/* Everything. missing: how many objects were not there. Returns 0, or -1 with err. */
int get_show_all(struct get_show *s, struct listing *l, int missing, struct error *err);

/* -w: what is new, is not as it was when it was last shown (ages apart), or is gone; the first time
 * everything, or with --watch-only nothing. Each object stands by itself. For one kind of objects.
 */
int get_show_changes(struct get_show *s, struct listing *l, struct error *err);

#endif
