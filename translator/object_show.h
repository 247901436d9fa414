/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * get of ConfigMaps, Secrets and Services.
 */
#ifndef SKJOB_OBJECT_SHOW_H
#define SKJOB_OBJECT_SHOW_H

#include "error.h"
#include "objects.h"
#include "options.h"
#include "store.h"

/* Shows those that the words of o name (the first one is, or begins with, the kind), or all.
 * Returns the number of those that are not there (told on standard error), or -1 with err. */
int object_show(const struct store *s, const struct options *o, enum object_kind kind,
                struct error *err);

#endif
