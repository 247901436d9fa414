/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What all that write files have in common. Errors are in errno.
 */
#ifndef SKJOB_FILES_H
#define SKJOB_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all of it. Returns 0 or -1. */
int files_write(int fd, const void *data, size_t len);

enum files_mode { FILES_CREATE, FILES_REPLACE };

/* The file name in the folder dir (or AT_FDCWD), whole or not at all, for the user alone: it is
 * written under the name aside, which no other living process uses. Returns 1, 0 when FILES_CREATE
 * finds one there, or -1. */
int files_put(int dir, const char *aside, const char *name, const void *data, size_t len,
              enum files_mode mode);

/* Whether link(2) has failed with this error because there are no (more) hard links. */
bool files_has_no_links(int error);

/* Makes the folders that are missing above path, which is not empty, for the user alone. path is
 * written to, and is as it was afterwards. Returns 0 or -1. */
int files_make_parents(char *path);

/* The same, and the folder path itself. */
int files_make_path(char *path);

#endif
