/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which objects a selector of skjob delete means.
 */
#ifndef SKJOB_DELETION_H
#define SKJOB_DELETION_H

#include <stddef.h>

#include "error.h"
#include "store.h"

struct deletion {
    char **names; /* owned */
    size_t len;
};

void deletion_free(struct deletion *d);

#define cleanup_deletion __attribute__((cleanup(deletion_free)))

/* All objects of a kind whose labels the selector takes (NULL = all of them). A pod has the labels
 * of its Job's template, and that of its index. Returns 0, or -1 with err. */
int deletion_select(struct deletion *d, const struct store *s, const char *ns, int resource,
                    const char *selector, struct error *err);

/* The resource of a manifest's kind, -1 for one that is not kept. */
int deletion_of_kind(const char *kind);

#endif
