/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The pods of a Job that run now, and their addresses, from its journal: the newest attempt of each
 * index, while it has no end.
 */
#ifndef SKJOB_POD_PEERS_H
#define SKJOB_POD_PEERS_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct peer {
    uint32_t index;
    char address[48];
};

struct peers {
    struct peer *v; /* sorted by index */
    size_t n;
};

/* dir is the Job's folder. The caller frees. Returns 0, or -1 with err. */
int peers_read(struct peers *out, const char *dir, struct error *err);
void peers_free(struct peers *p);

/* Something that differs when the files of the folder do: for looking without reading. They are
 * opened, as a file system of a network tells only then what others have written. 0 for a folder
 * that cannot be read. */
uint64_t peers_mark(const char *folder);

#endif
