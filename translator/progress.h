/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A bar on the terminal: how far a Job is.
 */
#ifndef SKJOB_PROGRESS_H
#define SKJOB_PROGRESS_H

#include "job_view.h"
#include "strbuf.h"

/* One line without its end, at most columns wide: name, bar, 5/10, what runs and what failed. */
void progress_line(const struct job_view *v, int columns, struct strbuf *out);

#endif
