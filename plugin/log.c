/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include <inttypes.h>
#include <slurm/slurm.h>
#include <slurm/spank.h>
#include <stdarg.h>
#include <stdio.h>

#define LINE_MAX_BYTES 1200

static enum options_log level = OPTIONS_LOG_INFO;

void log_set(enum options_log to)
{
    level = to;
}

#define FORMAT(text)                                                                               \
    do {                                                                                           \
        va_list ap;                                                                                \
        va_start(ap, fmt);                                                                         \
        vsnprintf(text, sizeof text, fmt, ap);                                                     \
        va_end(ap);                                                                                \
    } while (0)

void log_error(uint32_t job, const char *fmt, ...)
{
    char text[LINE_MAX_BYTES];
    FORMAT(text);
    slurm_error("skjob: job %" PRIu32 ": %s", job, text);
}

void log_info(uint32_t job, const char *fmt, ...)
{
    char text[LINE_MAX_BYTES];
    if (level < OPTIONS_LOG_INFO)
        return;
    FORMAT(text);
    slurm_info("skjob: job %" PRIu32 ": %s", job, text);
}

/* At Slurm's level "info" as well: log=debug is enough, SlurmdDebug need not be changed. */
void log_debug(uint32_t job, const char *fmt, ...)
{
    char text[LINE_MAX_BYTES];
    if (level < OPTIONS_LOG_DEBUG)
        return;
    FORMAT(text);
    slurm_info("skjob: job %" PRIu32 ": %s", job, text);
}
