/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `sbatch [options] job.yaml`: when the script that sbatch was given is the manifest of a Job,
 * skjob takes sbatch's place in its process, as
 *
 *     skjob create -f job.yaml -- [options]
 *
 * and calls sbatch again for the translation. Everything happens with the rights and the
 * environment of the user who called sbatch, and before sbatch has read anything.
 */
#ifndef SKJOB_PLUGIN_TAKEOVER_H
#define SKJOB_PLUGIN_TAKEOVER_H

#include <stdbool.h>

/* Set for skjob, which then talks like sbatch; tells the sbatch that skjob calls to stay one, and
 * is taken out of the environment there, so that no job has it. */
#define TAKEOVER_MARK "SKJOB_SBATCH"

/* Whether the mark is in the environment; takes it out. */
bool takeover_was_done(void);

/* Called in sbatch, salloc and the like. Returns when there is nothing to take over, and when
 * program (the path of skjob) cannot be run, with a line that says so. A manifest with words behind
 * it ends the process with status 1: sbatch hands such words to the script, and a manifest takes
 * none. So does one with an option for plain arrays: there would be two answers. */
void takeover_try(const char *program);

#endif
