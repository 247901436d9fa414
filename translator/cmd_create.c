/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob create -f FILE|DIR|- [-- SBATCH OPTIONS]; create configmap, create secret
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "commands.h"
#include "cronjob_job.h"
#include "cronjob_jobs.h"
#include "cronjob_remove.h"
#include "cronjob_sync.h"
#include "default_batch.h"
#include "job_create.h"
#include "job_view.h"
#include "object_create.h"
#include "prepare.h"
#include "print.h"
#include "resource.h"
#include "sbatch_args.h"
#include "tree.h"

static const char usage[] =
    "Create Jobs from files and submit them to Slurm; or create what Jobs refer to.\n"
    "\n"
    "  skjob create -f FILE|DIR|- [-f ...] [options] [-- SBATCH OPTIONS]\n"
    "  skjob create job NAME --image=IMAGE [options] -- COMMAND [ARGUMENT ...]\n"
    "  skjob create job NAME --from=cronjob/NAME [options]\n"
    "  skjob create cronjob NAME --image=IMAGE --schedule=SCHEDULE [--restart=OnFailure|Never] --\n"
    "                       COMMAND [ARGUMENT ...]\n"
    "  skjob create configmap NAME [sources] [options]\n"
    "  skjob create secret generic NAME [sources] [--type=TYPE] [options]\n"
    "\n"
    "  -f, --filename       a file, a folder, or - for standard input\n"
    "      --dry-run        none, client (only check), server (ask slurmctld, submit nothing)\n"
    "  -o, --output         json, yaml or name\n"
    "      --validate       strict (default), warn, ignore: what to do about unknown fields\n"
    "      --strict         refuse a Job of which something is ignored on Slurm\n"
    "  -n, --namespace      default: that of the manifest, else \"default\"\n"
    "      --max-bytes      limit for the size of a file (default 1048576)\n"
    "\n"
    "      --image          what the container of create job runs in\n"
    "      --from           create job: like that CronJob's Jobs, cronjob/NAME\n"
    "      --schedule       of create cronjob: five fields, or @hourly, @every 10m, ...\n"
    "      --restart        of create cronjob: OnFailure (default) or Never\n"
    "\n"
    "  --from-literal=KEY=VALUE   sources of the keys of a ConfigMap or a Secret; repeatable\n"
    "  --from-file=[KEY=]PATH     a file, or all files of a folder\n"
    "  --from-env-file=PATH       lines KEY=VALUE\n"
    "\n"
    "Examples:\n"
    "  skjob create -f pi.yaml\n"
    "  skjob create -f jobs/ -- --partition=short --time=10\n";

struct create {
    const struct options *options;
    struct store store;
    bool store_open;
    bool output;              /* the sbatch options name a file for the output */
    struct submission *ahead; /* sbatch for the first Job, started before the Job is read */
    struct error not_ahead;   /* why there is none, or an empty text */
    size_t printed;
    bool as_sbatch; /* called in sbatch's place, by the SPANK plugin: talk like sbatch */
    bool quiet, parsable;
};

static int report_error(const struct input_object *in, const struct error *err)
{
    fprintf(stderr, "error: error when creating \"%s\": %s\n", in->source, err->text);
    return -1;
}

/* The object as a client-side dry run shows it: one that was got (it has a uid) as it is, with its
 * status; for another nothing is generated. */
static void without_generated(json_t *object, const json_t *given, enum manifest_kind kind)
{
    json_t *spec = tree_get(object, "spec");
    if (*tree_str(tree_get(object, "metadata"), "uid")) {
        if (tree_has(given, "status"))
            json_object_set(object, "status", tree_get(given, "status"));
        return;
    }
    if (kind != MANIFEST_JOB || tree_bool(spec, "manualSelector"))
        return;
    json_t *meta = tree_at(spec, "template", "metadata", NULL);
    json_object_del(spec, "selector");
    if (!tree_has(meta, "labels"))
        json_object_set_new(meta, "labels", json_object());
}

static void show_as_sbatch(const struct create *c, const json_t *object)
{
    const char *id = tree_str(tree_at(tree_get(object, "metadata"), "annotations", NULL),
                              STORE_JOB_ID_ANNOTATION);
    if (*id && !c->quiet)
        printf("%s%s\n", c->parsable ? "" : "Submitted batch job ", id);
    fflush(stdout);
}

static int show(struct create *c, const struct input_object *in, const struct prepared *p,
                const json_t *object, const char *name)
{
    static const char *const suffix[] = {"", " (dry run)", " (server dry run)"};
    const struct options *o = c->options;
    struct error err;
    const char *resource = manifest_resource(p->manifest.kind);
    if (c->as_sbatch) {
        show_as_sbatch(c, object);
        return 0;
    }
    if (o->output == OUTPUT_JSON || o->output == OUTPUT_YAML)
        return print_object(object, o->output, &c->printed, &err) < 0 ? report_error(in, &err) : 0;
    if (o->output == OUTPUT_NAME)
        printf("%s/%s\n", resource, name);
    else
        printf("%s/%s created%s\n", resource, name, suffix[o->dry_run]);
    fflush(stdout);
    return 0;
}

static int check_namespace(const struct create *c, const struct input_object *in,
                           const struct prepared *p)
{
    const char *own = tree_str(tree_get(p->manifest.object, "metadata"), "namespace");
    if (!*own || !c->options->ns_given || strcmp(own, c->options->ns) == 0)
        return 0;
    fprintf(stderr,
            "error: the namespace from the provided object \"%s\" does not match the namespace "
            "\"%s\". You must pass '--namespace=%s' to perform this operation.\n",
            own, c->options->ns, own);
    (void)in;
    return -1;
}

static int exists(const struct input_object *in, const char *resources, const char *name,
                  const char *unfinished)
{
    bool note = *unfinished;
    fprintf(stderr,
            "Error from server (AlreadyExists): error when creating \"%s\": %s \"%s\" already "
            "exists%s%s%s\n",
            in->source, resources, name, note ? " (" : "", unfinished, note ? ")" : "");
    return -1;
}

static int keep_open(struct create *c, struct error *err)
{
    if (!c->store_open && store_open(&c->store, err) < 0)
        return -1;
    c->store_open = true;
    return 0;
}

static int open_store(struct create *c, struct error *err)
{
    if (*c->not_ahead.text) {
        *err = c->not_ahead;
        return -1;
    }
    return keep_open(c, err);
}

/* A Job of that name may be there only until somebody looks at it (job_remove.h). */
static void look_at(const struct create *c, const json_t *object)
{
    struct error err;
    const json_t *meta = tree_get(object, "metadata");
    const char *own = tree_str(meta, "namespace"), *name = tree_str(meta, "name");
    const char *ns = *own ? own : c->options->ns;
    cleanup_job_view struct job_view v = {0};
    if (*name && store_exists(&c->store, ns, name))
        (void)job_view_load(&v, &c->store, ns, name, job_view_now(), &err);
}

static int create_for_real(struct create *c, const struct input_object *in, struct prepared *p)
{
    const struct options *o = c->options;
    struct error err;
    if (open_store(c, &err) < 0)
        return report_error(in, &err);
    struct job_create job = {
        .store = &c->store,
        .object = p->manifest.object,
        .translation = &p->translation,
        .head = in->head,
        .output = c->output,
        .ns = o->ns,
        .extra = o->extra,
        .extra_len = o->extra_len,
        .ahead = &c->ahead,
        .now = time(NULL),
        .test_only = o->dry_run == DRY_RUN_SERVER,
    };
    look_at(c, job.object);
    submission_hold_signals();
    enum job_created made = job_create(&job, &err);
    if (made == JOB_FAILED)
        report_error(in, &err);
    submission_release_signals();
    switch (made) {
    case JOB_CREATED:
        return show(c, in, p, job.object, tree_str(tree_get(job.object, "metadata"), "name"));
    case JOB_EXISTS:
        return exists(in, "jobs.batch", manifest_name(&p->manifest), err.text);
    default:
        return -1;
    }
}

/* Nothing but a name for the pods that it selects, which is what a Service is here. */
static bool is_headless(const json_t *spec)
{
    return tree_is(spec, "clusterIP", "None") && json_array_size(tree_get(spec, "ports")) == 0;
}

/* A ConfigMap, Secret or Service: Slurm has no part in it. */
static int create_object(struct create *c, const struct input_object *in, struct prepared *p,
                         enum object_kind kind)
{
    struct error err;
    json_t *object = p->manifest.object;
    if (keep_open(c, &err) < 0)
        return report_error(in, &err);
    int rc = object_create(c->store.root, kind, object, c->options->ns, time(NULL),
                           c->options->dry_run == DRY_RUN_SERVER, &err);
    if (rc > 0)
        return exists(in, resource_plural(resource_of_stored(kind)), manifest_name(&p->manifest),
                      "");
    if (rc < 0)
        return report_error(in, &err);
    if (kind == OBJECT_SERVICE && !is_headless(tree_get(object, "spec")))
        fprintf(stderr,
                "Warning: %s: of a Service only the name is used on Slurm: it stands for the "
                "addresses of the pods; ports and clusterIP are ignored\n",
                in->source);
    return show(c, in, p, object, manifest_name(&p->manifest));
}

/* Whether Slurm would take its Job. */
static int test_job(const struct create *c, const json_t *cronjob, struct error *err)
{
    char uid[64];
    cleanup_json json_t *job = cronjob_job_template(cronjob);
    json_object_set_new(tree_get(job, "metadata"), "name",
                        json_string(tree_str(tree_get(cronjob, "metadata"), "name")));
    enum job_created made = cronjob_jobs_create(&c->store, cronjob, job, true, uid, err);
    return made == JOB_FAILED ? -1 : 0;
}

/* A CronJob without its clock would never do anything: it is not kept then. */
static int start_clock(const struct create *c, const json_t *cronjob, struct error *err)
{
    struct error lost;
    const json_t *meta = tree_get(cronjob, "metadata");
    const char *ns = tree_str(meta, "namespace"), *name = tree_str(meta, "name");
    const struct job_removal how = {.grace = -1};
    if (c->options->dry_run == DRY_RUN_SERVER)
        return test_job(c, cronjob, err);
    if (cronjob_sync_changed(&c->store, ns, name, true, err) == 0)
        return 0;
    (void)cronjob_remove(&c->store, ns, name, &how, &lost);
    return -1;
}

static int create_cronjob(struct create *c, const struct input_object *in, struct prepared *p)
{
    struct error err;
    const struct options *o = c->options;
    if (prepare_translation(p, in, o) < 0)
        return -1;
    prepare_warn(p, in);
    json_t *cronjob = p->manifest.object;
    if (cronjob_jobs_keep_options(cronjob, in->head, o->extra, o->extra_len, &err) < 0 ||
        keep_open(c, &err) < 0)
        return report_error(in, &err);
    int rc = object_create(c->store.root, OBJECT_CRON_JOB, cronjob, o->ns, time(NULL),
                           o->dry_run == DRY_RUN_SERVER, &err);
    if (rc > 0)
        return exists(in, resource_plural(RESOURCE_CRON_JOB), manifest_name(&p->manifest), "");
    if (rc < 0 || start_clock(c, cronjob, &err) < 0)
        return report_error(in, &err);
    return show(c, in, p, cronjob, manifest_name(&p->manifest));
}

static int create_one(void *arg, const struct input_object *in)
{
    struct create *c = arg;
    cleanup_prepared struct prepared p = {0};
    if (prepare(&p, in, c->options) < 0 || check_namespace(c, in, &p) < 0)
        return -1;
    if (c->options->dry_run == DRY_RUN_CLIENT) {
        const char *name = manifest_name(&p.manifest);
        without_generated(p.manifest.object, in->raw, p.manifest.kind);
        return show(c, in, &p, p.manifest.object, *name ? name : "<unknown>");
    }
    enum object_kind kind;
    if (p.manifest.kind == MANIFEST_CRON_JOB)
        return create_cronjob(c, in, &p);
    if (manifest_stored_as(p.manifest.kind, &kind))
        return create_object(c, in, &p, kind);
    if (prepare_translation(&p, in, c->options) < 0)
        return -1;
    prepare_warn(&p, in);
    return create_for_real(c, in, &p);
}

/* ---- in sbatch's place ---- */

/* Any beginning of the option that is its own; shorter ones are ambiguous. */
static bool is_long(const char *word, const char *name, size_t shortest)
{
    size_t n = strlen(word);
    return n >= shortest && strncmp(word, name, n) == 0;
}

/* Takes Q out of a word of letters. */
static void take_quiet(struct create *c, char *word)
{
    char *p = word + 1;
    while (*p && strchr("hHOQsvVW", *p)) {
        if (*p != 'Q') {
            p++;
            continue;
        }
        c->quiet = true;
        memmove(p, p + 1, strlen(p));
    }
}

/* Returns whether nothing is left of the word for sbatch. */
static bool take_word(struct create *c, struct options *o, char *word)
{
    if (word[1] != '-') {
        take_quiet(c, word);
        return !word[1];
    }
    if (is_long(word, "--quiet", strlen("--qu")))
        return c->quiet = true;
    if (is_long(word, "--parsable", strlen("--pars")))
        return c->parsable = true;
    if (!is_long(word, "--test-only", strlen("--te")))
        return false;
    o->dry_run = DRY_RUN_SERVER;
    return true;
}

/* The options about what sbatch prints are ours now: our sbatch has to tell us the id. */
static void take_words(struct create *c, struct options *o)
{
    struct sbatch_args look = {0};
    size_t kept = 0;
    for (size_t i = 0; i < o->extra_len; i++) {
        const char *why;
        if (sbatch_args_look(&look, o->extra[i], &why) == SBATCH_OPTION &&
            take_word(c, o, o->extra[i]))
            look.value_next = false; /* none of ours has a value */
        else
            o->extra[kept++] = o->extra[i];
    }
    o->extra_len = kept;
}

/* Those options belong to create configmap and create secret. */
static int no_sources(const struct options *o, struct error *err)
{
    static const char *const names[] = {"literal", "file", "env-file"};
    if (o->sources_len)
        return error_set(err, "unknown flag: --from-%s", names[o->sources[0].kind]);
    if (o->image || o->from || o->schedule || o->restart)
        return error_set(err, "unknown flag: --%s",
                         o->image      ? "image"
                         : o->from     ? "from"
                         : o->schedule ? "schedule"
                                       : "restart");
    return o->type ? error_set(err, "unknown flag: --type") : 0;
}

int cmd_create_input(const struct options *o, const struct input_object *in)
{
    struct error err;
    struct create c = {.options = o};
    int rc = sbatch_args_check(o->extra, o->extra_len, &c.output, &err);
    rc = rc < 0 ? report_error(in, &err) : create_one(&c, in);
    submission_abandon(c.ahead);
    store_close(&c.store);
    return rc;
}

static int create_files(struct create *c, struct error *err)
{
    const struct options *o = c->options;
    size_t objects;
    if (options_need_files(o, err) < 0 || no_sources(o, err) < 0)
        return -1;
    /* A failure is reported when sbatch is needed. */
    if (o->dry_run != DRY_RUN_CLIENT)
        submission_start(&c->ahead, o->extra, o->extra_len, o->dry_run == DRY_RUN_SERVER,
                         &c->not_ahead);
    size_t failures = input_each(o->files.v, o->files.len, &o->limits, create_one, c, &objects);
    if (!objects && !failures)
        fputs("error: no objects passed to create\n", stderr);
    submission_abandon(c->ahead);
    store_close(&c->store);
    return failures || !objects;
}

static int run(struct options *o, struct error *err)
{
    struct create c = {.options = o, .as_sbatch = getenv("SKJOB_SBATCH") != NULL};
    if (c.as_sbatch)
        take_words(&c, o);
    if (cmd_create_is_job(o)) /* a command stands behind "--" */
        return cmd_create_job(o, err);
    if (sbatch_args_check(o->extra, o->extra_len, &c.output, err) < 0)
        return -1;
    return cmd_create_is_object(o) ? cmd_create_object(o, err) : create_files(&c, err);
}

const struct verb verb_create = {
    .name = "create",
    .what = "create Jobs from files and submit them to Slurm",
    .usage = usage,
    .options = " filename output dry-run validate strict namespace max-bytes from-literal "
               "from-file from-env-file type image from schedule restart ",
    .run = run,
};
