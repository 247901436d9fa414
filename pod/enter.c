/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob-enter: run by bubblewrap inside of a container's mounts, it becomes the container's
 * program. bubblewrap's own process stays outside as the parent of this one, deaf to the signals
 * that the runner sends to the whole group: they are blocked from the runner's fork on, and
 * unblocked here. So the container alone decides what a signal does, and its exit code gets
 * through. It also reports to the runner why a program does not start, in the same words as
 * without mounts.
 *
 * skjob-enter MASK PWD CWD PROGRAM [ARGUMENT...]; an empty CWD stays, an empty PWD is unset.
 * Descriptor SANDBOX_REPORT leads to the runner.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "exec_program.h"
#include "sandbox.h"

extern char **environ;

enum { ARG_MASK = 1, ARG_PWD, ARG_CWD, ARG_PROGRAM };

static void report(struct exec_report r)
{
    if (write(SANDBOX_REPORT, &r, sizeof r) != (ssize_t)sizeof r)
        _exit(127);
}

/* bubblewrap sets PWD, which the container would otherwise not see changed. */
static void restore_pwd(const char *value)
{
    if (*value)
        setenv("PWD", value, 1);
    else
        unsetenv("PWD");
}

int main(int argc, char **argv)
{
    sigset_t mask;
    if (argc <= ARG_PROGRAM || exec_mask_read(argv[ARG_MASK], &mask)) {
        fprintf(stderr, "skjob-enter: is run by skjob-pod only\n");
        return 2;
    }
    report((struct exec_report){EXEC_ENTERED, 0});
    dup2(STDOUT_FILENO, STDERR_FILENO);
    exec_hide_from(3);
    restore_pwd(argv[ARG_PWD]);
    report(exec_finish(*argv[ARG_CWD] ? argv[ARG_CWD] : NULL, &mask, argv + ARG_PROGRAM, environ));
    return 128;
}
