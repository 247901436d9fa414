/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob gc: removes Jobs whose ttlSecondsAfterFinished have passed.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "job_live.h"
#include "job_remove.h"
#include "options.h"

static const char usage[] =
    "Remove the Jobs that have ended, and whose ttlSecondsAfterFinished have passed since, with "
    "the\n"
    "logs of their pods. Every command that reads such a Job does the same to it; this one is for\n"
    "cron.\n"
    "\n"
    "  skjob gc [options]\n"
    "\n"
    "      --all         in all namespaces\n"
    "  -n, --namespace   default: \"default\"\n"
    "\n"
    "Examples:\n"
    "  0 * * * * skjob gc --all\n";

static int collect_job(const struct store *s, const char *ns, const char *name, struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    int64_t now = job_view_now();
    int rc = job_view_load_keep(&v, s, ns, name, now, err);
    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (job_remove_due(s, &v, now) > 0)
        printf("job.batch \"%s\" deleted from %s namespace\n", name, ns);
    return 0;
}

/* One Job that cannot be read does not keep the others. Returns the number of failures. */
static int collect(const struct store *s, const char *ns)
{
    struct error err;
    char **names;
    size_t n;
    int failures = 0;
    store_sweep(s, ns);
    if (store_list(s, ns, &names, &n, &err) < 0) {
        fprintf(stderr, "error: %s\n", err.text);
        return 1;
    }
    if (n > 1 && store_is_mine(s))
        job_live_many();
    for (size_t i = 0; i < n; i++) {
        if (collect_job(s, ns, names[i], &err) < 0) {
            fprintf(stderr, "error: job.batch/%s: %s\n", names[i], err.text);
            failures++;
        }
        free(names[i]);
    }
    free(names);
    return failures;
}

static int is_namespace(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static int collect_all(const struct store *s)
{
    struct dirent **entries = NULL;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    int failures = 0;
    strbuf_addf(&path, "%s/jobs", s->root);
    int n = scandir(strbuf_str(&path), &entries, is_namespace, alphasort);
    for (int i = 0; i < n; i++) {
        failures += collect(s, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return failures;
}

static int run(struct options *o, struct error *err)
{
    cleanup_store struct store store = {0};
    if (o->names_len)
        return error_set(err, "Unexpected args: [%s]", o->names[0]);
    if (store_open(&store, err) < 0)
        return -1;
    return o->all ? collect_all(&store) : collect(&store, o->ns);
}

const struct verb verb_gc = {
    .name = "gc",
    .what = "remove Jobs whose ttlSecondsAfterFinished have passed",
    .usage = usage,
    .options = " namespace all ",
    .run = run,
};
