/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob status NAME ...
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "job_view.h"
#include "options.h"
#include "resource.h"
#include "status_show.h"

static const char usage[] =
    "Show a Job at a glance: how each index stands, how fast it goes, what failed, why the rest\n"
    "waits. For Jobs of any size.\n"
    "\n"
    "  skjob status [job/]NAME ... [options]\n"
    "\n"
    "  -n, --namespace   default: \"default\"\n"
    "\n"
    "Colours are used on a terminal, unless NO_COLOR is set.\n"
    "\n"
    "Examples:\n"
    "  skjob status sweep\n"
    "  watch skjob status sweep\n";

static int show(const struct store *s, const struct options *o, const char *name,
                const struct terminal *t, struct error *err)
{
    int64_t now = job_view_now();
    cleanup_job_view struct job_view v = {0};
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    int rc = job_view_load(&v, s, o->ns, name, now, err);
    if (rc == 1)
        job_print_not_found(name);
    if (rc != 0 || status_show(&v, job_view_live(&v), t, now, &out, err) < 0)
        return rc != 0 ? rc : -1;
    fputs(strbuf_str(&out), stdout);
    return 0;
}

static int run(struct options *o, struct error *err)
{
    struct terminal t;
    cleanup_store struct store store = {0};
    int missing = 0;
    size_t first =
        o->names_len > 1 && resource_find(o->names[0], strlen(o->names[0])) == RESOURCE_JOB;
    if (first == o->names_len)
        return error_set(err, "you must name a Job: skjob status NAME");
    terminal_look(1, &t);
    if (store_open(&store, err) < 0)
        return -1;
    for (size_t i = first; i < o->names_len; i++) {
        const char *name = job_name_of(o->names[i]);
        if (!name)
            return error_set(err, "%s is not a Job", o->names[i]);
        if (i > first)
            putchar('\n');
        int rc = show(&store, o, name, &t, err);
        if (rc < 0)
            return -1;
        missing += rc;
    }
    return missing;
}

const struct verb verb_status = {
    .name = "status",
    .what = "show a Job at a glance: its indexes, rates, failures",
    .usage = usage,
    .options = " namespace ",
    .shows_jobs = true,
    .run = run,
};
