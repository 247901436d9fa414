/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The last steps before a container's program runs, and how a child tells its parent that one of
 * them failed. Shared by the runner's own child and by skjob-enter, which takes them inside of the
 * container's mounts.
 */
#ifndef SKJOB_POD_EXEC_PROGRAM_H
#define SKJOB_POD_EXEC_PROGRAM_H

#include <signal.h>

enum exec_stage {
    EXEC_SETUP,
    EXEC_STDIN,
    EXEC_CWD,
    EXEC_PROGRAM,
    EXEC_ENTERED, /* no failure: skjob-enter runs, the mounts are there */
};

/* What is written into the pipe to the parent. */
struct exec_report {
    enum exec_stage stage;
    int error;
};

/* execve() with argv[0] looked up in PATH of envp when it has no slash. Never through a shell.
 * Returns errno. */
int exec_program(char *const argv[], char *const envp[]);

/* PATH of envp, or what counts where it has none. */
const char *exec_path(char *const envp[]);

/* Changes to cwd (NULL = stays) and runs the program with its signal mask. Returns what failed. */
struct exec_report exec_finish(const char *cwd, const sigset_t *mask, char *const argv[],
                               char *const envp[]);

/* Every descriptor from first on will be closed by exec. Kernels before 5.11 do without. */
void exec_hide_from(unsigned first);

/* A signal mask as text, for the way through bwrap. Reading returns 0 or -1. */
void exec_mask_write(const sigset_t *mask, char out[17]);
int exec_mask_read(const char *text, sigset_t *mask);

#endif
