/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob apply -f FILE, skjob replace -f FILE.
 *
 * Apply is kubectl's three-way merge: what was applied last stands in an annotation of the object;
 * what is there and not in the file any more is removed, what the file says is set, and the rest of
 * the object stays.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "commands.h"
#include "input.h"
#include "merge_patch.h"
#include "modify.h"
#include "resource.h"
#include "tree.h"

#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

static const char apply_usage[] =
    "Create the objects of files, or make those that exist so.\n"
    "\n"
    "  skjob apply -f FILE|DIR|- [-f ...] [options] [-- SBATCH OPTIONS]\n"
    "\n"
    "  -f, --filename    a file, a folder, or - for standard input\n"
    "      --dry-run     client or server: change nothing\n"
    "      --validate    strict (default), warn, ignore: what to do about unknown fields\n"
    "      --max-bytes   limit for the size of a file (default 1048576)\n"
    "  -o, --output      json, yaml or name\n"
    "  -n, --namespace   default: that of the manifest, else \"default\"\n"
    "\n"
    "Examples:\n"
    "  skjob apply -f pi.yaml\n"
    "  skjob apply -f jobs/ -- --partition=short\n";

static const char replace_usage[] =
    "Replace objects that exist by those of files.\n"
    "\n"
    "  skjob replace -f FILE|DIR|- [-f ...] [options]\n"
    "\n"
    "  -f, --filename    a file, a folder, or - for standard input\n"
    "      --dry-run     client or server: change nothing\n"
    "      --validate    strict (default), warn, ignore: what to do about unknown fields\n"
    "      --max-bytes   limit for the size of a file (default 1048576)\n"
    "  -o, --output      json, yaml or name\n"
    "  -n, --namespace   default: that of the manifest, else \"default\"\n"
    "\n"
    "Example:\n"
    "  skjob get configmap settings -o yaml | sed s/debug/info/ | skjob replace -f -\n";

struct applying {
    const struct options *options;
    bool replace;
    const json_t *raw; /* of the file */
    const char *plural;
    json_t *annotated; /* with the annotation; owned while one object is at work */
};

/* ---- the annotation ---- */

static json_t *annotations_of(json_t *object)
{
    json_t *meta = tree_get(object, "metadata");
    if (meta && !json_is_object(tree_get(meta, "annotations")))
        json_object_set_new(meta, "annotations", json_object());
    return tree_get(meta, "annotations");
}

/* The file's object as kubectl remembers it: in the annotation, without the annotation. */
static json_t *annotate(const json_t *raw, const char *ns)
{
    cleanup_json json_t *copy = json_deep_copy(raw);
    json_t *meta = tree_get(copy, "metadata");
    json_object_del(annotations_of(copy), LAST_APPLIED);
    if (json_is_object(meta) && !tree_has(meta, "namespace"))
        json_object_set_new(meta, "namespace", json_string(ns));
    cleanup_free char *text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    strbuf_addf(&line, "%s\n", text ? text : "");
    if (!text || line.failed)
        return NULL;
    json_object_set_new(annotations_of(copy), LAST_APPLIED, json_string(strbuf_str(&line)));
    return steal_ptr(&copy);
}

/* What was applied last, or NULL. */
static json_t *last_applied(const json_t *object)
{
    const char *text = tree_str(tree_at(object, "metadata", "annotations", NULL), LAST_APPLIED);
    return *text ? json_loads(text, 0, NULL) : NULL;
}

/* ---- one that exists ---- */

static json_t *merge(void *arg, const json_t *object, struct error *err)
{
    const struct applying *a = arg;
    if (a->replace)
        return json_deep_copy(a->raw);
    cleanup_json json_t *last = last_applied(object);
    if (!last)
        fprintf(stderr,
                "Warning: resource %s/%s is missing the " LAST_APPLIED
                " annotation which is required by skjob apply. skjob apply should only be used on "
                "resources created declaratively by skjob apply. The missing annotation will be "
                "patched automatically.\n",
                a->plural, tree_str(tree_get(object, "metadata"), "name"));
    cleanup_json json_t *gone = merge_patch_removals(last, a->annotated);
    cleanup_json json_t *rest = merge_patch_strategic(object, gone, err);
    return rest ? merge_patch_strategic(rest, a->annotated, err) : NULL;
}

static const char *past(void *arg, const json_t *before, const json_t *after, bool is_change)
{
    const struct applying *a = arg;
    (void)before, (void)after;
    return a->replace ? "replaced" : is_change ? "configured" : "unchanged";
}

static int change(struct modify *m, int resource, const char *name, const char *source)
{
    struct error err;
    int rc = modify_one(m, resource, name, &err);
    if (rc < 0)
        fprintf(stderr, "error: error when %s \"%s\": %s\n", m->verb, source, err.text);
    return rc ? -1 : 0;
}

/* ---- one object of a file ---- */

#define YOUNG_MS 5000 /* what another command takes between a Job's folder and its object */
#define POLL_MS  50

/* A Job that another command is making at this moment is there in a moment; what a dead one left is
 * not, and creating it settles that. */
static bool job_exists(const struct store *s, const char *ns, const char *name)
{
    for (int ms = 0;; ms += POLL_MS) {
        struct error err;
        cleanup_json json_t *object = NULL;
        int rc = store_read(s, ns, name, &object, &err);
        if (rc != 1 || !store_exists(s, ns, name) || ms >= YOUNG_MS)
            return rc != 1;
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
}

static bool exists(const struct store *s, const char *ns, int resource, const char *name)
{
    enum object_kind kind;
    struct error err;
    cleanup_json json_t *object = NULL;
    return resource_stored_as(resource, &kind)
               ? objects_read(s->root, kind, ns, name, &object, &err) == 0
               : job_exists(s, ns, name);
}

/* RESOURCES for a kind that is not ours to change: creating it says why. */
static int resource_of(const json_t *raw)
{
    static const char *const kinds[RESOURCES] = {
        [RESOURCE_JOB] = "Job",          [RESOURCE_CONFIG_MAP] = "ConfigMap",
        [RESOURCE_SECRET] = "Secret",    [RESOURCE_SERVICE] = "Service",
        [RESOURCE_CRON_JOB] = "CronJob",
    };
    for (int r = 0; r < RESOURCES; r++)
        if (kinds[r] && tree_is(raw, "kind", kinds[r]))
            return r;
    return RESOURCES;
}

static int check_name(const struct applying *a, const json_t *meta)
{
    const char *ns = tree_str(meta, "namespace");
    if (!tree_has(meta, "name") && tree_has(meta, "generateName")) {
        fprintf(stderr, "error: from %s: cannot use generate name with %s\n",
                tree_str(meta, "generateName"), a->replace ? "replace" : "apply");
        return -1;
    }
    if (!*ns || !a->options->ns_given || strcmp(ns, a->options->ns) == 0)
        return 0;
    fprintf(stderr,
            "error: the namespace from the provided object \"%s\" does not match the namespace "
            "\"%s\". You must pass '--namespace=%s' to perform this operation.\n",
            ns, a->options->ns, ns);
    return -1;
}

static int create(const struct applying *a, const struct input_object *in)
{
    struct input_object made = *in;
    made.raw = a->annotated;
    return cmd_create_input(a->options, &made);
}

static int put(struct applying *a, struct modify *m, const struct input_object *in)
{
    const char *name = tree_str(tree_get(in->raw, "metadata"), "name");
    int resource = resource_of(in->raw);
    bool is_ours = resource < RESOURCES && *name;
    enum object_kind kind;
    a->plural = is_ours && resource_stored_as(resource, &kind) ? objects_plural(kind) : "jobs";
    if (is_ours && (a->replace || exists(&m->store, m->options->ns, resource, name)))
        return change(m, resource, name, in->source);
    return create(a, in);
}

static int apply_one(void *arg, const struct input_object *in)
{
    struct applying *a = arg;
    struct error err;
    struct options o = *a->options;
    cleanup_modify struct modify m = {
        .verb = a->replace ? "replacing" : "applying patch", .arg = a, .edit = merge, .past = past};
    const json_t *meta = tree_get(in->raw, "metadata");
    if (check_name(a, meta) < 0)
        return -1;
    o.ns = *tree_str(meta, "namespace") ? tree_str(meta, "namespace") : o.ns;
    cleanup_json json_t *annotated = a->replace ? json_deep_copy(in->raw) : annotate(in->raw, o.ns);
    a->raw = in->raw;
    a->annotated = annotated;
    if (annotated && modify_open(&m, &o, &err) == 0)
        return put(a, &m, in);
    fprintf(stderr, "error: %s\n", annotated ? err.text : "out of memory");
    return -1;
}

static int run(bool replace, const struct options *o, struct error *err)
{
    struct applying a = {.options = o, .replace = replace};
    size_t objects;
    if (options_need_files(o, err) < 0)
        return -1;
    size_t failures = input_each(o->files.v, o->files.len, &o->limits, apply_one, &a, &objects);
    if (!objects && !failures)
        return error_set(err, "no objects passed to %s", replace ? "replace" : "apply");
    return failures != 0;
}

static int run_apply(struct options *o, struct error *err)
{
    return run(false, o, err);
}

static int run_replace(struct options *o, struct error *err)
{
    return run(true, o, err);
}

const struct verb verb_apply = {
    .name = "apply",
    .what = "create objects from files, or make those that exist so",
    .usage = apply_usage,
    .options = " filename output dry-run validate namespace max-bytes ",
    .run = run_apply,
};

const struct verb verb_replace = {
    .name = "replace",
    .what = "replace objects by those of files",
    .usage = replace_usage,
    .options = " filename output dry-run validate namespace max-bytes ",
    .run = run_replace,
};
