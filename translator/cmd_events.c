/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob events [--for TYPE/NAME] [--types=TYPE,...]: get events, with kubectl's other words for it
 * (k8s.io/kubectl/pkg/cmd/events).
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "get_request.h"
#include "resource.h"
#include "strbuf.h"

static const char usage[] =
    "Show what happened to Jobs, their pods and CronJobs, the oldest first.\n"
    "\n"
    "  skjob events [--for=TYPE/NAME] [options]\n"
    "\n"
    "      --for               of this object only: job/NAME, pod/NAME, cronjob/NAME\n"
    "      --types             Normal, Warning, or both\n"
    "  -n, --namespace         default: \"default\"\n"
    "  -A, --all-namespaces    of all namespaces\n"
    "  -o, --output            json, yaml, name, jsonpath=TEMPLATE, ...: as skjob get has it\n"
    "  -w, --watch             go on, and show what happens\n"
    "      --no-headers        leave out the first line of the table\n"
    "\n"
    "Examples:\n"
    "  skjob events --for=job/pi\n"
    "  skjob events --types=Warning -w\n";

/* Adds what "TYPE/NAME" selects. */
static int select_object(const char *word, struct strbuf *out, struct error *err)
{
    const char *name;
    int kind = resource_split(word, &name);
    static const char *const kinds[RESOURCES] = {
        [RESOURCE_JOB] = "Job", [RESOURCE_POD] = "Pod", [RESOURCE_CRON_JOB] = "CronJob"};
    if (!name)
        return error_set(err, "--for must be in resource/name form");
    if (kind < 0 || !kinds[kind])
        return error_set(err, "--for is for Jobs, pods and CronJobs: job/NAME, pod/NAME, "
                              "cronjob/NAME");
    strbuf_addf(out, "involvedObject.kind=%s,involvedObject.name=%s", kinds[kind], name);
    return 0;
}

/* Adds what a list of types selects: both of them select nothing. */
static int select_types(const char *types, struct strbuf *out, struct error *err)
{
    static const char *const known[] = {"Normal", "Warning"};
    bool wanted[2] = {false, false};
    for (const char *p = types; *p; p += *p == ',') {
        size_t n = strcspn(p, ",");
        bool found = false;
        for (size_t i = 0; i < 2; i++) {
            bool is = strlen(known[i]) == n && strncasecmp(p, known[i], n) == 0;
            wanted[i] |= is;
            found |= is;
        }
        if (!found)
            return error_set(err, "valid --types are Normal or Warning");
        p += n;
    }
    if (wanted[0] != wanted[1])
        strbuf_addf(out, "%stype=%s", out->len ? "," : "", known[wanted[1]]);
    return 0;
}

static int run(struct options *o, struct error *err)
{
    static char kind[] = "events";
    char *names[] = {kind};
    cleanup_strbuf struct strbuf selected = STRBUF_INIT;
    struct options get = *o;
    if (o->names_len)
        return error_set(err, "unexpected argument \"%s\"; of one object: --for=job/NAME",
                         o->names[0]);
    if ((o->for_len && select_object(o->for_[0], &selected, err) < 0) ||
        (o->types && select_types(o->types, &selected, err) < 0))
        return -1;
    get.field_selector = selected.len ? strbuf_str(&selected) : NULL;
    get.names = names;
    get.names_len = 1;
    cleanup_get_request struct get_request r = {.options = &get, .is_events = true};
    return get_request_open(&r, err) < 0 ? -1 : cmd_get(&r, err);
}

const struct verb verb_events = {
    .name = "events",
    .what = "show what happened to Jobs and pods",
    .usage = usage,
    .options = " namespace all-namespaces for types printer watch no-headers ",
    .shows_jobs = true,
    .run = run,
};
