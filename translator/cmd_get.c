/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob get TYPE[,TYPE...] [NAME...] | TYPE/NAME...
 */
#include <stdio.h>
#include <time.h>

#include "cleanup.h"
#include "commands.h"
#include "get_request.h"
#include "get_show.h"
#include "job_watch.h"
#include "options.h"

static const char usage[] =
    "Show Jobs, their pods and events, the objects that Jobs refer to, and nodes.\n"
    "\n"
    "  skjob get TYPE[,TYPE...] [NAME ...] [options]\n"
    "  skjob get TYPE/NAME ... [options]\n"
    "\n"
    "  TYPE is jobs, pods, events, configmaps, secrets, services, nodes, cronjobs,\n"
    "  or all (pods, services, cronjobs, jobs).\n"
    "\n"
    "  -n, --namespace         default: \"default\"\n"
    "  -A, --all-namespaces    of all namespaces\n"
    "  -o, --output            wide, json, yaml, name, jsonpath=TEMPLATE, jsonpath-file=FILE,\n"
    "                          jsonpath-as-json=TEMPLATE, custom-columns=HEADER:PATH,...,\n"
    "                          custom-columns-file=FILE\n"
    "  -l, --selector          labels: a=b, a!=b, a in (b,c), a notin (b), a, !a\n"
    "      --field-selector    fields: status.phase=Failed\n"
    "      --sort-by           a field: .metadata.creationTimestamp\n"
    "  -w, --watch             go on, and show each object that changes\n"
    "      --watch-only        the same without what is there already\n"
    "      --output-watch-events  with what happened: ADDED, MODIFIED, DELETED\n"
    "  -L, --label-columns     a column for each of these labels\n"
    "      --show-labels       a last column with all labels\n"
    "  -a, --show-all          of old documents: what has ended is shown in any case\n"
    "      --no-headers        leave out the first line of the table\n"
    "      --ignore-not-found  an object that is not there is no error\n"
    "      --allow-missing-template-keys=false  a field that is not there is an error\n"
    "\n"
    "Examples:\n"
    "  skjob get jobs\n"
    "  skjob get pods -l job-name=pi --field-selector status.phase=Failed\n"
    "  skjob get job pi -o jsonpath='{.status.succeeded}'\n"
    "  skjob get pods --sort-by=.metadata.creationTimestamp\n";

#define LOOK_US   500000
#define SECOND_US 1000000

/* Journals are looked at often, but not for more than a part of the time; slurmctld is asked as
 * seldom as job_watch_interval() says. */
static int64_t pause_us(const struct get_request *r, int64_t began_us, int64_t look_us)
{
    int64_t now = job_view_now();
    int64_t pause = (now - look_us) * 5;
    for (size_t i = 0; i < r->len; i++)
        if (r->v[i].kind == RESOURCE_NODE)
            return job_watch_interval(now - began_us);
    pause = pause < LOOK_US ? LOOK_US : pause;
    return pause > 10 * SECOND_US ? 10 * SECOND_US : pause;
}

static void sleep_us(int64_t us)
{
    const struct timespec t = {.tv_sec = us / SECOND_US, .tv_nsec = us % SECOND_US * 1000};
    nanosleep(&t, NULL);
}

/* Until the user ends it. What is not there any more is no error then. */
static int watch(struct get_request *r, struct listing *l, struct error *err)
{
    cleanup_get_show struct get_show show = {.request = r};
    int64_t began_us = l->now_us;
    r->goes_on = true;
    for (;;) {
        if (listing_has_changed(l) && get_show_changes(&show, l, err) < 0)
            return -1;
        fflush(stdout);
        if (ferror(stdout))
            return 0; /* told by main() */
        sleep_us(pause_us(r, began_us, l->now_us));
        listing_again(l, job_view_now());
        if (get_request_load(r, l, err) < 0)
            return -1;
    }
}

int cmd_get(struct get_request *r, struct error *err)
{
    const struct options *o = r->options;
    bool goes_on = o->watch || o->watch_only;
    cleanup_listing struct listing l = {
        .store = &r->store, .now_us = job_view_now(), .goes_on = goes_on};
    int missing = get_request_load(r, &l, err);
    if (missing < 0 || (goes_on && !missing))
        return missing < 0 ? -1 : watch(r, &l, err);
    cleanup_get_show struct get_show show = {.request = r};
    return get_show_all(&show, &l, missing, err) < 0 ? -1 : missing;
}

static int run(struct options *o, struct error *err)
{
    cleanup_get_request struct get_request r = {.options = o};
    return get_request_open(&r, err) < 0 ? -1 : cmd_get(&r, err);
}

const struct verb verb_get = {
    .name = "get",
    .what = "show Jobs, pods, events and other objects",
    .usage = usage,
    .options = " namespace all-namespaces printer selector field-selector sort-by watch watch-only "
               "output-watch-events label-columns show-labels show-all no-headers ignore-not-found "
               "allow-missing-template-keys ",
    .shows_jobs = true,
    .run = run,
};
