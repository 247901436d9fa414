/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What skjob wait --for waits for.
 */
#ifndef SKJOB_WAIT_FOR_H
#define SKJOB_WAIT_FOR_H

#include <stdbool.h>

#include "error.h"
#include "job_view.h"

enum wait_kind { WAIT_FINISHED, WAIT_CONDITION, WAIT_DELETE, WAIT_CREATE };

struct wait_for {
    enum wait_kind kind;
    char type[128];  /* CONDITION */
    char status[32]; /* "true" by default */
};

enum wait_seen { WAIT_NOT_YET, WAIT_MET, WAIT_FAILED };

/* Reads the argument of --for, refused in kubectl's words. */
int wait_for_parse(const char *text, struct wait_for *out, struct error *err);

/* job is NULL when there is none of that name. Only FINISHED gives WAIT_FAILED. */
enum wait_seen wait_for_look(const struct wait_for *w, const struct job_view *job);

#endif
