/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the tests of an attempt's hooks share: a folder with a batch script of ours and a
 * skjob-attempt that is a shell script, which keeps its arguments and its environment.
 */
#ifndef SKJOB_PLUGIN_TEST_ATTEMPT_PARTS_H
#define SKJOB_PLUGIN_TEST_ATTEMPT_PARTS_H

#include <stddef.h>

#define LEN(a) (sizeof(a) / sizeof *(a))
#define FAILED (1 << 8) /* a raw status: exit status 1 */
#define MARK   "SKJOB_SPANK"
#define RUNS   9 /* of task_init(): the script would run */

extern char script[128], program[128]; /* paths */
extern char calls[128];                /* the arguments of the last call of skjob-attempt */
extern char environment[128];          /* and its environment, as in /proc */
extern char libexec[128];              /* the argument libexec= */
extern char *av[4];                    /* of the hooks; {libexec} at first */
extern int ac;
extern const char *restarts; /* SLURM_RESTART_COUNT, as Slurm sets it later on; NULL: not */

void setup(void);
void teardown(void);
void reset(void); /* the host and what the hooks remember, for another row */

void write_file(const char *name, const char *text);
void write_program(const char *body); /* what skjob-attempt does besides */
void write_script(const char *keys);  /* more of the #SKJOB line, with a blank before it */
size_t read_file(const char *name, char *out, size_t size);
void read_environment(char *out, size_t size); /* of skjob-attempt, a line each */
void expect_calls(const char *want, const char *proves);

int task_init(void);  /* in a child, as in slurmstepd; returns its exit status */
void begin(void);     /* user_init and task_init */
void end(int status); /* task_exit and exit */

#endif
