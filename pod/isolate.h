/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Calls a function in a process of its own: libslurm ends the process when it does not like its
 * configuration, and may hang. The exit code of the container must not depend on that.
 */
#ifndef SKJOB_POD_ISOLATE_H
#define SKJOB_POD_ISOLATE_H

#include <stddef.h>

/* Runs fn(io) in a child and copies the size bytes at io back. What the child prints on standard
 * error is lost. Returns 0; 1 when the child took longer than limit_ms and was killed; -1 when it
 * ended without a result, or could not be started. size is at most PIPE_BUF. */
int isolate(void (*fn)(void *io), void *io, size_t size, int limit_ms);

#endif
