/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob simulate: what would happen to a Job.
 */
#ifndef SKJOB_CMD_SIMULATE_H
#define SKJOB_CMD_SIMULATE_H

/* Returns the exit code: 0, or 1 after printing what is wrong to standard error. */
int cmd_simulate(int argc, char **argv);

#endif
