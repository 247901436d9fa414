/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which file sbatch opens for the script's name on its command line (src/common/proc_args.c,
 * search_path()): a name that starts with neither '.' nor '/' is looked for in the current folder,
 * then along PATH.
 */
#ifndef SKJOB_PLUGIN_SCRIPT_PATH_H
#define SKJOB_PLUGIN_SCRIPT_PATH_H

#include <stddef.h>

/* Writes the path, which never starts with '-'. Returns 0, or -1 when there is no such file or its
 * path is too long. */
int script_path_find(const char *name, const char *search, char *path, size_t size);

#endif
