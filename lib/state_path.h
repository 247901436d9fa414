/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where the state of Jobs is kept. The root: $SKJOB_STATE, else
 * ${XDG_STATE_HOME:-$HOME/.local/state}/skjob/<cluster>; below it jobs/<namespace>/<name>/.
 * Pure: the environment is handed in.
 */
#ifndef SKJOB_STATE_PATH_H
#define SKJOB_STATE_PATH_H

#include <stdbool.h>

#include "error.h"
#include "strbuf.h"

/* NULL or "" = not set. */
struct state_env {
    const char *skjob_state;    /* SKJOB_STATE; must be absolute */
    const char *xdg_state_home; /* XDG_STATE_HOME; ignored unless absolute (XDG base directory) */
    const char *home;           /* HOME, or the home folder of the password database */
    const char *cluster;        /* ClusterName; "default" if it is not known */
};

/* Appends the root. */
int state_root(const struct state_env *env, struct strbuf *out, struct error *err);

/* name can be one component of a path below the root: not empty, not hidden, no slash, no control
 * character, at most 255 bytes. */
bool state_name_ok(const char *name);

#endif
