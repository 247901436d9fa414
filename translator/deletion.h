/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which objects a selector of skjob delete means.
 */
#ifndef SKJOB_DELETION_H
#define SKJOB_DELETION_H

#include <stddef.h>

#include "error.h"
#include "options.h"

struct deletion {
    char **names; /* owned */
    size_t len;
};

void deletion_free(struct deletion *d);

#define cleanup_deletion __attribute__((cleanup(deletion_free)))

/* All objects of a kind in o->ns that o->selector and o->field_selector take (NULL = all of them),
 * as skjob get finds them. Returns 0, or -1 with err. */
int deletion_select(struct deletion *d, const struct options *o, int resource, struct error *err);

/* The resource of a manifest's kind, -1 for one that is not kept. */
int deletion_of_kind(const char *kind);

#endif
