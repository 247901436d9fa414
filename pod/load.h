/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the batch script that is a Job manifest.
 */
#ifndef SKJOB_POD_LOAD_H
#define SKJOB_POD_LOAD_H

#include <jansson.h>
#include <stdbool.h>

#include "error.h"
#include "pragma.h"

struct pod_script {
    json_t *job;          /* decoded (lib/decode.h), owned */
    struct pragma pragma; /* all zero without one */
};

/* The script's one Job. Only the shape of the manifest is checked here: types, not values. */
int pod_load(const char *path, struct pod_script *out, struct error *err);

void pod_script_free(struct pod_script *script);

#endif
