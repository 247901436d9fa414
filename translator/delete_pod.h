/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob delete pod NAME...: Kubernetes' delete of a Job's pod, which the Job then replaces.
 */
#ifndef SKJOB_DELETE_POD_H
#define SKJOB_DELETE_POD_H

#include "error.h"
#include "job_remove.h"
#include "options.h"
#include "store.h"

/* Ends the pod and, with how->wait, waits until it has ended; of one that has ended already,
 * removes the logs. Returns 0, 1 when there is no such pod, -1 with err. */
int delete_pod(const struct store *s, const struct options *o, const char *name,
               const struct job_removal *how, struct error *err);

#endif
