/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * delete of ConfigMaps, Secrets and Services.
 */
#ifndef SKJOB_OBJECT_DELETE_H
#define SKJOB_OBJECT_DELETE_H

#include "error.h"
#include "objects.h"
#include "options.h"
#include "store.h"

/* Returns 0, 1 when it is not there (told on standard error), -1 with err. */
int object_delete(const struct store *s, const struct options *o, enum object_kind kind,
                  const char *name, struct error *err);

#endif
