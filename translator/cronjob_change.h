/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * CronJobs in the verbs that name Jobs otherwise: suspend, resume, reconcile.
 */
#ifndef SKJOB_CRONJOB_CHANGE_H
#define SKJOB_CRONJOB_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "options.h"
#include "store.h"

/* Whether the words of the command line name CronJobs: "cronjob hello", "cj/hello". */
bool cronjob_change_is_meant(const struct options *o);

/* Sets spec.suspend of those that are named, and tells so as a verb does. */
int cronjob_change_suspend(const struct options *o, bool suspend, struct error *err);

/* Does what is due of those that are named, or of the namespace's (all: of all namespaces'), and
 * puts their clocks right. Prints what was done. Returns the number of failures, or -1 with err. */
int cronjob_change_reconcile_named(const struct store *s, const struct options *o,
                                   struct error *err);
int cronjob_change_reconcile_all(const struct store *s, const char *ns, bool all,
                                 struct error *err);

#endif
