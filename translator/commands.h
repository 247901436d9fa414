/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verbs. Each gets its own arguments (argv[0] is the verb), prints its errors and returns the
 * exit code: 0, or 1 as kubectl has it.
 */
#ifndef SKJOB_COMMANDS_H
#define SKJOB_COMMANDS_H

int cmd_create(int argc, char **argv);
int cmd_translate(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_get(int argc, char **argv);
int cmd_logs(int argc, char **argv);
int cmd_wait(int argc, char **argv);
int cmd_delete(int argc, char **argv);
int cmd_check_config(int argc, char **argv);

#endif
