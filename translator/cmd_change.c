/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob suspend NAME..., skjob resume NAME..., skjob scale NAME... --parallelism=N,
 * --completions=N
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "cronjob_change.h"
#include "job_change.h"
#include "job_view.h"
#include "options.h"
#include "resource.h"

static const char suspend_usage[] =
    "Suspend Jobs: their pods are ended and count as nothing, and no others start. A CronJob that\n"
    "is suspended creates no Jobs; those that run go on.\n"
    "\n"
    "  skjob suspend NAME ... [options]\n"
    "  skjob suspend cronjob/NAME ... [options]\n"
    "\n"
    "  -n, --namespace   default: \"default\"\n"
    "\n"
    "Example:\n"
    "  skjob suspend sweep\n";

static const char resume_usage[] =
    "Let Jobs go on that were suspended, or created so. Their deadline starts anew. A CronJob "
    "then\n"
    "starts the latest run that it missed, unless startingDeadlineSeconds has passed.\n"
    "\n"
    "  skjob resume NAME ... [options]\n"
    "  skjob resume cronjob/NAME ... [options]\n"
    "\n"
    "  -n, --namespace   default: \"default\"\n"
    "\n"
    "Example:\n"
    "  skjob resume sweep\n";

static const char scale_usage[] =
    "Change how many pods of a Job run at once. 0 ends those that run.\n"
    "\n"
    "  skjob scale NAME ... --parallelism=N [options]\n"
    "  skjob scale --replicas=N job/NAME\n"
    "  skjob scale NAME ... --completions=N\n"
    "\n"
    "      --parallelism   the number\n"
    "      --replicas      the same\n"
    "      --completions   of an Indexed Job: its indexes, all of them at once; those beyond "
    "end,\n"
    "                      those that are new run in another array of Slurm's\n"
    "  -n, --namespace     default: \"default\"\n"
    "\n"
    "Example:\n"
    "  skjob scale sweep --parallelism=50\n";

struct change {
    const struct options *options;
    const char *past; /* "suspended" */
    int (*apply)(const struct store *s, struct job_view *v, const struct options *o,
                 struct error *err);
};

static int suspend(const struct store *s, struct job_view *v, const struct options *o,
                   struct error *err)
{
    (void)s;
    (void)o;
    return job_change_suspend(v, true, err);
}

static int resume(const struct store *s, struct job_view *v, const struct options *o,
                  struct error *err)
{
    (void)s;
    (void)o;
    return job_change_suspend(v, false, err);
}

static int scale(const struct store *s, struct job_view *v, const struct options *o,
                 struct error *err)
{
    return o->completions != OPTIONS_UNSET ? job_change_completions(s, v, o->completions, err)
                                           : job_change_parallelism(v, o->parallelism, err);
}

static int change_one(const struct change *c, const struct store *s, const char *name,
                      struct error *err)
{
    cleanup_job_view struct job_view v = {0};
    int rc = job_view_load(&v, s, c->options->ns, name, job_view_now(), err);
    if (rc == 1)
        job_print_not_found(name);
    if (rc != 0)
        return rc;
    rc = c->apply(s, &v, c->options, err);
    if (rc >= 0)
        printf("job.batch/%s %s\n", name, rc ? c->past : "unchanged");
    return rc < 0 ? -1 : 0;
}

/* Each Job for itself: one that cannot be changed does not keep the others from it. */
static int change_all(const struct change *c, const struct store *s, struct error *err)
{
    const struct options *o = c->options;
    int failures = 0;
    size_t first =
        o->names_len > 1 && resource_find(o->names[0], strlen(o->names[0])) == RESOURCE_JOB;
    if (first == o->names_len)
        return error_set(err, "you must name a Job: NAME or job/NAME");
    for (size_t i = first; i < o->names_len; i++) {
        const char *name = job_name_of(o->names[i]);
        int rc =
            name ? change_one(c, s, name, err)
                 : error_set(err, "the server doesn't have a resource type in \"%s\"", o->names[i]);
        if (rc < 0)
            verb_tell(err);
        failures += rc != 0;
    }
    return failures;
}

static int run(struct change c, struct error *err)
{
    cleanup_store struct store store = {0};
    return store_open(&store, err) < 0 ? -1 : change_all(&c, &store, err);
}

static int run_suspend(struct options *o, struct error *err)
{
    if (cronjob_change_is_meant(o))
        return cronjob_change_suspend(o, true, err);
    return run((struct change){o, "suspended", suspend}, err);
}

static int run_resume(struct options *o, struct error *err)
{
    if (cronjob_change_is_meant(o))
        return cronjob_change_suspend(o, false, err);
    return run((struct change){o, "resumed", resume}, err);
}

static int run_scale(struct options *o, struct error *err)
{
    bool both = o->completions != OPTIONS_UNSET && o->parallelism != OPTIONS_UNSET;
    if (both && o->completions != o->parallelism)
        return error_set(err, "spec.completions: can only be modified in tandem with "
                              "spec.parallelism: --completions and --parallelism must be equal");
    if (o->parallelism == OPTIONS_UNSET && o->completions == OPTIONS_UNSET)
        return error_set(err, "The --parallelism=COUNT flag is required, and COUNT must be greater "
                              "than or equal to 0");
    return run((struct change){o, "scaled", scale}, err);
}

const struct verb verb_suspend = {
    .name = "suspend",
    .what = "end a Job's pods for now, and start no others",
    .usage = suspend_usage,
    .options = " namespace ",
    .run = run_suspend,
};

const struct verb verb_resume = {
    .name = "resume",
    .what = "let a suspended Job go on",
    .usage = resume_usage,
    .options = " namespace ",
    .run = run_resume,
};

const struct verb verb_scale = {
    .name = "scale",
    .what = "change how many pods of a Job run at once",
    .usage = scale_usage,
    .options = " namespace completions parallelism replicas ",
    .run = run_scale,
};
