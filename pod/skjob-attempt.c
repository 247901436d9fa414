/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob-attempt: opens, closes and guards one attempt from beside the process that runs it. The
 * SPANK plugin starts it on the node, as the user, with a clean environment and a time limit:
 *
 * - open JOB: prints NAME=VALUE lines for the attempt; exit status 3: the Job has ended, or does
 * not need it
 * - close JOB --status=N: N is the raw wait status; all processes are gone
 * - guard JOB --pid=N: ends the process N at the deadline of pod or Job
 *
 * JOB is --script=PATH, a batch script that is a manifest, or the options of a plain array
 * (plain_options.h) as sbatch was given them.
 *
 * Exit status 0, or 1 with one line on standard error. Which attempt it is, Slurm's variables tell.
 */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attempt.h"
#include "guard.h"
#include "load.h"
#include "plain_job.h"
#include "plan.h"
#include "tree.h"
#include "container_env.h"

#define EXIT_REFUSED 3

/* Of close, with a slurmctld that is away: the plugin waits for 20 s. */
#define PATIENCE_US (15 * INT64_C(1000000))

/* Of open, with a state that cannot be written: the plugin waits for 10 s. */
#define OPEN_PATIENCE_US (7 * INT64_C(1000000))

#define GRACE_DEFAULT 30 /* seconds, as Kubernetes */

struct arguments {
    const char *script;
    const char *status;
    const char *pid;
    bool is_plain; /* at least one option of a plain array */
    struct plain_options plain;
};

/* Everything a verb works on. */
struct work {
    struct arguments args;
    struct slurm_env slurm;
    struct pod_script script;
    struct attempt attempt;
};

static const struct {
    const char *name;
    size_t offset;
} options[] = {
    {"--script=", offsetof(struct arguments, script)},
    {"--status=", offsetof(struct arguments, status)},
    {"--pid=", offsetof(struct arguments, pid)},
};
#define OPTIONS (sizeof options / sizeof *options)

/* Digits alone. */
static int read_number(const char *text, int max, int *out)
{
    char *end;
    if (!text || !*text || strspn(text, "0123456789") != strlen(text))
        return -1;
    errno = 0;
    long n = strtol(text, &end, 10);
    if (errno || n > max)
        return -1;
    *out = (int)n;
    return 0;
}

static int open_attempt(struct work *w, struct error *err)
{
    w->attempt.plain = !w->args.script;
    int rc = attempt_enter(&w->attempt, OPEN_PATIENCE_US, err);
    if (rc)
        return rc < 0 ? -1 : EXIT_REFUSED;
    if (w->args.script ? plan_indexed(w->script.job) : w->args.plain.completion_index)
        printf(CONTAINER_ENV_INDEX "=%u\n", w->slurm.index);
    return fflush(stdout) ? error_set(err, "the output cannot be written") : 0;
}

static int close_attempt(struct work *w, struct error *err)
{
    int status;
    if (read_number(w->args.status, 0xffff, &status) < 0)
        return error_set(err, "--status=N: a raw wait status is needed");
    return attempt_finish(&w->attempt, status, PATIENCE_US, err);
}

static int64_t deadline(void *arg)
{
    const struct work *w = arg;
    int64_t at = attempt_deadline(&w->attempt);
    malloc_trim(0); /* the journal of a big Job, for a moment */
    return at;
}

static int64_t grace_of(const json_t *job)
{
    const json_t *pod = tree_at(job, "spec", "template", "spec", NULL);
    bool given = tree_has(pod, "terminationGracePeriodSeconds");
    return given ? (int64_t)tree_int(pod, "terminationGracePeriodSeconds") : GRACE_DEFAULT;
}

static int guard_attempt(struct work *w, struct error *err)
{
    int pid;
    if (read_number(w->args.pid, INT_MAX, &pid) < 0 || pid < 2)
        return error_set(err, "--pid=N: the process to be watched is needed");
    const struct guard g = {.pid = pid,
                            .obeys = w->args.script != NULL,
                            .grace_s = grace_of(w->script.job),
                            .deadline = deadline,
                            .arg = w};
    bool has_deadline = w->attempt.has_deadline || w->attempt.pod_limit_us;
    pod_script_free(&w->script);
    return has_deadline ? guard_run(&g, err) : 0;
}

static const struct {
    const char *name;
    int (*run)(struct work *w, struct error *err); /* the exit status, or -1 */
} verbs[] = {
    {"open", open_attempt},
    {"close", close_attempt},
    {"guard", guard_attempt},
};
#define VERBS (sizeof verbs / sizeof *verbs)

static int usage(struct error *err)
{
    return error_set(err, "usage: skjob-attempt open|close|guard --script=PATH|OPTIONS "
                          "[--status=N] [--pid=N], as the SPANK plugin does");
}

static int read_argument(struct arguments *args, const char *text, struct error *err)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        size_t n = strlen(options[i].name);
        if (strncmp(text, options[i].name, n) != 0)
            continue;
        *(const char **)((char *)args + options[i].offset) = text + n;
        return 0;
    }
    const char *value;
    int id = plain_options_word(text, &value);
    args->is_plain = args->is_plain || id >= 0;
    return id < 0 ? usage(err)
                  : plain_options_set(&args->plain, (enum plain_option_id)id, value, err);
}

static int make_plain(const struct work *w, struct pod_script *out, struct error *err)
{
    struct plain_array array;
    if (plain_options_check(&w->args.plain, err) || plain_array_read(&array, &w->slurm, err))
        return -1;
    *out = (struct pod_script){.job = plain_job_make(&w->args.plain, &array, err)};
    return out->job ? 0 : -1;
}

static int load_job(struct work *w, struct error *err)
{
    const struct arguments *args = &w->args;
    if (args->is_plain && !args->script)
        return make_plain(w, &w->script, err);
    return args->script && !args->is_plain ? pod_load(args->script, &w->script, err) : usage(err);
}

static int run_verb(size_t verb, struct work *w, struct error *err)
{
    if (slurm_env_read(&w->slurm, err) || load_job(w, err))
        return -1;
    w->slurm.live = w->slurm.own_id != 0; /* our caller is slurmstepd */
    if (attempt_find(&w->attempt, &w->script, &w->slurm, err))
        return -1;
    int status = verbs[verb].run(w, err);
    attempt_free(&w->attempt);
    return status;
}

static int run(int argc, char **argv, struct error *err)
{
    struct work w = {0};
    plain_options_init(&w.args.plain);
    for (int i = 2; i < argc; i++)
        if (read_argument(&w.args, argv[i], err))
            return -1;
    for (size_t i = 0; argc > 1 && i < VERBS; i++) {
        if (strcmp(argv[1], verbs[i].name) != 0)
            continue;
        int status = run_verb(i, &w, err);
        pod_script_free(&w.script);
        return status;
    }
    return usage(err);
}

int main(int argc, char **argv)
{
    struct error err = {""};
    int status = run(argc, argv, &err);
    if (status >= 0)
        return status;
    fprintf(stderr, "skjob-attempt: %s\n", err.text);
    return EXIT_FAILURE;
}
