/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Showing what skjob get has found, once or (-w) again and again.
 */
#ifndef SKJOB_GET_SHOW_H
#define SKJOB_GET_SHOW_H

#include <jansson.h>

#include "get_request.h"
#include "table.h"

struct get_show {
    const struct get_request *request;
    struct table table; /* its widths stay while it is watched */
    json_t *seen;       /* -w: what was shown of each object */
};

void get_show_free(struct get_show *s);

#define cleanup_get_show __attribute__((cleanup(get_show_free)))

/* Everything. missing: how many objects were not there. Returns 0, or -1 with err. */
int get_show_all(struct get_show *s, struct listing *l, int missing, struct error *err);

/* What is new, or is not as it was when it was last shown (ages apart). */
int get_show_changes(struct get_show *s, struct listing *l, struct error *err);

#endif
