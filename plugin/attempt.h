/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The attempt that a batch job of ours is, from its first to its last hook: skjob-attempt opens,
 * guards and closes it, as the user. What one hook knows and a later one needs is kept in this
 * process, since slurmstepd has one batch job only; that a plain array's script must not run, in a
 * page that it shares with the process that would become the script. A job that is not ours was
 * never begun: its hooks return at once.
 *
 * Jobs of a manifest are opened by skjob-pod, which closes its successes, too; the environment
 * variable SKJOB_SPANK, set to the job's id, tells it that failures are closed here. Plain arrays
 * (options of sbatch) are opened and closed here.
 */
#ifndef SKJOB_PLUGIN_ATTEMPT_H
#define SKJOB_PLUGIN_ATTEMPT_H

#include <slurm/spank.h>
#include <stdbool.h>
#include "job.h"
#include "options.h"

#define ATTEMPT_MARK    "SKJOB_SPANK"
#define ATTEMPT_OPTIONS 16 /* of a plain array, at most */

/* user_init. script: of the batch job. plain: the options of a plain array, as skjob-attempt takes
 * them, NULL at the end, which must live on; NULL: the job of a manifest. deadline: the pod or the
 * Job has one. */
void attempt_begin(spank_t sp, const struct job *job, const struct options *options,
                   const char *script, const char *const *plain, bool deadline);

/* task_init, in the process that becomes the batch script, as the user: from there on the job's
 * environment tells how often Slurm has restarted it (S_SLURM_RESTART_COUNT is 0 whatever the
 * truth, in 22.05 to 26.05). Opens a plain array's attempt, and starts the guard. Returns false
 * when the script must not run. */
bool attempt_start(spank_t sp);

/* task_exit, status: as waitpid() tells it. */
void attempt_ended(int status);

/* exit: all of the job's processes are gone. */
void attempt_finish(spank_t sp);

/* Whether there is anything for the later hooks to do. */
bool attempt_is_ours(void);

/* For tests: as in a process that has not begun one, and with other limits than 10 s to open and 20
 * s to close. */
void attempt_forget(void);
void attempt_hurry(int limit_ms);

#endif
