/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "get_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "get_sort.h"
#include "grow.h"
#include "tree.h"

/* ---- words ---- */

static int want(struct get_request *r, enum resource kind, const char *name, struct error *err)
{
    struct get_wanted *v = grow(r->v, r->len, sizeof *v);
    bool is_new = true;
    if (!v)
        return error_set(err, "out of memory");
    r->v = v;
    for (size_t i = 0; i < r->len; i++)
        is_new &= v[i].kind != kind;
    r->kinds += is_new;
    v[r->len++] = (struct get_wanted){kind, name};
    return 0;
}

/* One kind, of the len bytes of word: all of it, or the names that follow. */
static int want_kind(struct get_request *r, const char *word, size_t len, struct error *err)
{
    static const enum resource all[] = {RESOURCE_POD, RESOURCE_SERVICE, RESOURCE_CRON_JOB,
                                        RESOURCE_JOB};
    const struct options *o = r->options;
    bool is_all = len == 3 && memcmp(word, "all", 3) == 0;
    int kind = resource_find(word, len);
    if (kind < 0 && !is_all)
        return error_set(err, "the server doesn't have a resource type \"%.*s\"",
                         (int)(len > 200 ? 200 : len), word);
    if (is_all && o->names_len > 1)
        return error_set(err, "\"all\" takes no names");
    for (size_t i = 0; is_all && i < sizeof all / sizeof *all; i++)
        if (want(r, all[i], NULL, err) < 0)
            return -1;
    if (is_all || o->names_len == 1)
        return is_all ? 0 : want(r, (enum resource)kind, NULL, err);
    for (size_t i = 1; i < o->names_len; i++)
        if (want(r, (enum resource)kind, o->names[i], err) < 0)
            return -1;
    return 0;
}

static int want_slashed(struct get_request *r, const char *word, struct error *err)
{
    const char *name;
    int kind = resource_split(word, &name);
    if (!name)
        return error_set(err,
                         "there is no need to specify a resource type as a separate argument when "
                         "passing arguments in resource/name form (e.g. 'skjob get "
                         "resource/<resource_name>' instead of 'skjob get resource "
                         "resource/<resource_name>'");
    if (kind < 0)
        return error_set(err, "the server doesn't have a resource type \"%.*s\"",
                         (int)(name - word - 1), word);
    if (!*name)
        return error_set(err,
                         "arguments in resource/name form must have a single resource and name");
    return want(r, (enum resource)kind, name, err);
}

#define NO_TYPE "Required resource not specified: jobs, or pods, for example"

static int read_words(struct get_request *r, struct error *err)
{
    const struct options *o = r->options;
    bool slashed = false;
    for (size_t i = 0; i < o->names_len; i++)
        slashed |= strchr(o->names[i], '/') != NULL;
    if (!o->names_len)
        return error_set(err, NO_TYPE);
    for (size_t i = 0; slashed && i < o->names_len; i++)
        if (want_slashed(r, o->names[i], err) < 0)
            return -1;
    for (const char *at = o->names[0]; !slashed && *at;) {
        size_t len = strcspn(at, ",");
        if (want_kind(r, at, len, err) < 0)
            return -1;
        at += len + (at[len] == ',');
    }
    r->single = r->len == 1 && r->v[0].name;
    return r->len ? 0 : error_set(err, NO_TYPE);
}

/* ---- options ---- */

/* The fields that the API server selects by; the rest of the kinds have the first two. */
static const char *const known_fields[RESOURCES][16] = {
    [RESOURCE_JOB] = {"metadata.name", "metadata.namespace", "status.successful"},
    [RESOURCE_POD] = {"metadata.name", "metadata.namespace", "spec.nodeName", "spec.restartPolicy",
                      "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
                      "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName"},
    [RESOURCE_EVENT] = {"metadata.name", "metadata.namespace", "involvedObject.kind",
                        "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
                        "involvedObject.apiVersion", "involvedObject.resourceVersion",
                        "involvedObject.fieldPath", "reason", "reportingComponent", "source",
                        "type"},
    [RESOURCE_NODE] = {"metadata.name", "spec.unschedulable"},
    [RESOURCE_SECRET] = {"metadata.name", "metadata.namespace", "type"},
    [RESOURCE_CONFIG_MAP] = {"metadata.name", "metadata.namespace"},
    [RESOURCE_SERVICE] = {"metadata.name", "metadata.namespace", "spec.clusterIP", "spec.type"},
    [RESOURCE_CRON_JOB] = {"metadata.name", "metadata.namespace"},
};

static const char *const kinds[RESOURCES] = {
    [RESOURCE_JOB] = "batchv1.Job",      [RESOURCE_POD] = "Pod",
    [RESOURCE_EVENT] = "Event",          [RESOURCE_NODE] = "Node",
    [RESOURCE_SECRET] = "Secret",        [RESOURCE_SERVICE] = "Service",
    [RESOURCE_CONFIG_MAP] = "ConfigMap", [RESOURCE_CRON_JOB] = "CronJob",
};

/* As the API server answers, told by kubectl. */
static int bad_selector(const struct get_request *r, enum resource kind, struct error *err)
{
    const struct options *o = r->options;
    const struct error why = *err;
    return error_set(err,
                     "Error from server (BadRequest): Unable to find \"%s\" that match label "
                     "selector \"%.200s\", field selector \"%.200s\": %.500s",
                     resource_api(kind), o->selector ? o->selector : "",
                     o->field_selector ? o->field_selector : "", why.text);
}

static int check_fields(const struct get_request *r, struct error *err)
{
    for (size_t i = 0; i < r->len; i++) {
        enum resource kind = r->v[i].kind;
        const char *field = selector_unknown_field(r->fields, known_fields[kind]);
        if (field) {
            error_set(err, "field label \"%.200s\" not supported for %s", field, kinds[kind]);
            return bad_selector(r, kind, err);
        }
    }
    return 0;
}

static int read_selectors(struct get_request *r, struct error *err)
{
    const struct options *o = r->options;
    if ((o->selector || o->field_selector) && r->v[0].name)
        return error_set(err, "name cannot be provided when a selector is specified");
    if (o->selector && selector_parse_labels(o->selector, &r->labels, err) < 0)
        return bad_selector(r, r->v[0].kind, err);
    if (!o->field_selector)
        return 0;
    return selector_parse_fields(o->field_selector, &r->fields, err) < 0 ? -1
                                                                         : check_fields(r, err);
}

static int check_watch(const struct get_request *r, struct error *err)
{
    const struct options *o = r->options;
    bool watches = o->watch || o->watch_only;
    if (o->watch_events && !watches)
        return error_set(err, "--output-watch-events option can only be used with --watch or "
                              "--watch-only");
    if (watches && r->kinds > 1)
        return error_set(err,
                         "watch is only supported on individual resources and resource "
                         "collections - %zu resources were found",
                         r->kinds);
    return 0;
}

static int check_options(const struct options *o, struct error *err)
{
    if (o->all_namespaces && o->names_len > 1)
        return error_set(err, "a resource cannot be retrieved by name across all namespaces");
    if (o->all_namespaces && strchr(o->names[0], '/'))
        return error_set(err, "a resource cannot be retrieved by name across all namespaces");
    return 0;
}

int get_request_open(struct get_request *r, struct error *err)
{
    const struct options *o = r->options;
    bool allow = !o->allow_missing || strcmp(o->allow_missing, "false") != 0;
    if (read_words(r, err) < 0 || check_options(o, err) < 0 || check_watch(r, err) < 0 ||
        printer_open(&r->printer, o->printer, allow, err) < 0 || read_selectors(r, err) < 0)
        return -1;
    r->printer.no_headers = o->no_headers;
    return store_open(&r->store, err);
}

void get_request_close(struct get_request *r)
{
    printer_close(&r->printer);
    selector_free(r->labels);
    selector_free(r->fields);
    store_close(&r->store);
    free(r->v);
}

/* ---- loading ---- */

/* The Job that pods and events are looked for in alone, when the selector names one. */
static const char *only_job(const struct get_request *r)
{
    const char *name = selector_exact(r->labels, "batch.kubernetes.io/job-name");
    return name ? name : selector_exact(r->labels, "job-name");
}

static void tell_missing(const struct get_wanted *w)
{
    resource_print_not_found(w->kind, w->name);
}

static int load(struct get_request *r, struct listing *l, struct error *err)
{
    const struct options *o = r->options;
    int missing = 0;
    for (size_t i = 0; i < r->len; i++) {
        const struct get_wanted *w = &r->v[i];
        const char *ns = o->all_namespaces ? NULL : o->ns;
        l->only_job = w->kind == RESOURCE_POD ? only_job(r) : NULL;
        int rc = listing_load(l, w->kind, ns, w->name, err);
        if (rc < 0)
            return -1;
        if (rc && !o->ignore_not_found && !r->goes_on) {
            tell_missing(w);
            missing++;
        }
    }
    return missing;
}

/* 1, 0, or -1 with err. A pod's labels are made without the rest of it, and the rest is not kept
 * where a row or a name is all that is shown of it: there may be very many pods. */
static int is_selected(struct get_request *r, struct found *f, struct error *err)
{
    cleanup_json json_t *labels = r->labels ? listing_labels(f) : NULL;
    if (!selector_matches_labels(r->labels, labels))
        return 0;
    if (!r->fields)
        return 1;
    const json_t *object = listing_object(f, err);
    if (!object)
        return -1;
    int selected = selector_matches_fields(r->fields, object);
    if (f->pod)
        listing_forget(f);
    return selected;
}

/* Keeps those that the selectors select. */
static int filter(struct get_request *r, struct listing *l, struct error *err)
{
    size_t kept = 0;
    int rc = 0;
    for (size_t i = 0; i < l->len; i++) {
        struct found *f = &l->v[i];
        rc = rc < 0 ? -1 : is_selected(r, f, err);
        if (rc > 0)
            l->v[kept++] = *f;
        else
            listing_forget(f);
    }
    l->len = kept;
    return rc < 0 ? -1 : 0;
}

int get_request_load(struct get_request *r, struct listing *l, struct error *err)
{
    int missing = load(r, l, err);
    if (missing < 0 || ((r->labels || r->fields) && filter(r, l, err) < 0))
        return -1;
    if (r->options->sort_by && get_sort(l, r->options->sort_by, err) < 0)
        return -1;
    return missing;
}
