/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Deleting a CronJob: its clock, its Jobs with their pods, and what is kept of it.
 */
#ifndef SKJOB_CRONJOB_REMOVE_H
#define SKJOB_CRONJOB_REMOVE_H

#include <stdbool.h>

#include "error.h"
#include "store.h"

struct cronjob_remove {
    bool orphan;  /* its Jobs stay, and belong to nobody */
    bool wait;    /* for the Jobs' pods to end, */
    long seconds; /* so long at most */
};

/* Returns 0, 1 when there is none of that name, -1 with err. */
int cronjob_remove(const struct store *s, const char *ns, const char *name,
                   const struct cronjob_remove *how, struct error *err);

#endif
