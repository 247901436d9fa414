/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Runs a program of ours as the job's user from a hook in slurmstepd: a process that is root, has
 * threads, and may stand in user_init with the user's effective rights only. The program gets the
 * user's ids and groups, the environment that is given and nothing else, no descriptor but 0, 1 and
 * 2, a session of its own, "/" as its folder, umask 077, default signals except that those which
 * are sent to end a job are ignored, no core file and no way to more rights (no_new_privs).
 *
 * Nothing waits without a limit, and nothing is left: neither a child nor a descriptor. (A process
 * that even SIGKILL does not end, since a file system hangs, is given up after a second.)
 */
#ifndef SKJOB_PLUGIN_HELPER_H
#define SKJOB_PLUGIN_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "error.h"

#define HELPER_LINE   256   /* what is kept of the last line on its standard error */
#define HELPER_OUTPUT 65536 /* so much of each stream is read; then it is closed */

struct helper {
    const char *const *argv; /* argv[0]: the program's path */
    const char *const *envp;
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /* supplementary ones; */
    size_t groups_len;   /* 0: gid alone */
    int limit_ms;
    char *out;       /* gets its standard output, what fits of it, with a NUL; NULL: /dev/null */
    size_t out_size; /* >= 1 */
};

struct helper_result {
    int status;             /* as waitpid() tells it */
    bool timed_out;         /* killed, as it took longer than the limit */
    char line[HELPER_LINE]; /* the last line of its standard error, printable; "" = none */
};

/* Runs it to its end; then nothing of its process group is left. Returns -1 with err when the
 * program could not be started as it should be; it has not run then. */
int helper_run(const struct helper *h, struct helper_result *result, struct error *err);

/* Starts it, and does not wait for its end: it is nobody's child. limit_ms is for the start; its
 * output goes nowhere. */
int helper_detach(const struct helper *h, struct error *err);

#endif
