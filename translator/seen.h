/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What was shown of each object that is watched: whether it is new, has changed, or is gone. A
 * zeroed struct begins.
 */
#ifndef SKJOB_SEEN_H
#define SKJOB_SEEN_H

#include <jansson.h>

#include "error.h"

enum seen_change { SEEN_SAME, SEEN_NEW, SEEN_CHANGED, SEEN_GONE };

/* What the API calls it; "" for SEEN_SAME. */
const char *seen_type(enum seen_change change);

struct seen {
    json_t *before, *now; /* key: [text, what] */
};

void seen_free(struct seen *s);

/* text tells whether the object of that key is as it was; what is kept of it is handed to gone.
 * Each call is for another key. Returns 0, or -1 with err. */
int seen_note(struct seen *s, const char *key, const char *text, const char *what,
              enum seen_change *change, struct error *err);

/* Ends a round: gone is called for each object that was noted in the one before and not in this
 * one. Returns 0, or -1 with err, also when gone does. */
int seen_end(struct seen *s, int (*gone)(void *arg, const char *what, struct error *err), void *arg,
             struct error *err);

#endif
