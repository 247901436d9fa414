/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Deleting a CronJob: its clock, its Jobs with their pods, and what is kept of it.
 */
#ifndef SKJOB_CRONJOB_REMOVE_H
#define SKJOB_CRONJOB_REMOVE_H

#include "error.h"
#include "job_remove.h"
#include "store.h"

/* how: of its Jobs; NULL = they stay, and belong to nobody. Returns 0, 1 when there is none of that
 * name, -1 with err. */
int cronjob_remove(const struct store *s, const char *ns, const char *name,
                   const struct job_removal *how, struct error *err);

#endif
