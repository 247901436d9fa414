/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Leaves no process behind. The runner is a subreaper: what the container's processes leave to
 * themselves becomes its child, so killing children until there are none ends them all, those in
 * other sessions too. It is what the end of a PID namespace does to a container.
 */
#ifndef SKJOB_POD_REAP_H
#define SKJOB_POD_REAP_H

/* Makes the calling process the subreaper of everything that it starts. */
void reap_adopt(void);

/* Sends SIGKILL to every child. */
void reap_kill(void);

/* Kills and reaps until no child is left, for at most limit_ms. Returns 0, or -1 when some process
 * could not be ended (another user's, or stuck in the kernel). */
int reap_everything(int limit_ms);

#endif
