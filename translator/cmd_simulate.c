/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob simulate -f FILE [--outcomes FILE] [--random SEED] ...
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "commands.h"
#include "input.h"
#include "manifest.h"
#include "printable.h"
#include "simulate.h"
#include "simulate_report.h"
#include "site.h"
#include "timezone.h"
#include "tree.h"

#define SECOND       INT64_C(1000000)
#define POD_SECONDS  10
#define DEFAULT_RATE 200000 /* failures per million pods */
#define SECONDS_MAX  1000000000

static const char usage[] =
    "Show what would happen to a Job: which pods run, fail and are retried, when, and how it "
    "ends.\n"
    "\n"
    "  skjob simulate -f FILE [options]\n"
    "\n"
    "  -f, --filename      a Job manifest, or an object with job, outcomes, actions and limit;\n"
    "                      - is standard input\n"
    "      --outcomes      a file with the outcomes of the pods: {\"0\": [{\"exit\": 1}, ...], "
    "...}\n"
    "                      by index, {\"seq\": [...]} for Jobs that are not Indexed\n"
    "      --random        pods fail at random; the number is the seed\n"
    "      --failure-rate  with --random: how many of the pods fail, 0 to 1 (default 0.2)\n"
    "      --pod-seconds   pods run side by side, for this long; without it they end one by one,\n"
    "                      the oldest first\n"
    "      --limit         stop after so many pods\n"
    "  -o, --output        json: the result as an object, no time line\n"
    "\n"
    "Examples:\n"
    "  skjob simulate -f job.yaml\n"
    "  skjob simulate -f job.yaml --random 7 --failure-rate 0.3 --pod-seconds 60\n"
    "  skjob simulate -f case.json -o json\n";

struct arguments {
    const char *file;
    const char *outcomes;
    bool json;
    bool random;
    bool has_rate;
    uint64_t seed;
    uint32_t rate;
    int64_t pod_seconds; /* 0 = one by one */
    uint64_t limit;
};

static int parse_number(const char *text, const char *option, uint64_t min, uint64_t max,
                        uint64_t *out, struct error *err)
{
    char *end;
    errno = 0;
    unsigned long long v = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || v < min || v > max)
        return error_set(err, "--%s: \"%s\" is not a number from %llu to %llu", option, text,
                         (unsigned long long)min, (unsigned long long)max);
    *out = v;
    return 0;
}

/* A decimal fraction from 0 to 1, in millionths; digits beyond those are dropped. */
static int parse_rate(const char *text, uint32_t *out, struct error *err)
{
    const char *p = text;
    uint32_t v = 0, digits = 0;
    bool whole = *p == '0' || *p == '1';
    uint32_t unit = 1000000;
    if (whole)
        v = (uint32_t)(*p++ - '0') * unit;
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9'; p++, digits++)
            v += (uint32_t)(*p - '0') * (unit /= 10);
    if (*p || (!whole && digits == 0) || v > 1000000)
        return error_set(err, "--failure-rate: \"%s\" is not a number from 0 to 1", text);
    *out = v;
    return 0;
}

/* Options that are not given are NULL. */
static int parse_pods(struct arguments *a, const struct options *o, struct error *err)
{
    uint64_t seconds = 0;
    a->random = o->random != NULL;
    a->has_rate = o->failure_rate != NULL;
    if ((o->random && parse_number(o->random, "random", 0, UINT64_MAX, &a->seed, err) < 0) ||
        (o->failure_rate && parse_rate(o->failure_rate, &a->rate, err) < 0) ||
        (o->pod_seconds &&
         parse_number(o->pod_seconds, "pod-seconds", 1, SECONDS_MAX, &seconds, err) < 0) ||
        (o->limit && parse_number(o->limit, "limit", 1, INT32_MAX, &a->limit, err) < 0))
        return -1;
    a->pod_seconds = (int64_t)seconds;
    return 0;
}

static int parse(struct arguments *a, const struct options *o, struct error *err)
{
    if (parse_pods(a, o, err) < 0 || options_need_files(o, err) < 0)
        return -1;
    if (o->files.len > 1)
        return error_set(err, "one file at a time: -f FILE");
    if (o->output != OUTPUT_DEFAULT && o->output != OUTPUT_JSON)
        return error_set(err, "the only output format of simulate is json");
    if (a->has_rate && !a->random)
        return error_set(err, "--failure-rate needs --random");
    a->file = o->files.v[0];
    a->outcomes = o->outcomes;
    a->json = o->output == OUTPUT_JSON;
    return 0;
}

struct document_of {
    json_t *root; /* owned */
    char *source; /* owned */
    bool several;
};

/* What stands beside a Job in its file. */
static bool is_companion(const json_t *raw)
{
    static const char *const kinds[] = {"ConfigMap", "Secret", "Service"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (tree_is(raw, "apiVersion", "v1") && tree_is(raw, "kind", kinds[i]))
            return true;
    return false;
}

/* The first object is kept, until there is one that is more than a companion. */
static int take(void *arg, const struct input_object *in)
{
    struct document_of *d = arg;
    bool is_kept = d->root && !is_companion(d->root);
    if (d->root && is_companion(in->raw))
        return 0;
    d->several |= is_kept;
    if (!is_kept) {
        json_decref(d->root);
        d->root = json_deep_copy(in->raw);
        free(d->source);
        d->source = strdup(in->source);
    }
    return 0;
}

/* The one document of a file. Returns -1 after telling why there is none. */
static int read_one(const char *path, struct document_of *d)
{
    size_t objects = 0;
    if (input_each(&path, 1, &reader_default_limits, take, d, &objects) > 0)
        return -1;
    if (d->root && !d->several)
        return 0;
    fprintf(stderr, "error: %s: %s\n", path,
            d->several ? "simulate takes one Job at a time" : "no object found");
    return -1;
}

/* The Job of a manifest as the API server would store it. NULL after telling what is wrong. */
static json_t *load_job(const struct document_of *d)
{
    cleanup_manifest struct manifest m = {0};
    struct manifest_options how = {.unknown = UNKNOWN_STRICT, .zoneinfo = TIMEZONE_ROOT};
    if (manifest_load(&m, d->root, &how) != MANIFEST_OK) {
        cleanup_strbuf struct strbuf why = STRBUF_INIT;
        manifest_explain(&m, d->root, "simulating", d->source ? d->source : "", &why);
        printable_tell(&why);
        return NULL;
    }
    if (m.kind == MANIFEST_JOB)
        return json_incref(m.object);
    fprintf(stderr, "error: %s: simulate takes a Job, not a %s\n", d->source ? d->source : "",
            manifest_kind_name(m.kind));
    return NULL;
}

/* That of a case is taken as it is. NULL after telling that it is none. */
static json_t *case_job(const struct document_of *d)
{
    json_t *job = tree_get(d->root, "job");
    if (json_is_object(job))
        return json_incref(job);
    fprintf(stderr, "error: %s: job: must be an object\n", d->source ? d->source : "");
    return NULL;
}

static void fill(struct simulate_options *opt, const struct arguments *a, const json_t *given)
{
    opt->actions = tree_get(given, "actions");
    opt->limit = a->limit ? a->limit : (uint64_t)tree_int(given, "limit");
    opt->source.outcomes = tree_get(given, "outcomes");
    opt->source.random = a->random;
    opt->source.seed = a->seed;
    opt->source.failures_per_million = a->has_rate ? a->rate : DEFAULT_RATE;
    opt->timed = a->pod_seconds > 0;
    opt->pod_us = (a->pod_seconds > 0 ? a->pod_seconds : POD_SECONDS) * SECOND;
    opt->placeholders = a->json;
    opt->start_us = (int64_t)time(NULL) * SECOND;
    opt->backoff.backoff_base_us = site_conf()->backoff_base_us;
    opt->backoff.backoff_cap_us = site_conf()->backoff_max_us;
}

static int print_result(const struct arguments *a, const json_t *result,
                        struct simulate_report *report)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    cleanup_free char *text = NULL;
    if (a->json) {
        text = json_dumps(result, JSON_INDENT(4) | JSON_SORT_KEYS);
        if (text)
            strbuf_addf(&out, "%s\n", text);
    }
    if ((a->json && !text) || (!a->json && simulate_report_print(report, result, &out)) ||
        out.failed) {
        fputs("error: out of memory\n", stderr);
        return 1;
    }
    fputs(strbuf_str(&out), stdout); /* main() looks whether it was written */
    return 0;
}

static int simulate_one(const struct arguments *a, struct simulate_options *opt)
{
    struct error err;
    cleanup_simulate_report struct simulate_report report = {
        .start_us = opt->start_us,
        .indexed = tree_is(tree_get(opt->job, "spec"), "completionMode", "Indexed"),
    };
    if (!a->json) {
        opt->observe = simulate_report_observe;
        opt->arg = &report;
    }
    cleanup_json json_t *result = simulate(opt, &err);
    if (!result) {
        verb_tell(&err);
        return 1;
    }
    return print_result(a, result, &report);
}

/* With --outcomes the second file may be the outcomes alone, or an object that has them. */
static int simulate_files(const struct arguments *a)
{
    struct document_of main_file = {0}, second = {0};
    struct simulate_options opt = {0};
    json_t *job = NULL;
    int rc = 1;
    if (read_one(a->file, &main_file) == 0 &&
        (!a->outcomes || read_one(a->outcomes, &second) == 0)) {
        const json_t *root = main_file.root;
        bool is_case = tree_has(root, "job");
        job = is_case ? case_job(&main_file) : load_job(&main_file);
        fill(&opt, a, second.root && tree_has(second.root, "outcomes") ? second.root : root);
        if (second.root && !tree_has(second.root, "outcomes"))
            opt.source.outcomes = second.root;
        opt.job = job;
        rc = job ? simulate_one(a, &opt) : 1;
    }
    json_decref(job);
    json_decref(main_file.root);
    json_decref(second.root);
    free(main_file.source);
    free(second.source);
    return rc;
}

static int run(struct options *o, struct error *err)
{
    struct arguments a = {0};
    return parse(&a, o, err) < 0 ? -1 : simulate_files(&a);
}

const struct verb verb_simulate = {
    .name = "simulate",
    .what = "show what would happen to a Job, before it costs node hours",
    .usage = usage,
    .options = " filename output outcomes random failure-rate pod-seconds limit ",
    .run = run,
};
