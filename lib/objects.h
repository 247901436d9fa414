/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ConfigMaps, Secrets, Services and CronJobs as files of the user's state:
 * <root>/configmaps/<namespace>/<name>.json, and so on. Folders are 0700, files 0600. A file is
 * written aside, and then linked (the atomic test for AlreadyExists) or renamed: a reader sees a
 * whole object or none. Like the journal, this part of lib/ does I/O; it knows nothing of Slurm.
 */
#ifndef SKJOB_OBJECTS_H
#define SKJOB_OBJECTS_H

#include <jansson.h>
#include <stddef.h>

#include "error.h"

enum object_kind {
    OBJECT_CONFIG_MAP,
    OBJECT_SECRET,
    OBJECT_SERVICE,
    OBJECT_CRON_JOB, /* as the user wants it; its status is elsewhere */
    OBJECT_KINDS
};

/* "configmap" and "configmaps": how messages name one, and the folder of all. */
const char *objects_singular(enum object_kind kind);
const char *objects_plural(enum object_kind kind);

/* Returns 0, 1 when there is one of that name already, -1 with err. */
int objects_create(const char *root, enum object_kind kind, const char *ns, const char *name,
                   const json_t *object, struct error *err);

/* Writes the object whether there is one of that name or not. */
int objects_replace(const char *root, enum object_kind kind, const char *ns, const char *name,
                    const json_t *object, struct error *err);

/* Returns 0 and a new reference, 1 when there is none of that name, -1 with err. */
int objects_read(const char *root, enum object_kind kind, const char *ns, const char *name,
                 json_t **object, struct error *err);

/* Returns 0, 1 when there was none, -1 with err. */
int objects_remove(const char *root, enum object_kind kind, const char *ns, const char *name,
                   struct error *err);

/* The names, sorted by bytes, in a list the caller frees with each name. No folder yet is an empty
 * list. */
int objects_list(const char *root, enum object_kind kind, const char *ns, char ***names,
                 size_t *len, struct error *err);

#endif
