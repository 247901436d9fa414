/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob.conf for the commands that look at Jobs and manage them: they go on with the defaults when
 * the file cannot be used, and say so once. Who submits a Job refuses instead (prepare.h).
 */
#ifndef SKJOB_TRANSLATOR_SITE_H
#define SKJOB_TRANSLATOR_SITE_H

#include "conf.h"
#include "fold.h"

/* Read when it is first asked for. Never NULL. */
const struct conf *site_conf(void);

/* As the nodes fold (pod/job_state.c). */
struct fold_config site_fold_config(void);

#endif
