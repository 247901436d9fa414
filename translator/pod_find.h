/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which attempt of which Job a pod's name means.
 */
#ifndef SKJOB_POD_FIND_H
#define SKJOB_POD_FIND_H

#include <stdbool.h>

#include "error.h"
#include "job_view.h"
#include "store.h"

/* The attempt of this Job whose pod has this name, or NULL. Borrowed from the view's fold. */
const struct fold_attempt *pod_find_in(const struct job_view *v, const char *pod);

/* Loads the Job that has this pod into *v (zeroed), which the caller frees. Returns 0, 1 when there
 * is no such pod (nothing is printed), -1 with err. */
int pod_find(const struct store *s, const char *ns, const char *pod, struct job_view *v,
             const struct fold_attempt **attempt, struct error *err);

/* Whether the pod is there no more, although the journal knows it: it has ended, or its
 * array is not the Job's any more; somebody has deleted it, and its folder has gone. */
bool pod_find_removed(const struct job_view *v, const struct fold_attempt *a);

/* Whether a pod of this name can be the Job's: it starts with the Job's name, which may be cut off
 * when it is very long. */
bool pod_find_may_be_of(const char *pod, const char *job);

/* Appends the path of its folder. */
void pod_find_folder(const struct job_view *v, const char *pod, struct strbuf *out);

/* kubectl's text for a pod that is not there. */
void pod_print_not_found(const char *name);

#endif
