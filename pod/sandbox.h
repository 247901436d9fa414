/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A container on the node's own root file system, with mounts, a host name or a read-only root of
 * its own: run by bubblewrap (bwrap) in a user namespace, without any right but the user's; as root
 * without a user namespace. No PID namespace: signals, the canary and the subreaper work as
 * without it.
 *
 * The mounts hang at any absolute path. Where the node lacks the path, a folder is rebuilt
 * (sandbox_root.h): the container finds everything in it that the node has, but can make nothing
 * new in it: read-only, so that no result is lost silently. Two exceptions may be written to, and
 * what is written is gone with the container: folders that everybody may write to (/tmp), and those
 * that the user cannot look into (/root), which are empty in the container.
 *
 * Programs with setuid or file capabilities gain nothing inside; files of other users are shown as
 * nobody's.
 *
 * How it is run: bwrap (args: descriptor SANDBOX_ARGS) starts skjob-enter (SANDBOX_ENTER), which
 * reports to SANDBOX_REPORT. Cost: about 4 ms, and 0.3 ms per entry of a rebuilt folder.
 */
#ifndef SKJOB_POD_SANDBOX_H
#define SKJOB_POD_SANDBOX_H

#include <signal.h>
#include <stdbool.h>

#include "container.h"
#include "error.h"

enum { SANDBOX_REPORT = 3, SANDBOX_ARGS = 4, SANDBOX_ENTER = 5 };

struct sandbox {
    int args;   /* bwrap's options, NUL-separated */
    int enter;  /* the program skjob-enter */
    int errors; /* what bwrap complains about */
};

#define SANDBOX_INIT                                                                               \
    {                                                                                              \
        -1, -1, -1                                                                                 \
    }

/* Without mounts, host name and read-only root a container needs none. */
bool sandbox_needed(const struct container *c);

/* Looks at the node and makes everything that exec needs. libexec is the folder that holds
 * skjob-enter, NULL = where the running program is. Returns 0, or -1 with err. */
int sandbox_open(struct sandbox *out, const struct container *c, const char *libexec,
                 struct error *err);
void sandbox_close(struct sandbox *s);

/* In the child, with all its signals blocked, descriptors 0 to 2 ready and every other one
 * close-on-exec: runs argv in the sandbox. report is the pipe to the parent, which first gets
 * EXEC_ENTERED (exec_program.h). mask and cwd are those of the container. Returns errno. */
int sandbox_exec(const struct sandbox *s, int report, const sigset_t *mask, const char *cwd,
                 char *const argv[], char *const envp[]);

/* After bwrap has ended without EXEC_ENTERED: says why, and what to do. Returns -1. */
int sandbox_explain(const struct sandbox *s, struct error *err);

/* Appends bwrap's options to out, each ending in NUL: for sandbox_open and its tests. */
struct strbuf;
int sandbox_options(struct strbuf *out, const struct container *c, struct error *err);

#endif
