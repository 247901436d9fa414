/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob describe TYPE [NAME...] | TYPE/NAME...
 */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "describe.h"
#include "events.h"
#include "get_request.h"
#include "options.h"
#include "tab_text.h"
#include "tree.h"

static const char usage[] =
    "Show what there is to know of Jobs, CronJobs, pods, ConfigMaps, Secrets and nodes, with\n"
    "their events.\n"
    "\n"
    "  skjob describe TYPE [NAME ...] [options]\n"
    "  skjob describe TYPE/NAME ... [options]\n"
    "\n"
    "  -n, --namespace       default: \"default\"\n"
    "  -A, --all-namespaces  of all namespaces\n"
    "  -l, --selector        labels: a=b, a!=b, a in (b,c), a, !a\n"
    "\n"
    "Examples:\n"
    "  skjob describe job pi\n"
    "  skjob describe pods -l job-name=pi\n";

/* A new list of what happened to it; empty for what is no Job and has none. */
static json_t *events_of_found(const struct listing *l, const struct found *f, const json_t *object,
                               struct error *err)
{
    struct listed_job *job = f->job;
    const char *name = tree_str(tree_get(object, "metadata"), "name");
    if (f->kind == RESOURCE_CRON_JOB)
        return listing_cronjob_events(l->store, object, err);
    if (!job)
        return json_array();
    cleanup_json json_t *all = listing_events(job, err);
    return all ? events_of(all, f->pod ? "Pod" : "Job", name) : NULL;
}

static int describe_found(const struct listing *l, struct found *f, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    const json_t *object = listing_object(f, err);
    cleanup_json json_t *events = object ? events_of_found(l, f, object, err) : NULL;
    if (!events || describe_object(f->kind, object, events, l->now_us, &text, err) < 0)
        return -1;
    return tab_text_print(strbuf_str(&text), stdout) < 0 ? error_set(err, "out of memory") : 0;
}

static int describe(struct get_request *r, struct error *err)
{
    cleanup_listing struct listing l = {.store = &r->store, .now_us = job_view_now()};
    int missing = get_request_load(r, &l, err);
    if (missing == 0 && !l.len) {
        if (r->options->all_namespaces)
            fputs("No resources found\n", stderr);
        else
            fprintf(stderr, "No resources found in %s namespace.\n", r->options->ns);
    }
    for (size_t i = 0; missing >= 0 && i < l.len; i++) {
        fputs(i ? "\n\n" : "", stdout);
        if (describe_found(&l, &l.v[i], err) < 0)
            return -1;
        listing_forget(&l.v[i]);
    }
    return missing;
}

static int run(struct options *o, struct error *err)
{
    cleanup_get_request struct get_request r = {.options = o};
    return get_request_open(&r, err) < 0 ? -1 : describe(&r, err);
}

const struct verb verb_describe = {
    .name = "describe",
    .what = "show what there is to know of an object",
    .usage = usage,
    .options = " namespace all-namespaces selector ",
    .shows_jobs = true,
    .run = run,
};
