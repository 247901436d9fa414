/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Leaves no process behind. The runner is a subreaper: what the containers' processes leave to
 * themselves becomes its child, so killing children until there are none ends them all, those in
 * other sessions too. It is what the end of a PID namespace does to a container.
 */
#ifndef SKJOB_POD_REAP_H
#define SKJOB_POD_REAP_H

#include <sys/types.h>

/* Makes the calling process the subreaper of everything that it starts. */
void reap_adopt(void);

/* Sends SIGKILL to every child but spare (-1 = none). */
void reap_kill(pid_t spare);

/* Kills and reaps until no child is left, for some seconds at most. Returns 0, or -1 when some
 * process could not be ended (another user's, or stuck in the kernel). */
int reap_everything(void);

#endif
