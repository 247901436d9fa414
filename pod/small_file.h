/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Small files of a pod's folder, replaced as a whole: a reader sees the old one or the new one.
 */
#ifndef SKJOB_POD_SMALL_FILE_H
#define SKJOB_POD_SMALL_FILE_H

#include <stddef.h>

/* Writes the file name of the folder, mode 0600. Returns 0, or -1: the old one, if any, stays. */
int small_file_replace(int folder, const char *name, const char *data, size_t len);

#endif
