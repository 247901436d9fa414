/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words for kinds of objects on the command line: "jobs", "job.batch", "cm", …
 */
#ifndef SKJOB_RESOURCE_H
#define SKJOB_RESOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "objects.h"

enum resource {
    RESOURCE_JOB,
    RESOURCE_POD,
    RESOURCE_CONFIG_MAP,
    RESOURCE_SECRET,
    RESOURCE_SERVICE,
    RESOURCE_CRON_JOB,
    RESOURCE_EVENT,
    RESOURCE_NODE,
    RESOURCES
};

/* What the first len bytes of word name, or -1. Their case does not matter, as for kubectl. */
int resource_find(const char *word, size_t len);

/* What word means: "cm" and "cm/NAME" are ConfigMaps. *name is what follows the slash, NULL without
 * one. Returns -1 for an unknown kind. */
int resource_split(const char *word, const char **name);

/* How messages and -o name call a kind: "job.batch" and "jobs.batch". */
const char *resource_singular(enum resource r);
const char *resource_plural(enum resource r);

/* Says that there is none of that name, on standard error. */
void resource_print_not_found(enum resource r, const char *name);

/* How the API's messages call it: "batch/v1, Resource=jobs". */
const char *resource_api(enum resource r);

/* Whether objects of the kind are skjob's to change and delete; -1 is none. */
bool resource_is_ours(int resource);

/* For the kinds that are files of the state (lib/objects.h); false for the others. */
bool resource_stored_as(int resource, enum object_kind *as);
enum resource resource_of_stored(enum object_kind kind);

#endif
