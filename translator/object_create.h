/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ConfigMaps, Secrets and Services: created, shown, deleted. Nothing of this asks Slurm.
 */
#ifndef SKJOB_OBJECT_CREATE_H
#define SKJOB_OBJECT_CREATE_H

#include <jansson.h>
#include <stdbool.h>
#include <time.h>

#include "error.h"
#include "objects.h"

/* Gives the object what the API server fills in (name of a generateName, namespace, uid, time) and
 * keeps it; ns is for an object without one. only_check: keeps nothing. Returns 0, 1 when there is
 * one of that name, -1 with err. */
int object_create(const char *root, enum object_kind kind, json_t *object, const char *ns,
                  time_t now, bool only_check, struct error *err);

#endif
