/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether Slurm can run a Job whose template is to change: the verdicts of the loss report
 * (translation.h), as create has them.
 */
#ifndef SKJOB_TEMPLATE_CHECK_H
#define SKJOB_TEMPLATE_CHECK_H

#include <jansson.h>

#include "error.h"

/* Both decoded and defaulted. Returns 0, or -1 with err, which names the field of now that cannot
 * be run. Fields of now that are ignored on Slurm, and were not there before, are told on standard
 * error. */
int template_check(const json_t *was, const json_t *now, struct error *err);

#endif
