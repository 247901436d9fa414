/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What skjob logs was asked for, and the streams of one pod.
 */
#ifndef SKJOB_LOG_REQUEST_H
#define SKJOB_LOG_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "job_view.h"
#include "log_pods.h"
#include "log_read.h"
#include "options.h"
#include "selector.h"

struct log_request {
    const struct options *options;
    const struct store *store;
    const char *container; /* NULL = not given */
    struct log_filter filter;
    int64_t tail;
    int64_t since_us;
    int64_t limit;
    int64_t max_requests;
    const struct selector *selector; /* of pods, NULL = none */
    bool defaulted;                  /* which container was chosen has been told */
};

/* A pod and the logs of its containers that were asked for. */
struct log_pod_streams {
    struct log_pod pod;
    char name[POD_NAME_MAX + 1];
    struct log_stream *v;
    const char **containers; /* borrowed from the Job */
    size_t len;
    bool over; /* nothing more comes */
};

/* Reads the options. Returns 0, or -1 with err. */
int log_request_read(struct log_request *r, const struct options *o, struct error *err);

/* Chooses the containers, of a pod of v. Returns 0, or -1 with err (no such container). */
int log_streams_open(struct log_pod_streams *s, struct log_request *r, const struct job_view *v,
                     const struct log_pod *pod, struct error *err);
void log_streams_free(struct log_pod_streams *s);

#define cleanup_log_streams __attribute__((cleanup(log_streams_free)))

/* As log_stream_copy(), of all its streams. */
int log_streams_copy(struct log_pod_streams *s, bool whole_lines, struct error *err);

/* The same once and for all: a stream that has no file is an error in kubectl's words, unless there
 * are others. */
int log_streams_print(struct log_pod_streams *s, struct error *err);

/* Follows one pod after the other (log_pods_next) until the Job has ended, or what was asked for:
 * an index, an attempt (pod, not NULL: this one). Returns 0, 1 (told), or -1 with err. */
int log_follow_job(struct log_request *r, const char *job, const struct log_pod *pod,
                   struct error *err);

/* Follows all pods of these Jobs at once (those that the selector takes, if there is one) until all
 * of the Jobs have ended. */
int log_follow_all(struct log_request *r, char *const *jobs, size_t n, struct error *err);

/* Whether the selector takes the pod of this index. */
bool log_request_selects(const struct log_request *r, const struct job_view *v, uint32_t index);

#endif
