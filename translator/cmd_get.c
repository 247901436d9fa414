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
    "  -w, --watch             go on, and show what changes\n"
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

static int64_t elapsed_us(int64_t began_us)
{
    return job_view_now() - began_us;
}

/* Until the user ends it. */
static int watch(struct get_request *r, struct get_show *show, struct error *err)
{
    int64_t began_us = job_view_now();
    for (;;) {
        int64_t pause_us = job_watch_interval(elapsed_us(began_us));
        const struct timespec pause = {.tv_sec = pause_us / 1000000,
                                       .tv_nsec = pause_us % 1000000 * 1000};
        fflush(stdout);
        if (ferror(stdout))
            return 0; /* told by main() */
        nanosleep(&pause, NULL);
        cleanup_listing struct listing l = {.store = &r->store, .now_us = job_view_now()};
        if (get_request_load(r, &l, err) < 0 || get_show_changes(show, &l, err) < 0)
            return -1;
    }
}

static int get(struct get_request *r, struct error *err)
{
    cleanup_get_show struct get_show show = {.request = r};
    cleanup_listing struct listing l = {.store = &r->store, .now_us = job_view_now()};
    int missing = get_request_load(r, &l, err);
    if (missing < 0 || get_show_all(&show, &l, missing, err) < 0)
        return -1;
    if (!r->options->watch)
        return missing;
    return missing ? missing : watch(r, &show, err);
}

static int run(struct options *o, struct error *err)
{
    cleanup_get_request struct get_request r = {.options = o};
    return get_request_open(&r, err) < 0 ? -1 : get(&r, err);
}

const struct verb verb_get = {
    .name = "get",
    .what = "show Jobs, pods, events and other objects",
    .usage = usage,
    .options = " namespace all-namespaces printer selector field-selector sort-by watch "
               "label-columns show-labels show-all no-headers ignore-not-found allow-missing-template-keys ",
    .run = run,
};
