/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The pods of a Job that may have a log: each attempt that the journal knows and nobody has
 * deleted.
 */
#ifndef SKJOB_LOG_PODS_H
#define SKJOB_LOG_PODS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "job_view.h"
#include "pod_name.h"

struct log_pod {
    uint32_t index;
    uint32_t attempt;
    int64_t started_us; /* FOLD_NO_TIME: not known */
    int64_t ended_us;   /* valid when it has ended */
    bool ended;
};

#define LOG_ANY (-1)

/* Which ones; LOG_ANY = all. */
struct log_filter {
    int64_t index;
    int64_t attempt;
    bool latest; /* only the last attempt of each index that is there */
};

struct log_pods {
    struct log_pod *v; /* owned; by index and attempt */
    size_t len;
};

/* Returns 0, or -1 with err. */
int log_pods_list(const struct job_view *v, const struct log_filter *filter, struct log_pods *out,
                  struct error *err);
void log_pods_free(struct log_pods *p);

#define cleanup_log_pods __attribute__((cleanup(log_pods_free)))

void log_pod_name(const struct job_view *v, uint32_t index, uint32_t attempt,
                  char out[POD_NAME_MAX + 1]);

/* Whether the pod has a folder, where its logs are; one that runs will have it. */
bool log_pod_is_kept(const struct job_view *v, const struct log_pod *pod);

/* The attempt whose pod has this name, and was not deleted. Returns 0, or 1 when there is none. */
int log_pods_find(const struct job_view *v, const char *name, struct log_pod *out);

/* The one that kubectl would choose of several: one that runs before one that has ended, then the
 * oldest. NULL when none is kept. */
const struct log_pod *log_pods_choose(const struct job_view *v, const struct log_pods *p);

/* After old has ended: the pod to follow next. First the next attempt of its index, then one that
 * began after old had ended, then one that runs; of several the oldest. NULL when there is none. */
const struct log_pod *log_pods_next(const struct log_pods *p, const struct log_pod *old);

#endif
