/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log_request.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "duration.h"
#include "timefmt.h"
#include "tree.h"

#define DEFAULT_CONTAINER "kubectl.kubernetes.io/default-container"
#define LOG_REQUESTS      5

static int read_since(struct log_request *r, const struct options *o, struct error *err)
{
    int64_t ns = 0, seconds;
    if (o->since && o->since_time)
        return error_set(err, "at most one of `sinceTime` or `sinceSeconds` may be specified");
    if (o->since && duration_parse(o->since, &ns, err) < 0)
        return error_prefix(err, "invalid argument \"%s\" for \"--since\" flag", o->since);
    if (o->since_time && timefmt_parse_rfc3339(o->since_time, &seconds) < 0)
        return error_set(err, "--since-time takes a time like 2026-01-02T15:04:05Z, not \"%s\"",
                         o->since_time);
    if (o->since && ns <= 0)
        return error_set(err, "--since must be greater than 0");
    if (o->since_time)
        r->since_us = seconds * 1000000;
    if (o->since)
        r->since_us = job_view_now() - ns / 1000;
    return 0;
}

int log_request_read(struct log_request *r, const struct options *o, struct error *err)
{
    *r = (struct log_request){.options = o,
                              .container = o->container,
                              .filter = {LOG_ANY, LOG_ANY, !o->all_pods},
                              .tail = o->selector ? 10 : -1,
                              .since_us = INT64_MIN,
                              .limit = -1,
                              .max_requests = LOG_REQUESTS};
    if (o->previous && o->attempt)
        return error_set(err, "at most one of --previous and --attempt may be specified");
    if (o->previous && o->follow)
        return error_set(err, "only one of follow (-f) or previous (-p) is allowed");
    if (o->all_containers && o->container)
        return error_set(err,
                         "--all-containers=true should not be specified with container name "
                         "%s",
                         o->container);
    if (options_bounded("index", o->index, 0, JOURNAL_INDEX_MAX, &r->filter.index, err) < 0 ||
        options_bounded("attempt", o->attempt, 0, JOURNAL_INDEX_MAX, &r->filter.attempt, err) < 0 ||
        options_bounded("tail", o->tail, -1, INT64_MAX, &r->tail, err) < 0 ||
        options_bounded("limit-bytes", o->limit_bytes, 1, INT64_MAX, &r->limit, err) < 0 ||
        options_bounded("max-log-requests", o->max_log_requests, 1, 1000, &r->max_requests, err) <
            0)
        return -1;
    if (o->attempt)
        r->filter.latest = false;
    return read_since(r, o, err);
}

/* The containers of a pod, in kubectl's order of all of them. */
struct containers {
    const json_t *init;
    const json_t *regular;
    size_t n_init;
    size_t n;
};

static struct containers containers_of(const struct job_view *v)
{
    const json_t *pod = tree_at(v->object, "spec", "template", "spec", NULL);
    struct containers c = {tree_get(pod, "initContainers"), tree_get(pod, "containers"), 0, 0};
    c.n_init = json_array_size(c.init);
    c.n = c.n_init + json_array_size(c.regular);
    return c;
}

static const char *name_at(const struct containers *c, size_t i)
{
    return tree_str(i < c->n_init ? json_array_get(c->init, i)
                                  : json_array_get(c->regular, i - c->n_init),
                    "name");
}

/* "a, b, i (init)". */
static void list_names(const struct containers *c, struct strbuf *out)
{
    for (size_t i = c->n_init; i < c->n; i++)
        strbuf_addf(out, "%s%s", out->len ? ", " : "", name_at(c, i));
    for (size_t i = 0; i < c->n_init; i++)
        strbuf_addf(out, ", %s (init)", name_at(c, i));
}

static const char *default_container(struct log_request *r, const struct job_view *v,
                                     const struct containers *c)
{
    cleanup_strbuf struct strbuf all = STRBUF_INIT;
    const json_t *notes = tree_at(v->object, "spec", "template", "metadata", "annotations", NULL);
    const char *wish = tree_str(notes, DEFAULT_CONTAINER);
    for (size_t i = 0; i < c->n; i++)
        if (*wish && strcmp(name_at(c, i), wish) == 0)
            return name_at(c, i);
    const char *first = name_at(c, c->n_init);
    list_names(c, &all);
    if (c->n > 1 && !r->defaulted)
        fprintf(stderr, "Defaulted container \"%s\" out of: %s\n", first, strbuf_str(&all));
    r->defaulted = true;
    return first;
}

static int add_stream(struct log_pod_streams *s, const struct log_request *r,
                      const struct job_view *v, const char *container, struct error *err)
{
    struct strbuf path = STRBUF_INIT, prefix = STRBUF_INIT;
    strbuf_addf(&path, "%s/pods/%s/%s.log", v->dir, s->name, container);
    if (r->options->prefix)
        strbuf_addf(&prefix, "[pod/%s/%s] ", s->name, container);
    s->containers[s->len] = container;
    s->v[s->len++] = (struct log_stream){.path = strbuf_steal(&path),
                                         .prefix = strbuf_steal(&prefix),
                                         .tail = r->tail,
                                         .since_us = r->since_us,
                                         .start_us = s->pod.started_us,
                                         .timestamps = r->options->timestamps,
                                         .limit = r->limit};
    return s->v[s->len - 1].path ? 0 : error_set(err, "out of memory");
}

static int no_container(const struct log_pod_streams *s, const struct containers *c,
                        const char *name, struct error *err)
{
    cleanup_strbuf struct strbuf all = STRBUF_INIT;
    list_names(c, &all);
    return error_set(err, "container %s is not valid for pod %s out of: %s", name, s->name,
                     strbuf_str(&all));
}

int log_streams_open(struct log_pod_streams *s, struct log_request *r, const struct job_view *v,
                     const struct log_pod *pod, struct error *err)
{
    struct containers c = containers_of(v);
    *s = (struct log_pod_streams){.pod = *pod};
    log_pod_name(v, pod->index, pod->attempt, s->name);
    s->v = calloc(c.n + 1, sizeof *s->v);
    s->containers = calloc(c.n + 1, sizeof *s->containers);
    if (!s->v || !s->containers)
        return error_set(err, "out of memory");
    const char *only = r->options->all_containers ? NULL
                       : r->container             ? r->container
                                                  : default_container(r, v, &c);
    for (size_t i = 0; i < c.n; i++)
        if ((!only || strcmp(name_at(&c, i), only) == 0) &&
            add_stream(s, r, v, name_at(&c, i), err) < 0)
            return -1;
    return s->len ? 0 : no_container(s, &c, only ? only : "", err);
}

void log_streams_free(struct log_pod_streams *s)
{
    for (size_t i = 0; i < s->len; i++)
        log_stream_free(&s->v[i]);
    free(s->v);
    free(s->containers);
    *s = (struct log_pod_streams){0};
}

int log_streams_copy(struct log_pod_streams *s, bool whole_lines, struct error *err)
{
    int any = 0;
    for (size_t i = 0; i < s->len; i++) {
        int rc = log_stream_copy(&s->v[i], whole_lines, err);
        if (rc < 0)
            return -1;
        any |= rc;
    }
    return any;
}

int log_streams_print(struct log_pod_streams *s, struct error *err)
{
    if (log_streams_copy(s, false, err) < 0)
        return -1;
    if (s->len > 1 || s->v[0].begun)
        return 0;
    return error_set(err, "Error from server (BadRequest): container \"%s\" in pod \"%s\" %s",
                     s->containers[0], s->name,
                     s->pod.ended ? "was never started" : "is waiting to start: ContainerCreating");
}

bool log_request_selects(const struct log_request *r, const struct job_view *v, uint32_t index)
{
    char text[16];
    if (!r->selector)
        return true;
    bool indexed = tree_is(tree_get(v->object, "spec"), "completionMode", "Indexed");
    json_t *template = tree_at(v->object, "spec", "template", "metadata", "labels", NULL);
    cleanup_json json_t *labels = template ? json_copy(template) : json_object();
    snprintf(text, sizeof text, "%u", index);
    if (indexed)
        json_object_set_new(labels, "batch.kubernetes.io/job-completion-index", json_string(text));
    return selector_matches_labels(r->selector, labels);
}
