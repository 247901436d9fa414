/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What skjob wait --for waits for.
 */
#ifndef SKJOB_WAIT_FOR_H
#define SKJOB_WAIT_FOR_H

#include <jansson.h>
#include <stdbool.h>

#include "error.h"
#include "jsonpath.h"
#include "resource.h"

enum wait_kind { WAIT_FINISHED, WAIT_CONDITION, WAIT_DELETE, WAIT_CREATE, WAIT_JSONPATH };

struct wait_for {
    enum wait_kind kind;
    char type[128];        /* CONDITION */
    char status[32];       /* "true" by default */
    struct jsonpath *path; /* JSONPATH; owned */
    const char *value;     /* what it must be; NULL = any text; borrowed from the argument */
};

enum wait_seen { WAIT_NOT_YET, WAIT_MET, WAIT_FAILED };

/* Reads the argument of --for, refused in kubectl's words. */
int wait_for_parse(const char *text, struct wait_for *out, struct error *err);
void wait_for_free(struct wait_for *w);

/* Puts creation before all else: what is not there has no condition. */
void wait_for_order(struct wait_for *v, size_t n);

/* Tells that the time is over, in kubectl's words; once: that it was looked at only once. Returns
 * 1. */
int wait_for_tell_over(bool once, enum resource kind, const char *name);

/* object is NULL when there is none of that name. Only FINISHED gives WAIT_FAILED. */
enum wait_seen wait_for_look(const struct wait_for *w, const json_t *object);

#endif
