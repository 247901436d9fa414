/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The page of skjob status: a Job at a glance.
 */
#ifndef SKJOB_STATUS_SHOW_H
#define SKJOB_STATUS_SHOW_H

#include "error.h"
#include "job_live.h"
#include "job_view.h"
#include "strbuf.h"
#include "terminal.h"

/* live: Slurm's view of the Job, NULL when it was not asked. Returns 0, or -1 with err. */
int status_show(const struct job_view *v, const struct job_live *live, const struct terminal *t,
                int64_t now_us, struct strbuf *out, struct error *err);

/* Microseconds as kubectl writes ages; below ten seconds with a fraction. */
const char *status_duration(int64_t us, char buf[32]);

#endif
