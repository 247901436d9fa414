/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob logs POD [CONTAINER] | job/NAME: the logs of a Job's pods, each attempt's own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "log_request.h"
#include "plain_options.h"
#include "pod_find.h"
#include "resource.h"
#include "selector.h"
#include "tree.h"

static const char usage[] =
    "Print the logs of a Job's pods. Each attempt has its own log, which stays until the pod or "
    "the\n"
    "Job is deleted.\n"
    "\n"
    "  skjob logs job/NAME [options]\n"
    "  skjob logs POD [CONTAINER] [options]\n"
    "  skjob logs -l SELECTOR [options]\n"
    "\n"
    "  -f, --follow            go on printing: of a pod until it ends; of a Job until the Job "
    "ends,\n"
    "                          one pod after the other, retries and new pods included; with -l "
    "of all\n"
    "                          pods at once, until their Jobs end\n"
    "      --all-pods          the logs of all pods of the Job, each line with its pod's name\n"
    "      --index N           of the pods of this index\n"
    "      --attempt N         of this attempt of the index, from 0; default: the last one\n"
    "  -p, --previous          of the attempt before that\n"
    "  -c, --container NAME    default: the first container\n"
    "      --all-containers    init containers, then containers\n"
    "      --tail N            only the last N lines; with -l, 10 by default\n"
    "  -l, --selector S        of the pods with these labels, of any Job (job-name=train)\n"
    "      --since D           only lines written within that long (5m, 2h), to the second\n"
    "      --since-time T      the same from a time on (RFC 3339)\n"
    "      --timestamps        before each line when it was written, to the second\n"
    "      --limit-bytes N     at most so much of each log\n"
    "      --prefix            put the pod's and the container's name before each line\n"
    "      --max-log-requests  how many logs -f --all-pods follows at once; default 5\n"
    "  -n, --namespace         default: \"default\"\n"
    "\n"
    "Examples:\n"
    "  skjob logs -f job/train                # until the Job has ended, across retries\n"
    "  skjob logs job/train --index 7 -p      # why did the attempt before the last one fail?\n"
    "  skjob logs job/train --all-pods --tail 1\n";

static bool is_plain(const struct job_view *v)
{
    return tree_at(v->object, "metadata", "annotations", PLAIN_TASKS, NULL) != NULL;
}

/* One that it has lost may have a log. */
static bool has_index(const struct job_view *v, int64_t index)
{
    size_t n;
    const json_t *spec = tree_get(fold_job(v->fold), "spec");
    if (index == LOG_ANY || !tree_has(spec, "completions") || index < tree_int(spec, "completions"))
        return true;
    (void)fold_attempts_of(v->fold, (uint32_t)index, &n);
    return index < UINT32_MAX && n > 0;
}

/* Why there is no log. */
static int tell_missing(const struct log_request *r, const char *job, const struct job_view *v,
                        struct error *err)
{
    size_t n;
    if (is_plain(v))
        return error_set(err,
                         "job %s is an array without a manifest: its output is where sbatch "
                         "--output said",
                         job);
    if (r->filter.index != LOG_ANY && r->filter.attempt != LOG_ANY)
        return error_set(err, "job %s has no attempt %lld of index %lld", job,
                         (long long)r->filter.attempt, (long long)r->filter.index);
    if (r->filter.attempt != LOG_ANY)
        return error_set(err, "job %s has no attempt %lld", job, (long long)r->filter.attempt);
    if (r->filter.index != LOG_ANY) {
        fold_attempts_of(v->fold, (uint32_t)r->filter.index, &n);
        return error_set(err,
                         n ? "index %lld of job %s has no log: its pods were deleted, or never ran"
                           : "no pod of index %lld of job %s has started yet (logs -f waits)",
                         (long long)r->filter.index, job);
    }
    fold_attempts(v->fold, &n);
    if (n || fold_end(v->fold) || machine_finished(fold_machine(v->fold)))
        return error_set(err, "job %s has no log: its pods were deleted, or never ran", job);
    return error_set(err, "no pod of job %s has started yet (logs -f waits)", job);
}

static int print_pod(struct log_request *r, const struct job_view *v, const struct log_pod *pod,
                     struct error *err)
{
    cleanup_log_streams struct log_pod_streams s = {0};
    return log_streams_open(&s, r, v, pod, err) < 0 ? -1 : log_streams_print(&s, err);
}

/* The attempt before pod that has a log. */
static int print_previous(struct log_request *r, const struct job_view *v,
                          const struct log_pod *pod, struct error *err)
{
    char name[POD_NAME_MAX + 1];
    cleanup_log_streams struct log_pod_streams s = {0};
    for (uint32_t k = pod->attempt; k > 0; k--) {
        const struct fold_attempt *a = fold_attempt_of(v->fold, pod->index, k - 1);
        struct log_pod before = {.index = pod->index, .attempt = k - 1, .ended = true};
        if (a && log_pod_is_kept(v, &before))
            return print_pod(r, v, &before, err);
    }
    log_pod_name(v, pod->index, pod->attempt, name);
    if (log_streams_open(&s, r, v, pod, err) < 0)
        return -1;
    return error_set(err,
                     "Error from server (BadRequest): previous terminated container \"%s\" in pod "
                     "\"%s\" not found",
                     s.containers[0], name);
}

static int print_one(struct log_request *r, const char *job, const struct job_view *v,
                     const struct log_pod *pod, struct error *err)
{
    if (r->options->previous)
        return print_previous(r, v, pod, err);
    return r->options->follow ? log_follow_job(r, job, pod, err) : print_pod(r, v, pod, err);
}

static int print_every(struct log_request *r, const struct job_view *v, const struct log_pods *pods,
                       struct error *err)
{
    for (size_t i = 0; i < pods->len; i++) {
        cleanup_log_streams struct log_pod_streams s = {0};
        if (!log_pod_is_kept(v, &pods->v[i]))
            continue;
        if (log_streams_open(&s, r, v, &pods->v[i], err) < 0 ||
            log_streams_copy(&s, false, err) < 0)
            return -1;
        for (size_t k = 0; k < s.len; k++)
            if (s.v[k].in_line)
                putchar('\n');
    }
    return 0;
}

static size_t count_pods(const struct log_request *r, const struct job_view *v, struct error *err)
{
    cleanup_log_pods struct log_pods pods;
    struct log_filter all = {r->filter.index, r->filter.attempt, false};
    return log_pods_list(v, &all, &pods, err) < 0 ? 0 : pods.len;
}

static int follow_every(struct log_request *r, const char *job, struct error *err)
{
    char *jobs[] = {(char *)(uintptr_t)job};
    return log_follow_all(r, jobs, 1, err);
}

static int print_job(struct log_request *r, const char *job, const struct job_view *v,
                     struct error *err)
{
    cleanup_log_pods struct log_pods pods = {0};
    char name[POD_NAME_MAX + 1];
    if (!has_index(v, r->filter.index)) /* -f would wait for it */
        return error_set(err, "job %s has no index %lld: they are 0-%lld", job,
                         (long long)r->filter.index,
                         tree_int(tree_get(fold_job(v->fold), "spec"), "completions") - 1);
    if (log_pods_list(v, &r->filter, &pods, err) < 0)
        return -1;
    const struct log_pod *pod = log_pods_choose(v, &pods);
    if (!pod && r->options->follow && !is_plain(v))
        return r->options->all_pods ? follow_every(r, job, err) : log_follow_job(r, job, NULL, err);
    if (!pod)
        return tell_missing(r, job, v, err);
    if (r->options->all_pods)
        return r->options->follow ? follow_every(r, job, err) : print_every(r, v, &pods, err);
    size_t n = count_pods(r, v, err);
    log_pod_name(v, pod->index, pod->attempt, name);
    if (n > 1 && r->filter.index == LOG_ANY)
        fprintf(stderr, "Found %zu pods, using pod/%s\n", n, name);
    if (r->options->follow && r->filter.attempt == LOG_ANY)
        return log_follow_job(r, job, NULL, err);
    return print_one(r, job, v, pod, err);
}

static int load(const struct log_request *r, const char *job, struct job_view *v, struct error *err)
{
    return job_view_load_journal(v, r->store, r->options->ns, job, job_view_now(), err);
}

static int logs_of_job(struct log_request *r, const char *job, struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    int rc = load(r, job, &v, err);
    if (rc == 1)
        job_print_not_found(job);
    return rc != 0 ? rc : print_job(r, job, &v, err);
}

/* Returns 2 when the Job has no such pod. */
static int logs_in_job(struct log_request *r, const char *job, const char *pod, struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    struct log_pod found;
    int rc = load(r, job, &v, err);
    if (rc != 0)
        return rc == 1 ? 2 : rc;
    if (log_pods_find(&v, pod, &found) != 0)
        return 2;
    return is_plain(&v) ? tell_missing(r, job, &v, err) : print_one(r, job, &v, &found, err);
}

static int logs_of_pod(struct log_request *r, const char *pod, struct error *err)
{
    char **jobs;
    size_t n;
    int rc = 2;
    if (store_list(r->store, r->options->ns, &jobs, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (rc == 2 && pod_find_may_be_of(pod, jobs[i]))
            rc = logs_in_job(r, jobs[i], pod, err);
        free(jobs[i]);
    }
    free(jobs);
    return rc != 2 ? rc
                   : error_set(err,
                               "error from server (NotFound): pods \"%s\" not found in namespace "
                               "\"%s\"",
                               pod, r->options->ns);
}

/* Returns whether the pod is one of them, or -1 with err. */
static int print_if_selected(struct log_request *r, const struct job_view *v,
                             const struct log_pod *pod, struct error *err)
{
    cleanup_log_streams struct log_pod_streams s = {0};
    if (!log_request_selects(r, v, pod->index) || !log_pod_is_kept(v, pod))
        return 0;
    return log_streams_open(&s, r, v, pod, err) < 0 || log_streams_copy(&s, false, err) < 0 ? -1
                                                                                            : 1;
}

static int print_selected(struct log_request *r, const struct job_view *v, struct error *err)
{
    cleanup_log_pods struct log_pods pods;
    int found = 0, rc = 0;
    if (log_pods_list(v, &r->filter, &pods, err) < 0)
        return -1;
    for (size_t i = 0; i < pods.len && rc >= 0; i++) {
        rc = print_if_selected(r, v, &pods.v[i], err);
        found |= rc > 0;
    }
    return rc < 0 ? -1 : found;
}

static int print_jobs(struct log_request *r, char **jobs, size_t n, struct error *err)
{
    int found = 0, rc = 0;
    for (size_t i = 0; i < n && rc >= 0; i++) {
        cleanup_job_view struct job_view v = {0};
        if (load(r, jobs[i], &v, err) == 0)
            rc = print_selected(r, &v, err);
        found |= rc > 0;
    }
    return rc < 0 ? -1 : found;
}

/* Whether a pod of the Job, of those that may come as well, is selected. */
static bool is_selected(const struct log_request *r, const char *job)
{
    struct error lost;
    struct machine_view view;
    cleanup_job_view struct job_view v = {0};
    if (load(r, job, &v, &lost) != 0)
        return false;
    machine_view(fold_machine(v.fold), &view);
    bool by_index = strstr(r->options->selector, "job-completion-index") != NULL;
    uint32_t n = by_index && job_spec_indexed(view.spec) ? job_spec_index_limit(view.spec) : 1;
    for (uint32_t i = 0; i < n; i++)
        if (log_request_selects(r, &v, i))
            return true;
    return false;
}

static int follow_selected(struct log_request *r, char **jobs, size_t n, struct error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        char *job = jobs[i];
        if (!is_selected(r, job))
            continue;
        jobs[i] = jobs[kept];
        jobs[kept++] = job;
    }
    int rc = kept ? log_follow_all(r, jobs, kept, err) : 0;
    return rc < 0 ? -1 : kept > 0;
}

/* Of all attempts, as kubectl shows all pods that are there. */
static int logs_selected(struct log_request *r, struct error *err)
{
    char **jobs;
    size_t n;
    cleanup_selector struct selector *selector = NULL;
    if (selector_parse_labels(r->options->selector, &selector, err) < 0 ||
        store_list(r->store, r->options->ns, &jobs, &n, err) < 0)
        return -1;
    r->selector = selector;
    r->filter.latest = false;
    int found = (r->options->follow ? follow_selected : print_jobs)(r, jobs, n, err);
    while (n)
        free(jobs[--n]);
    free(jobs);
    if (found == 0)
        fprintf(stderr, "No resources found in %s namespace.\n", r->options->ns);
    return found < 0 ? -1 : 0;
}

static int logs_of(struct log_request *r, struct error *err)
{
    const char *word = r->options->names[0];
    const char *name;
    int kind = resource_split(word, &name);
    if (name && kind == RESOURCE_JOB)
        return logs_of_job(r, name, err);
    if (name && kind != RESOURCE_POD)
        return error_set(err, "%s is neither a pod nor a Job: logs POD, or logs job/NAME", word);
    return logs_of_pod(r, name ? name : word, err);
}

static int run(struct options *o, struct error *err)
{
    struct log_request r;
    cleanup_store struct store store = {0};
    if (o->selector && o->names_len)
        return error_set(err, "only a selector (-l) or a POD name is allowed");
    if (!o->selector && (o->names_len < 1 || o->names_len > 2))
        return error_set(err, "expected 'logs POD [CONTAINER]' or 'logs job/NAME'");
    if (o->names_len == 2 && o->container)
        return error_set(err, "only one of -c or an inline [CONTAINER] arg is allowed");
    if (log_request_read(&r, o, err) < 0 || store_open(&store, err) < 0)
        return -1;
    r.store = &store;
    if (o->names_len == 2)
        r.container = o->names[1];
    return o->selector ? logs_selected(&r, err) : logs_of(&r, err);
}

const struct verb verb_logs = {
    .name = "logs",
    .what = "print the logs of a Job's pods",
    .usage = usage,
    .options = " namespace container all-pods prefix follow previous all-containers index attempt "
               "tail since since-time timestamps limit-bytes max-log-requests selector ",
    .run = run,
};
