/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The termination message of a container: what it has written to its terminationMessagePath, or,
 * with FallbackToLogsOnError, the end of its log. The sizes are the kubelet's.
 */
#ifndef SKJOB_POD_MESSAGE_H
#define SKJOB_POD_MESSAGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MESSAGE_MAX       4096
#define MESSAGE_LOG_MAX   2048
#define MESSAGE_LOG_LINES 80

/* Reads the file path unless it is older than since_us (time of day): then it is of another run.
 * Returns the number of bytes, 0 when there is no message. */
size_t message_read_file(char out[MESSAGE_MAX], const char *path, int64_t since_us);

/* Reads the end of the log, of what was written from the offset on. */
size_t message_read_log(char out[MESSAGE_MAX], int log, off_t from);

#endif
