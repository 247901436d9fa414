/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whole folders that a container has filled: emptied, and measured. What is in there is hostile:
 * symbolic links are never followed, other file systems never entered, and a tree that is deeper
 * than there are descriptors, or whose folders are read-only, is no obstacle.
 */
#ifndef SKJOB_POD_FOLDER_H
#define SKJOB_POD_FOLDER_H

#include <stdint.h>

#include "error.h"

/* Opens name in parent as a folder, not through a symbolic link. Returns the descriptor or -1 with
 * errno. */
int folder_open(int parent, const char *name);

/* Removes everything in the folder fd. Returns 0, or -1 with err when something could not be
 * removed; the rest is gone all the same. */
int folder_clear(int fd, struct error *err);

/* What the folder occupies, in bytes, as du counts it. A file of several names counts in parts.
 * Folders nested more than FOLDER_DEPTH deep are not looked into. */
int64_t folder_usage(int fd);

#define FOLDER_DEPTH 48 /* two descriptors each */

/* The path of an open file, symbolic links resolved. malloc'ed; NULL with errno. */
char *folder_path(int fd);

#endif
