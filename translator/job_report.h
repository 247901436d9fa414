/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A Job's attempts for people and programs: one self-contained page, or a row for each attempt.
 */
#ifndef SKJOB_JOB_REPORT_H
#define SKJOB_JOB_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "error.h"
#include "job_view.h"

/* The page. No network, no script; names of others are escaped. */
int job_report_html(const struct job_view *v, int64_t now_us, FILE *out, struct error *err);

/* index,attempt,pod,node,started,ended,seconds,phase,exitCode,container,reason,restarts */
int job_report_csv(const struct job_view *v, int64_t now_us, FILE *out, struct error *err);

/* A list of objects with the same fields. */
int job_report_json(const struct job_view *v, int64_t now_us, FILE *out, struct error *err);

/* translator/report.html */
extern const char job_report_template[];

#endif
