/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Calls that fail when a test wants it: the linker puts these before libc's (--wrap), in this
 * process and in the children that it forks.
 */
#ifndef SKJOB_PLUGIN_TEST_FAULTS_H
#define SKJOB_PLUGIN_TEST_FAULTS_H

#include <stdbool.h>

struct faults {
    int fork;    /* the n-th fork fails, from 1; 0 = none. A child counts on from its parent */
    int pipe;    /* the n-th pipe2 */
    bool setsid; /* all of them */
    bool chdir;
    bool dup;   /* dup3 */
    bool write; /* to descriptors above 2 */
    bool setrlimit;
    long syscall;    /* the number of a raw system call that fails */
    long no_syscall; /* and of one that does nothing, and says that it has */
    bool no_pidfd;   /* as on a kernel that has none, nor close_range() */
};

extern struct faults faults;

#endif
