/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which container runtime runs a Job's pods.
 */
#ifndef SKJOB_RUNTIME_CHOICE_H
#define SKJOB_RUNTIME_CHOICE_H

#include <jansson.h>

#include "conf.h"
#include "error.h"

#define RUNTIME_ANNOTATION "skjob/runtime" /* of the pod template, or of the Job */

/* The annotation's (pod template first, then the Job's), else that of the runtimeClassName, else
 * the site's. Returns an enum conf_runtime, or -1 with err when there is no such runtime or the
 * site does not allow it. */
int runtime_choose(const struct conf *conf, const json_t *job, struct error *err);

#endif
