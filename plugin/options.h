/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The arguments of the plugin's line in plugstack.conf, name=value each. Strict: a line with one
 * unknown name or bad value switches the plugin off, since it can mean anything.
 */
#ifndef SKJOB_PLUGIN_OPTIONS_H
#define SKJOB_PLUGIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"

#define OPTIONS_PATH_MAX    1024   /* bytes of a path, with its NUL */
#define OPTIONS_BACKOFF_MAX 999999 /* seconds */

enum options_log { OPTIONS_LOG_QUIET, OPTIONS_LOG_INFO, OPTIONS_LOG_DEBUG };

struct options {
    uint32_t minimum_uid;     /* minimum_uid=: jobs of smaller user ids are left alone; default 0 */
    bool sbatch;              /* sbatch=: `sbatch job.yaml` submits a manifest; default yes */
    const char *skjob;        /* skjob=: the program that does it; default: as installed */
    const char *partitions;   /* partitions=: a,b,c: jobs elsewhere are left alone; NULL: all */
    const char *state;        /* state=: where the Jobs' state is, a pattern; NULL: not said */
    const char *libexec;      /* libexec=: the folder of skjob-attempt; default: as installed */
    const char *backoff_base; /* backoff_base=, backoff_max=: seconds, checked; NULL: not said */
    const char *backoff_max;
    const char *retry_min; /* retry_min=: seconds from a failure to its retry, at least; likewise */
    enum options_log log;  /* log=: default info */
};

/* What stands in *out points into av, which must live on. */
int options_parse(struct options *out, int ac, char *const av[], struct error *err);

/* Whether jobs in this partition are looked at. */
bool options_has_partition(const struct options *options, const char *partition);

/* options->state, which is not NULL, with %u (the user's name), %U (the uid) and %% filled in. The
 * name comes from the job and goes into a path: it must be one plain component. */
int options_state(const struct options *options, const char *user, uid_t uid,
                  char out[static OPTIONS_PATH_MAX], struct error *err);

#endif
