/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob retry NAME... [--failed | --index 3,7-9]
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "job_retry.h"
#include "job_view.h"
#include "options.h"
#include "resource.h"

static const char usage[] =
    "Run again what failed of Jobs that have failed. What has succeeded stays so, logs and "
    "numbers\n"
    "of the attempts stay, and backoffLimit and activeDeadlineSeconds count from now on.\n"
    "\n"
    "  skjob retry NAME ... [options]\n"
    "\n"
    "      --failed      all indexes that have not succeeded; so it is without --index\n"
    "      --index       these alone: 3,7-9. With others left, the Job has failed again at the "
    "end\n"
    "      --timeout     how long to wait for pods that are still ending, default 30s\n"
    "  -n, --namespace   default: \"default\"\n"
    "\n"
    "Examples:\n"
    "  skjob retry pi\n"
    "  skjob retry job/sweep --index 3,7-9\n";

static int retry_one(const struct options *o, const struct store *s, const char *name,
                     struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    struct job_retried done;
    int rc = job_view_load(&v, s, o->ns, name, job_view_now(), err);
    if (rc == 1)
        job_print_not_found(name);
    if (rc != 0)
        return rc;
    if (job_retry(s, &v, o->index, o->timeout, &done, err) < 0)
        return -1;
    printf("job.batch/%s retried: %" PRIu64 " of %" PRIu64 " pods, Slurm job %u\n", name,
           done.again, done.of, done.job_id);
    fflush(stdout);
    return 0;
}

static int retry_word(const struct options *o, const struct store *s, const char *word)
{
    struct error err;
    const char *name = job_name_of(word);
    int rc = name ? retry_one(o, s, name, &err)
                  : error_set(&err, "the server doesn't have a resource type in \"%s\"", word);
    if (rc < 0)
        verb_tell(&err);
    return rc != 0;
}

static int run(struct options *o, struct error *err)
{
    cleanup_store struct store store = {0};
    size_t first =
        o->names_len > 1 && resource_find(o->names[0], strlen(o->names[0])) == RESOURCE_JOB;
    int failures = 0;
    if (o->failed && o->index)
        return error_set(err, "--failed and --index cannot be specified together");
    if (first == o->names_len)
        return error_set(err, "you must name a Job: NAME or job/NAME");
    if (store_open(&store, err) < 0)
        return -1;
    for (size_t i = first; i < o->names_len; i++)
        failures += retry_word(o, &store, o->names[i]);
    return failures != 0;
}

const struct verb verb_retry = {
    .name = "retry",
    .what = "run again what failed of a Job that has failed",
    .usage = usage,
    .options = " namespace failed index timeout ",
    .run = run,
};
