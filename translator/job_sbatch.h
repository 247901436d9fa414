/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What sbatch was given beside the manifest: the user's arguments, lines at the head of the file,
 * and the folder in which it was called, where the pods' programs run. The manifest does not have
 * them, and Slurm forgets them with the job. They are kept in the Job's folder, in the file
 * "sbatch.json", for the user alone (--export=TOKEN=... may be among them), so that the Job can be
 * submitted again.
 */
#ifndef SKJOB_JOB_SBATCH_H
#define SKJOB_JOB_SBATCH_H

#include <jansson.h>
#include <stddef.h>

#include "error.h"
#include "head.h"

struct job_sbatch {
    json_t *object; /* the file; owned */
    char **args;    /* n of them; the array is owned, the texts are the object's */
    size_t args_len;
    const char *directory; /* the object's; "" = not known */
    struct head head;
};

/* The folder is that of this process. Returns 0, or -1 with err. */
int job_sbatch_write(const char *dir, const struct head *head, char *const *args, size_t n,
                     struct error *err);

/* Also of a Job that has no such file: then nothing was given. */
int job_sbatch_read(struct job_sbatch *s, const char *dir, struct error *err);
void job_sbatch_free(struct job_sbatch *s);

#define cleanup_job_sbatch __attribute__((cleanup(job_sbatch_free)))

#endif
