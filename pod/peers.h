/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The pods of a Job that others may look for, and their addresses, from its journal: of each index
 * the newest attempt, unless it has failed. One that has succeeded stays, as no other will come:
 * its node is still there, and who started later than it ended must not look for it in vain.
 * Of those only the PEERS_OVER_MAX that have ended last, or the files of a big Job would grow
 * without end.
 */
#ifndef SKJOB_POD_PEERS_H
#define SKJOB_POD_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define PEERS_OVER_MAX 1000

struct peer {
    uint32_t index;
    char address[48];
    bool is_over;     /* it has succeeded */
    int64_t ended_us; /* then; else 0 */
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
