/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob wait --for=condition=TYPE job/NAME [--timeout=D]
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "job_view.h"
#include "options.h"

#define INTERVAL_MS 200

static const char usage[] =
    "Wait until a Job has a condition.\n"
    "\n"
    "  skjob wait --for=condition=Complete job/NAME ... [options]\n"
    "\n"
    "      --for         condition=TYPE, or finished: Complete (exit 0) or Failed (exit 1)\n"
    "      --timeout     default 30s; 0 looks once, a negative one waits for a week\n"
    "  -n, --namespace   default: \"default\"\n";

struct waiting {
    const char *type; /* NULL = finished */
    const struct options *options;
    const struct store *store;
    int64_t until_us;
};

enum seen { SEEN_NOT_YET, SEEN_MET, SEEN_FAILED, SEEN_ERROR };

static enum seen look(const struct waiting *w, const char *name)
{
    struct error err;
    cleanup_job_view struct job_view v = {0};
    int rc = job_view_load(&v, w->store, w->options->ns, name, job_view_now(), &err);
    if (rc < 0)
        fprintf(stderr, "error: %s\n", err.text);
    if (rc == 1)
        job_print_not_found(name);
    if (rc != 0)
        return SEEN_ERROR;
    if (w->type)
        return job_view_condition(&v, w->type) ? SEEN_MET : SEEN_NOT_YET;
    if (job_view_condition(&v, "Failed"))
        return SEEN_FAILED;
    return job_view_condition(&v, "Complete") ? SEEN_MET : SEEN_NOT_YET;
}

static int wait_for(const struct waiting *w, const char *name)
{
    for (;;) {
        enum seen s = look(w, name);
        if (s == SEEN_MET || s == SEEN_FAILED)
            printf("job.batch/%s %s\n", name, s == SEEN_MET ? "condition met" : "failed");
        if (s != SEEN_NOT_YET)
            return s != SEEN_MET;
        if (job_view_now() >= w->until_us)
            break;
        nanosleep(&(struct timespec){.tv_nsec = INTERVAL_MS * 1000000L}, NULL);
    }
    fprintf(stderr,
            w->options->timeout ? "error: timed out waiting for the condition on jobs/%s\n"
                                : "error: condition not met for jobs/%s\n",
            name);
    return 1;
}

static int parse_for(const char *text, const char **type, struct error *err)
{
    if (!text)
        return error_set(err, "must specify --for=condition=TYPE");
    *type = NULL;
    if (strcmp(text, "finished") == 0)
        return 0;
    if (strncmp(text, "condition=", 10) != 0 || !text[10])
        return error_set(err, "unrecognized condition: \"%s\"", text);
    *type = text + 10;
    return 0;
}

static int wait_all(struct waiting *w, const struct options *o, struct error *err)
{
    int failures = 0;
    /* "wait job pi" and "wait job/pi" */
    size_t first =
        o->names_len > 1 && (strcmp(o->names[0], "job") == 0 || strcmp(o->names[0], "jobs") == 0);
    if (first == o->names_len)
        return error_set(err, "you must name a Job: job/NAME");
    w->until_us = job_view_now() + (int64_t)o->timeout * 1000000;
    for (size_t i = first; i < o->names_len; i++) {
        const char *name = job_name_of(o->names[i]);
        if (!name)
            return error_set(err, "%s is not a Job", o->names[i]);
        failures += wait_for(w, name);
    }
    return failures;
}

int cmd_wait(int argc, char **argv)
{
    struct error err;
    cleanup_options struct options o;
    cleanup_store struct store store = {0};
    struct waiting w = {.options = &o, .store = &store};
    int rc = options_parse(&o, argc, argv, " for timeout namespace ", &err);
    if (rc == 0 && o.help) {
        fputs(usage, stdout);
        return 0;
    }
    if (rc == 0 && (rc = parse_for(o.for_, &w.type, &err)) == 0 &&
        (rc = store_open(&store, &err)) == 0)
        rc = wait_all(&w, &o, &err);
    if (rc < 0)
        fprintf(stderr, "error: %s\n", err.text);
    return rc != 0;
}
