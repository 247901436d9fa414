/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The page that is being written; for job_report_*.c only.
 */
#ifndef SKJOB_JOB_REPORT_PAGE_H
#define SKJOB_JOB_REPORT_PAGE_H

#include <stdint.h>

#include "error.h"
#include "job_summary.h"
#include "job_view.h"
#include "strbuf.h"

struct job_report_page {
    const struct job_view *v;
    struct job_summary summary;
    int64_t now_us;
    struct strbuf *out;
};

/* Appends text for HTML, also within attributes. */
void job_report_escape(struct strbuf *out, const char *text);

/* Appends the charts: attempts over time by index and by node, and how long they took. Returns 0,
 * or -1 with err. */
int job_report_charts(const struct job_report_page *p, struct error *err);

#endif
