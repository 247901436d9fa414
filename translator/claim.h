/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A Job's name is its folder, made with mkdir: whoever makes it has the name. A folder may be left
 * by a create that was killed, or whose answer from Slurm was lost. It is settled by the next
 * create or apply of that name, or by reconcile:
 *
 * - the journal knows of a submission or of a pod: the Job exists;
 * - Slurm has a job with this Job's uid in its script: the Job exists, and the id is written down;
 * - else, once nobody can be submitting it any more (CLAIM_SETTLE_SECONDS after the last sign of
 *   life of its create), the folder is removed and the name is free. Of several that try this at
 *   once, one gets the folder: the one that makes a mark inside.
 *
 * Ages are taken from the clock of the file system alone, which all hosts share.
 */
#ifndef SKJOB_CLAIM_H
#define SKJOB_CLAIM_H

#include <jansson.h>
#include <stdint.h>

#include "error.h"
#include "store.h"

/* An sbatch that nobody watches any more gives up after two minutes of new tries. */
#define CLAIM_SETTLE_SECONDS 300

/* Takes the name. Returns 0, 1 when a Job of that name exists (err: why it looks unfinished, or an
 * empty text), -1 with err. */
int claim_name(const struct store *s, const char *ns, const char *name, struct error *err);

/* Settles a folder that is there already. Returns 0 when the name is free (again), else as
 * claim_name(). */
int claim_settle(const struct store *s, const char *ns, const char *name, struct error *err);

/* Gives back a name that was taken: the folder goes, and the folders above it that are empty. */
int claim_give_back(const struct store *s, const char *ns, const char *name, struct error *err);

/* Makes the files that claim_submitted() writes to; done ahead it costs no time. Best effort. */
void claim_prepare(const struct store *s, const char *ns, const char *name);

/* A sign of life, for a submission that takes long. */
void claim_keep(const struct store *s, const char *ns, const char *name);

/* Writes down which Slurm job the Job is. */
int claim_submitted(const struct store *s, const char *ns, const char *name, uint32_t job_id,
                    struct error *err);

/* Asks Slurm for the job whose script is this object's. Returns 1 and *job_id, 0, or -1 with err.
 */
int claim_find_in_slurm(const json_t *object, uint32_t *job_id, struct error *err);

#endif
