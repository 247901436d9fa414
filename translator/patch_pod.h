/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob patch pod NAME --subresource=status: conditions of one's own for a pod that runs, which a
 * podFailurePolicy looks at once the pod has ended.
 */
#ifndef SKJOB_PATCH_POD_H
#define SKJOB_PATCH_POD_H

#include "error.h"
#include "options.h"
#include "patch_text.h"
#include "store.h"

/* Prints what it did. Returns 0, 1 when there is no such pod, -1 with err. */
int patch_pod(const struct store *s, const struct options *o, const struct patch_text *patch,
              const char *name, struct error *err);

#endif
