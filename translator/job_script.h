/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The batch script of a Job that has its place in the state (script.h, and what comes with that).
 */
#ifndef SKJOB_JOB_SCRIPT_H
#define SKJOB_JOB_SCRIPT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "head.h"
#include "store.h"
#include "translation.h"

struct job_script {
    const struct store *store;
    const json_t *object; /* with its name, namespace and uid */
    struct translation *translation;
    const struct head *head;
    bool output;            /* the user's arguments name a file for the output */
    uint32_t first_attempt; /* see pragma.h; 0 = the Job's first array */
};

/* Appends the script. Returns 0, or -1 with err. */
int job_script_render(const struct job_script *s, struct strbuf *out, struct error *err);

#endif
