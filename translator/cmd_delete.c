/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob delete TYPE NAME... | TYPE -l SELECTOR | TYPE --all | -f FILE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "cronjob_remove.h"
#include "delete_pod.h"
#include "deletion.h"
#include "input.h"
#include "job_remove.h"
#include "options.h"
#include "printable.h"
#include "resource.h"
#include "tree.h"

static const char usage[] =
    "Cancel Jobs, and remove them with the logs of their pods; or end a pod, which the Job then\n"
    "replaces.\n"
    "\n"
    "  skjob delete job|pod|cronjob|configmap|secret|service NAME ... [options]\n"
    "  skjob delete TYPE -l SELECTOR | --all [options]\n"
    "  skjob delete -f FILE|DIR|- [options]\n"
    "\n"
    "  -l, --selector          those with these labels: a=b,c!=d,e in (f,g)\n"
    "      --field-selector    those with these fields: status.phase=Failed\n"
    "      --all               all of the type\n"
    "  -f, --filename          those that a file names\n"
    "      --max-bytes         limit for the size of a file (default 1048576)\n"
    "      --ignore-not-found  what is not there is no error\n"
    "      --wait=false        do not wait for the pods to end\n"
    "      --timeout           how long to wait for the pods to end, default 30s\n"
    "      --grace-period N    pods are killed N seconds after they were told to end, instead of\n"
    "                          terminationGracePeriodSeconds; Slurm's KillWait is the longest\n"
    "      --now               the same as --grace-period=1\n"
    "      --force             pods are killed, and not waited for\n"
    "      --cascade           background or foreground; the pods of a Job always go with it.\n"
    "                          orphan: the Jobs of a CronJob stay\n"
    "      --dry-run           client or server: delete nothing\n"
    "  -o, --output            name\n"
    "  -n, --namespace         default: \"default\"\n"
    "\n"
    "Examples:\n"
    "  skjob delete job pi\n"
    "  skjob delete jobs -l team=math\n"
    "  skjob delete pod sweep-7-x2v4k     # its Job starts another one\n";

#define WAIT_MAX 86400 /* seconds */

struct deleting {
    const struct options *options;
    struct store store;
    bool force;
    struct job_removal how;
    const char *source; /* the file that names it, or NULL */
};

static const char *const dry[] = {"", " (dry run)", " (server dry run)"};

static void tell(const struct deleting *d, int resource, const char *name)
{
    const struct options *o = d->options;
    const char *kind = resource_singular((enum resource)resource);
    if (o->output == OUTPUT_NAME)
        printf("%s/%s\n", kind, name);
    else
        printf("%s \"%s\" %s from %s namespace%s\n", kind, name,
               d->force ? "force deleted" : "deleted", o->ns, dry[o->dry_run]);
    fflush(stdout);
}

static bool is_orphan(const struct options *o)
{
    return o->cascade && strcmp(o->cascade, "orphan") == 0;
}

/* ---- by kind; each returns 0, 1 when there is none (nothing is printed), -1 with err ---- */

static int delete_job(const struct deleting *d, const char *name, struct error *err)
{
    const struct options *o = d->options;
    cleanup_job_view struct job_view v = {0};
    if (is_orphan(o))
        return error_set(err, "--cascade=orphan: on Slurm the pods of a Job are the tasks of its "
                              "array, and cannot stay without it");
    int rc = job_view_load_keep(&v, &d->store, o->ns, name, job_view_now(), err);
    if (rc != 0 || o->dry_run)
        return rc;
    rc = job_remove(&d->store, &v, &d->how, err);
    return rc < 0 ? -1 : 0;
}

static int delete_cronjob(const struct deleting *d, const char *name, struct error *err)
{
    const struct options *o = d->options;
    return cronjob_remove(&d->store, o->ns, name, is_orphan(o) ? NULL : &d->how, err);
}

static int delete_stored(const struct deleting *d, enum object_kind kind, const char *name,
                         struct error *err)
{
    const struct options *o = d->options;
    cleanup_json json_t *object = NULL;
    return o->dry_run ? objects_read(d->store.root, kind, o->ns, name, &object, err)
                      : objects_remove(d->store.root, kind, o->ns, name, err);
}

static int delete_named(const struct deleting *d, int resource, const char *name, struct error *err)
{
    enum object_kind kind;
    int rc;
    if (resource == RESOURCE_POD)
        rc = delete_pod(&d->store, d->options, name, &d->how, err);
    else if (resource == RESOURCE_CRON_JOB && !d->options->dry_run)
        rc = delete_cronjob(d, name, err);
    else if (resource_stored_as(resource, &kind))
        rc = delete_stored(d, kind, name, err);
    else
        rc = delete_job(d, name, err);
    if (rc == 0)
        tell(d, resource, name);
    return rc;
}

/* ---- all that is asked for ---- */

/* Returns whether it failed. */
static int delete_one(const struct deleting *d, int resource, const char *name)
{
    struct error err;
    cleanup_free char *shown = printable_copy(name);
    int rc = delete_named(d, resource, name, &err);
    if (rc == 1 && d->options->ignore_not_found)
        return 0;
    if (rc == 1)
        fprintf(stderr, "Error from server (NotFound): %s%s%s%s \"%s\" not found\n",
                d->source ? "error when deleting \"" : "", d->source ? d->source : "",
                d->source ? "\": " : "", resource_plural((enum resource)resource),
                shown ? shown : "");
    if (rc < 0)
        verb_tell(&err);
    return rc != 0;
}

static int delete_selected(const struct deleting *d, int resource, struct error *err)
{
    const struct options *o = d->options;
    cleanup_deletion struct deletion list = {0};
    int failures = 0;
    if (deletion_select(&list, o, resource, err) < 0)
        return -1;
    if (!list.len)
        puts("No resources found");
    for (size_t i = 0; i < list.len; i++) {
        struct error lost;
        int rc = delete_named(d, resource, list.names[i], &lost); /* 1: gone meanwhile */
        if (rc < 0)
            fprintf(stderr, "error: %s\n", lost.text);
        failures += rc < 0;
    }
    return failures;
}

static int delete_words(const struct deleting *d, struct error *err)
{
    const struct options *o = d->options;
    const char *name;
    int failures = 0;
    int kind = resource_split(o->names[0], &name);
    size_t first = !name;
    bool selects = o->all || o->selector || o->field_selector;
    if (!resource_is_ours(kind))
        return error_set(err, "the server doesn't have a resource type \"%s\"", o->names[0]);
    if (selects && (!first || o->names_len > 1))
        return error_set(err, "name cannot be provided when a selector is specified");
    if (selects)
        return delete_selected(d, kind, err);
    if (first == o->names_len)
        return error_set(err, "resource(s) were provided, but no name was specified");
    for (size_t i = first; i < o->names_len; i++) {
        bool own = strchr(o->names[i], '/') != NULL;
        int k = own ? resource_split(o->names[i], &name) : kind;
        if (!resource_is_ours(k))
            return error_set(err, "the server doesn't have a resource type \"%s\"", o->names[i]);
        failures += delete_one(d, k, own ? name : o->names[i]);
    }
    return failures;
}

static int delete_from_file(void *arg, const struct input_object *in)
{
    struct deleting d = *(const struct deleting *)arg;
    struct options o = *d.options;
    const json_t *meta = tree_get(in->raw, "metadata");
    const char *kind = tree_str(in->raw, "kind"), *name = tree_str(meta, "name");
    int resource = deletion_of_kind(kind);
    if (resource < 0 || !*name) {
        fprintf(stderr, "error: %s: %s\n", in->source,
                resource < 0 ? "nothing that skjob keeps" : "resource name may not be empty");
        return -1;
    }
    o.ns = *tree_str(meta, "namespace") ? tree_str(meta, "namespace") : o.ns;
    d.options = &o;
    d.source = in->source;
    return delete_one(&d, resource, name) ? -1 : 0;
}

static int delete_files(struct deleting *d, struct error *err)
{
    const struct options *o = d->options;
    size_t objects;
    if (o->names_len || o->all || o->selector || o->field_selector)
        return error_set(err, "when --filename is provided, names, --all and selectors cannot be");
    size_t failures =
        input_each(o->files.v, o->files.len, &o->limits, delete_from_file, d, &objects);
    if (!objects && !failures)
        return error_set(err, "no objects passed to delete");
    return failures != 0;
}

/* ---- options ---- */

static int check_cascade(const char *word, struct error *err)
{
    if (!word || strcmp(word, "background") == 0 || strcmp(word, "foreground") == 0 ||
        strcmp(word, "orphan") == 0)
        return 0;
    return error_set(err,
                     "invalid cascade value (%s). Must be \"background\", \"foreground\", or "
                     "\"orphan\"",
                     word);
}

/* As kubectl: 0 without --force is 1. A wait that nobody has limited lasts as long as the pods may
 * take. */
static struct job_removal how_to(const struct options *o, int64_t grace)
{
    struct job_removal how = {o->wait && !o->force, o->timeout, grace};
    if (grace == 0 && !o->force)
        how.grace = 1;
    if (o->force)
        how.grace = 0;
    if (!o->has_timeout && how.grace > 0 && how.grace < WAIT_MAX)
        how.seconds += how.grace;
    return how;
}

static int check(struct deleting *d, struct error *err)
{
    const struct options *o = d->options;
    int64_t grace = o->now ? 1 : -1;
    if (check_cascade(o->cascade, err) < 0 ||
        options_bounded("grace-period", o->grace_period, -1, INT32_MAX, &grace, err) < 0)
        return -1;
    if (o->now && o->grace_period)
        return error_set(err, "--now and --grace-period cannot be specified together");
    if (o->force && grace > 0)
        return error_set(err, "--force and --grace-period greater than 0 cannot be specified "
                              "together");
    if (o->all && o->selector)
        return error_set(err, "cannot set --all and --selector at the same time");
    if (o->output == OUTPUT_JSON || o->output == OUTPUT_YAML)
        return error_set(err, "unexpected -o output mode. We only support '-o name'");
    d->force = o->force;
    d->how = how_to(o, grace);
    return 0;
}

static int delete (struct deleting *d, struct error *err)
{
    const struct options *o = d->options;
    if (check(d, err) < 0)
        return -1;
    if (!o->files.len && !o->names_len)
        return error_set(err, "You must provide one or more resources by argument or filename");
    if (d->force)
        fputs(
            "Warning: Immediate deletion does not wait for confirmation that the running resource "
            "has been terminated. The resource may continue to run on the cluster "
            "indefinitely.\n",
            stderr);
    if (store_open(&d->store, err) < 0)
        return -1;
    return o->files.len ? delete_files(d, err) : delete_words(d, err);
}

static int run(struct options *o, struct error *err)
{
    struct deleting d = {.options = o};
    int rc = delete (&d, err);
    store_close(&d.store);
    return rc;
}

const struct verb verb_delete = {
    .name = "delete",
    .what = "cancel Jobs and remove them with their pods' logs; replace a pod",
    .usage = usage,
    .options = " timeout namespace filename selector field-selector all ignore-not-found wait now "
               "grace-period "
               "force cascade dry-run output max-bytes ",
    .run = run,
};
