/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the plugin says about a job: one line each, "skjob: job N: ...", in slurmd.log. From
 * user_init on Slurm copies its errors into the job's output, too, so that only what the user
 * should know is one.
 */
#ifndef SKJOB_PLUGIN_LOG_H
#define SKJOB_PLUGIN_LOG_H

#include <stdint.h>

#include "options.h"

void log_set(enum options_log level);

void log_error(uint32_t job, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A decision; with log=info and more. */
void log_info(uint32_t job, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* How it came to it; with log=debug. */
void log_debug(uint32_t job, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
