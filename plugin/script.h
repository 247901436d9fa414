/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Looks at the head of a spooled batch script, with the rights of the job's user: nothing but its
 * first 4 KiB, and only if it is a regular file.
 */
#ifndef SKJOB_PLUGIN_SCRIPT_H
#define SKJOB_PLUGIN_SCRIPT_H

#include "error.h"
#include "pragma.h"

#define SCRIPT_HEAD_MAX 4096

enum script_kind {
    SCRIPT_OTHER, /* not ours, or nothing is said about it: nothing to do, nothing to log */
    SCRIPT_OURS,  /* *out is filled */
    SCRIPT_BAD,   /* ours, but its #SKJOB line is not; or not readable: err */
};

/* The caller has the user's rights already. */
enum script_kind script_read(const char *path, struct pragma *out, struct error *err);

#endif
