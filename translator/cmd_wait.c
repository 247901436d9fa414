/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob wait --for=... job/NAME ... [--timeout=D]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "job_watch.h"
#include "options.h"
#include "progress.h"
#include "resource.h"
#include "selector.h"
#include "terminal.h"
#include "tree.h"
#include "wait_for.h"
#include "wait_object.h"

static const char usage[] =
    "Wait until a Job, a pod or another object has a condition.\n"
    "\n"
    "  skjob wait --for=CONDITION job/NAME|pod/NAME|... ... [options]\n"
    "  skjob wait --for=CONDITION jobs|pods|... -l SELECTOR | --all [options]\n"
    "\n"
    "      --for         condition=TYPE or condition=TYPE=STATUS, jsonpath=PATH or\n"
    "                    jsonpath=PATH=VALUE, create, delete, or finished: a Job is\n"
    "                    Complete (exit 0) or Failed (exit 1); several are all waited for\n"
    "      --timeout     default 30s; 0 looks once, a negative one waits for a week; for all\n"
    "                    together, one after another\n"
    "  -l, --selector    those with these labels\n"
    "      --all         all of the namespace\n"
    "      --progress    of Jobs: draw a bar, where standard error is a terminal\n"
    "  -n, --namespace   default: \"default\"\n"
    "\n"
    "Examples:\n"
    "  skjob wait --for=condition=complete job/pi --timeout=1h\n"
    "  skjob wait --for=finished job/a job/b --timeout=-1s --progress && next-step\n"
    "  skjob wait --for=jsonpath='{.status.succeeded}'=3 job/pi\n"
    "  skjob wait --for=delete job/pi\n"
    "  skjob wait --for=condition=Ready pods -l job-name=pi\n"
    "  skjob wait --for=jsonpath='{.status.lastScheduleTime}' cronjob/hello --timeout=90s\n";

struct waiting {
    const struct options *options;
    const struct store *store;
    const struct wait_for *for_;
    struct terminal terminal;
    int64_t until_us;
};

static void draw(const struct waiting *w, const struct job_watch *watch)
{
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    if (!w->options->progress || !w->terminal.is_terminal || !watch->changed || !watch->view.fold)
        return;
    progress_line(&watch->view, w->terminal.columns, &line);
    fprintf(stderr, "\r\033[K%s", strbuf_str(&line));
}

static void wipe(const struct waiting *w)
{
    if (w->options->progress && w->terminal.is_terminal)
        fputs("\r\033[K", stderr);
}

/* Until one --for is met. Returns 0, 1 for a failure that is told, 2 when the Job was gone from the
 * beginning, and that was waited for. */
static int wait_one(const struct waiting *w, const struct wait_for *f, const char *name)
{
    struct error err;
    cleanup_job_watch struct job_watch watch = {0};
    for (bool first = true;; first = false) {
        int rc = job_watch_look(&watch, w->store, w->options->ns, name, &err);
        draw(w, &watch);
        enum wait_seen seen =
            rc < 0 ? WAIT_NOT_YET : wait_for_look(f, rc == 0 ? watch.view.object : NULL);
        bool over = seen == WAIT_NOT_YET && job_view_now() >= w->until_us;
        bool absent = rc == 1 && f->kind != WAIT_DELETE && f->kind != WAIT_CREATE;
        if (rc < 0 || absent || over || seen != WAIT_NOT_YET)
            wipe(w);
        if (rc < 0)
            verb_tell(&err);
        if (absent)
            job_print_not_found(name);
        if (rc < 0 || absent)
            return 1;
        if (seen == WAIT_FAILED)
            printf("job.batch/%s failed\n", name);
        if (seen != WAIT_NOT_YET)
            return seen == WAIT_FAILED ? 1 : first && f->kind == WAIT_DELETE ? 2 : 0;
        if (over)
            return wait_for_tell_over(!w->options->timeout, RESOURCE_JOB, name);
        job_watch_sleep(&watch, w->until_us);
    }
}

static int wait_all_of(const struct waiting *w, const char *name)
{
    int rc = 0;
    for (size_t i = 0; i < w->options->for_len && rc == 0; i++)
        rc = wait_one(w, &w->for_[i], name);
    if (rc == 0)
        printf("job.batch/%s condition met\n", name);
    fflush(stdout);
    return rc == 1;
}

static bool is_kind(const char *word)
{
    return resource_find(word, strlen(word)) == RESOURCE_JOB;
}

static int wait_named(const struct waiting *w, struct error *err)
{
    const struct options *o = w->options;
    int failures = 0;
    /* "wait job pi" and "wait job/pi" */
    size_t first = o->names_len && resource_find(o->names[0], strlen(o->names[0])) == RESOURCE_JOB;
    if (first == o->names_len)
        return error_set(err, "you must name a Job: job/NAME, or all of them: --all");
    for (size_t i = first; i < o->names_len; i++)
        if (!job_name_of(o->names[i]))
            return error_set(err, "%s is not a Job", o->names[i]);
    for (size_t i = first; i < o->names_len; i++)
        failures += wait_all_of(w, job_name_of(o->names[i]));
    return failures;
}

static bool is_selected(const struct waiting *w, const struct selector *selector, const char *name)
{
    struct error err;
    cleanup_json json_t *object = NULL;
    return store_read(w->store, w->options->ns, name, &object, &err) == 0 &&
           selector_matches_labels(selector, tree_at(object, "metadata", "labels", NULL));
}

static int wait_listed(const struct waiting *w, struct error *err)
{
    char **names;
    size_t n;
    int failures = 0;
    size_t found = 0;
    cleanup_selector struct selector *selector = NULL;
    if (w->options->selector && selector_parse_labels(w->options->selector, &selector, err) < 0)
        return -1;
    if (w->options->names_len > (w->options->names_len && is_kind(w->options->names[0])))
        return error_set(err, "name cannot be provided when a selector or --all is specified");
    if (store_list(w->store, w->options->ns, &names, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        bool selected = is_selected(w, selector, names[i]);
        found += selected;
        failures += selected && wait_all_of(w, names[i]);
        free(names[i]);
    }
    free(names);
    return found ? failures : error_set(err, "no matching resources found");
}

static int wait_with(const struct options *o, struct wait_for *for_, struct error *err)
{
    cleanup_store struct store store = {0};
    struct waiting w = {.options = o, .store = &store, .for_ = for_};
    if (o->for_len == 0)
        return error_set(err, "must specify --for=condition=TYPE");
    for (size_t i = 0; i < o->for_len; i++)
        if (wait_for_parse(o->for_[i], &for_[i], err) < 0)
            return -1;
    wait_for_order(for_, o->for_len);
    if (wait_object_is_meant(o))
        return wait_object(o, for_, err);
    if (store_open(&store, err) < 0)
        return -1;
    terminal_look(2, &w.terminal);
    w.until_us = job_view_now() + (int64_t)o->timeout * 1000000;
    return o->all || o->selector ? wait_listed(&w, err) : wait_named(&w, err);
}

static int run(struct options *o, struct error *err)
{
    struct wait_for for_[OPTIONS_FOR_MAX] = {0};
    int rc = wait_with(o, for_, err);
    for (size_t i = 0; i < OPTIONS_FOR_MAX; i++)
        wait_for_free(&for_[i]);
    return rc;
}

const struct verb verb_wait = {
    .name = "wait",
    .what = "wait for a condition of a Job, or a pod",
    .usage = usage,
    .options = " for timeout namespace all selector progress ",
    .shows_jobs = true,
    .run = run,
};
