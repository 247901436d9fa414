/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob create -f FILE|DIR|- [-- SBATCH OPTIONS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "commands.h"
#include "default_batch.h"
#include "job_create.h"
#include "prepare.h"
#include "print.h"
#include "tree.h"

static const char usage[] =
    "Create Jobs from files and submit them to Slurm.\n"
    "\n"
    "  skjob create -f FILE|DIR|- [-f ...] [options] [-- SBATCH OPTIONS]\n"
    "\n"
    "  -f, --filename       a file, a folder, or - for standard input\n"
    "      --dry-run        none, client (only check), server (ask slurmctld, submit nothing)\n"
    "  -o, --output         json, yaml or name\n"
    "      --validate       strict (default), warn, ignore: what to do about unknown fields\n"
    "      --strict         refuse a Job of which something is ignored on Slurm\n"
    "  -n, --namespace      default: that of the manifest, else \"default\"\n"
    "      --max-bytes      limit for the size of a file (default 1048576)\n"
    "\n"
    "Examples:\n"
    "  skjob create -f pi.yaml\n"
    "  skjob create -f jobs/ -- --partition=short --time=10\n";

struct create {
    const struct options *options;
    struct store store;
    bool store_open;
    struct submission *ahead; /* sbatch for the first Job, started before the Job is read */
    size_t printed;
};

static int report_error(const struct input_object *in, const struct error *err)
{
    fprintf(stderr, "error: error when creating \"%s\": %s\n", in->source, err->text);
    return -1;
}

/* The object as a client-side dry run shows it: there is no uid, so nothing generated from one. */
static void without_generated(json_t *object, enum manifest_kind kind)
{
    json_t *spec = tree_get(object, "spec");
    if (kind != MANIFEST_JOB || tree_bool(spec, "manualSelector"))
        return;
    json_t *meta = tree_at(spec, "template", "metadata", NULL);
    json_object_del(spec, "selector");
    if (!tree_has(meta, "labels"))
        json_object_set_new(meta, "labels", json_object());
}

static int show(struct create *c, const struct input_object *in, const struct prepared *p,
                const json_t *object, const char *name)
{
    static const char *const suffix[] = {"", " (dry run)", " (server dry run)"};
    const struct options *o = c->options;
    struct error err;
    const char *resource = manifest_resource(p->manifest.kind);
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

static int exists(const struct input_object *in, const char *name)
{
    fprintf(stderr,
            "Error from server (AlreadyExists): error when creating \"%s\": jobs.batch \"%s\" "
            "already exists\n",
            in->source, name);
    return -1;
}

static int create_for_real(struct create *c, const struct input_object *in, struct prepared *p)
{
    const struct options *o = c->options;
    struct error err;
    if (!c->store_open) {
        if (store_open(&c->store, &err) < 0)
            return report_error(in, &err);
        c->store_open = true;
    }
    struct job_create job = {
        .store = &c->store,
        .object = p->manifest.object,
        .translation = &p->translation,
        .head = in->head,
        .ns = o->ns,
        .extra = o->extra,
        .extra_len = o->extra_len,
        .ahead = &c->ahead,
        .now = time(NULL),
        .test_only = o->dry_run == DRY_RUN_SERVER,
    };
    switch (job_create(&job, &err)) {
    case JOB_CREATED:
        return show(c, in, p, job.object, tree_str(tree_get(job.object, "metadata"), "name"));
    case JOB_EXISTS:
        return exists(in, manifest_name(&p->manifest));
    default:
        return report_error(in, &err);
    }
}

static int create_one(void *arg, const struct input_object *in)
{
    struct create *c = arg;
    cleanup_prepared struct prepared p = {0};
    if (prepare(&p, in, c->options) < 0 || check_namespace(c, in, &p) < 0)
        return -1;
    if (c->options->dry_run == DRY_RUN_CLIENT) {
        const json_t *meta = tree_get(p.manifest.object, "metadata");
        const char *name = tree_str(meta, tree_has(meta, "name") ? "name" : "generateName");
        without_generated(p.manifest.object, p.manifest.kind);
        return show(c, in, &p, p.manifest.object, name);
    }
    if (prepare_translation(&p, in, c->options) < 0)
        return -1;
    prepare_warn(&p, in);
    return create_for_real(c, in, &p);
}

static int check_extra(const struct options *o, struct error *err)
{
    for (size_t i = 0; i < o->extra_len; i++) {
        const char *why = head_refuses_option(o->extra[i]);
        if (why)
            return error_set(err, "sbatch option %s cannot be used here: %s", o->extra[i], why);
    }
    return 0;
}

int cmd_create(int argc, char **argv)
{
    struct error err;
    cleanup_options struct options o;
    if (options_parse(&o, argc, argv,
                      " filename output dry-run validate strict namespace max-bytes ", &err) < 0 ||
        check_extra(&o, &err) < 0) {
        fprintf(stderr, "error: %s\n", err.text);
        return 1;
    }
    if (o.help) {
        fputs(usage, stdout);
        return 0;
    }
    if (o.names_len) {
        fprintf(stderr, "error: unexpected args: %s\n", o.names[0]);
        return 1;
    }
    if (!o.files_len) {
        fputs("error: must specify -f FILE\n", stderr);
        return 1;
    }
    struct create c = {.options = &o};
    size_t objects;
    /* A failure here shows again, and is reported, when sbatch is needed. */
    if (o.dry_run != DRY_RUN_CLIENT)
        submission_start(&c.ahead, o.extra, o.extra_len, o.dry_run == DRY_RUN_SERVER, &err);
    size_t failures = input_each(o.files, o.files_len, &o.limits, create_one, &c, &objects);
    if (!objects && !failures)
        fputs("error: no objects passed to create\n", stderr);
    submission_abandon(c.ahead);
    store_close(&c.store);
    return failures || !objects;
}
