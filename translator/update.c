/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "update.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "job_change.h"
#include "job_template.h"
#include "prepare.h"
#include "printable.h"
#include "template_check.h"
#include "timezone.h"
#include "tree.h"
#include "validate_update.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Of metadata, what users may change. */
static const char *const open_meta[] = {"labels", "annotations", "finalizers", "ownerReferences"};

/* Of spec; suspend aside, which has records of its own. */
static const char *const open_spec[] = {
    "parallelism",      "completions",          "activeDeadlineSeconds",   "backoffLimit",
    "maxFailedIndexes", "podReplacementPolicy", "ttlSecondsAfterFinished", "manualSelector",
};

json_t *update_plain(const json_t *object)
{
    json_t *copy = json_deep_copy(object);
    json_t *meta = tree_get(copy, "metadata");
    json_t *annotations = tree_get(meta, "annotations");
    json_object_del(copy, "status");
    json_object_del(meta, "deletionTimestamp");
    json_object_del(annotations, STORE_JOB_ID_ANNOTATION);
    if (annotations && !json_object_size(annotations))
        json_object_del(meta, "annotations");
    return copy;
}

/* What the server knows anyway. */
static void fill_in(json_t *wanted, const json_t *old)
{
    static const char *const known[] = {"namespace", "uid", "creationTimestamp"};
    json_t *meta = tree_get(wanted, "metadata");
    for (size_t i = 0; meta && i < COUNT(known); i++) {
        json_t *v = tree_get(tree_get(old, "metadata"), known[i]);
        if (v && !tree_has(meta, known[i]))
            json_object_set(meta, known[i], v);
    }
}

static void complain(const struct update *u, const struct strbuf *text)
{
    if (u->complaints)
        printable_add(u->complaints, strbuf_str(text), text->len, "\n");
    else
        printable_tell(text);
}

static enum update_outcome refuse(const struct update *u, const struct manifest *m,
                                  const json_t *raw)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    manifest_explain(m, raw, u->verb, u->source, &b);
    complain(u, &b);
    return UPDATE_REFUSED;
}

static enum update_outcome refuse_name(const struct update *u, const json_t *old, const json_t *now)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b,
                "Error from server (BadRequest): the name of the object (%s) does not match the "
                "name on the URL (%s)\n",
                tree_str(tree_get(now, "metadata"), "name"),
                tree_str(tree_get(old, "metadata"), "name"));
    complain(u, &b);
    return UPDATE_REFUSED;
}

/* Both objects as the server would hold them, in `was` and `m`. Returns UPDATE_DONE when the new
 * one may replace the old one. */
static enum update_outcome judge(const struct update *u, const json_t *old, const json_t *wanted,
                                 struct manifest *was, struct manifest *m, struct error *err)
{
    const char *uid = tree_str(tree_get(old, "metadata"), "uid");
    const struct manifest_options any = {UNKNOWN_IGNORE, TIMEZONE_ROOT, uid};
    const struct manifest_options given = {u->unknown, TIMEZONE_ROOT, uid};
    cleanup_json json_t *plain = update_plain(old), *raw = update_plain(wanted);
    if (!plain || !raw)
        return error_set(err, "out of memory"), UPDATE_FAILED;
    (void)manifest_load(was, plain, &any);
    if (!was->object)
        return error_set(err, "%s: what is kept of it cannot be read: %s", u->source,
                         was->err.text),
               UPDATE_FAILED;
    fill_in(raw, was->object);
    if (tree_has(old, "status"))
        json_object_set(was->object, "status", tree_get(old, "status"));
    enum manifest_verdict verdict = manifest_load(m, raw, &given);
    if (verdict != MANIFEST_OK && verdict != MANIFEST_INVALID)
        return refuse(u, m, raw);
    if (strcmp(manifest_name(was), manifest_name(m)) != 0)
        return refuse_name(u, old, m->object);
    if (m->kind == MANIFEST_JOB)
        validate_job_update(was->object, m->object, &m->errs);
    else
        validate_core_update(was->object, m->object, &m->errs);
    if (m->errs.len)
        m->verdict = MANIFEST_INVALID;
    if (m->errs.len || m->errs.failed)
        return refuse(u, m, raw);
    prepare_print_warnings(m, u->unknown);
    return UPDATE_DONE;
}

/* ---- Jobs ---- */

/* An empty object is as good as none. */
static bool is_same(const json_t *a, const json_t *b, const char *name)
{
    const json_t *x = tree_get(a, name), *y = tree_get(b, name);
    bool no_x = !x || (json_is_object(x) && !json_object_size(x));
    bool no_y = !y || (json_is_object(y) && !json_object_size(y));
    return no_x || no_y ? no_x && no_y : json_equal(x, y);
}

static bool is_same_meta(const json_t *was, const json_t *now)
{
    for (size_t i = 0; i < COUNT(open_meta); i++)
        if (!is_same(tree_get(was, "metadata"), tree_get(now, "metadata"), open_meta[i]))
            return false;
    return true;
}

/* Into the file as it is at this moment: its spec is that of the creation. */
static int write_meta(const struct update *u, const json_t *now, struct error *err)
{
    const json_t *meta = tree_get(now, "metadata");
    const char *name = tree_str(meta, "name");
    cleanup_json json_t *object = NULL;
    int rc = store_read(u->store, u->ns, name, &object, err);
    if (rc != 0)
        return rc < 0 ? -1 : error_set(err, "job.batch/%s was deleted meanwhile", name);
    json_t *to = tree_get(object, "metadata");
    for (size_t i = 0; i < COUNT(open_meta); i++) {
        json_t *v = tree_get(meta, open_meta[i]);
        if (v)
            json_object_set(to, open_meta[i], v);
        else
            json_object_del(to, open_meta[i]);
    }
    return store_write(u->store, u->ns, name, object, err);
}

/* What Kubernetes allows, and Slurm cannot follow. */
static int check_possible(const struct job_view *v, const json_t *was, const json_t *now,
                          struct error *err)
{
    const char *name = tree_str(tree_get(was, "metadata"), "name");
    const json_t *a = tree_get(was, "spec"), *b = tree_get(now, "spec");
    const json_t *annotations_a = tree_at(was, "metadata", "annotations", NULL);
    const json_t *annotations_b = tree_at(now, "metadata", "annotations", NULL);
    if (!is_same(a, b, "template") && template_check(was, now, err) < 0)
        return error_prefix(err, "job.batch/%s", name);
    if (!is_same(a, b, "completions") &&
        job_change_may_scale(v, tree_int(b, "completions"), err) < 0)
        return -1;
    if (!is_same(annotations_a, annotations_b, JOB_INDEX_LIMIT))
        return error_set(err,
                         "job.batch/%s: the annotation %s describes the Job's array and "
                         "cannot be changed",
                         name, JOB_INDEX_LIMIT);
    return 0;
}

struct spec_changes {
    struct journal_change v[COUNT(open_spec)];
    char *texts[COUNT(open_spec)];
    size_t n;
};

static void free_changes(struct spec_changes *c)
{
    while (c->n)
        free(c->texts[--c->n]);
}

#define cleanup_spec_changes __attribute__((cleanup(free_changes)))

static int find_changes(const json_t *was, const json_t *now, struct spec_changes *c,
                        struct error *err)
{
    const json_t *a = tree_get(was, "spec"), *b = tree_get(now, "spec");
    for (size_t i = 0; i < COUNT(open_spec); i++) {
        const json_t *v = tree_get(b, open_spec[i]);
        if (is_same(a, b, open_spec[i]))
            continue;
        char *text = v ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : strdup("null");
        if (!text)
            return error_set(err, "out of memory");
        c->texts[c->n] = text;
        c->v[c->n++] = (struct journal_change){open_spec[i], text};
    }
    return 0;
}

static int change_spec(const struct store *s, struct job_view *v, const json_t *now,
                       const struct spec_changes *c, bool suspends, struct error *err)
{
    cleanup_job_spec struct job_spec *spec = NULL;
    if (job_spec_from_json(now, &spec, err) < 0 ||
        (c->n && job_change_fields(s, v, c->v, c->n, spec, err) < 0))
        return -1;
    if (!suspends)
        return 0;
    return (c->n && job_view_refold(v, job_view_now(), err) < 0) ||
                   job_change_suspend(v, spec->suspend, err) < 0
               ? -1
               : 0;
}

static enum update_outcome keep_job(const struct update *u, struct job_view *v, const json_t *was,
                                    const json_t *now, struct error *err)
{
    cleanup_spec_changes struct spec_changes changes = {0};
    bool suspends =
        tree_bool(tree_get(was, "spec"), "suspend") != tree_bool(tree_get(now, "spec"), "suspend");
    bool meta = !is_same_meta(was, now);
    bool template = !is_same(tree_get(was, "spec"), tree_get(now, "spec"), "template");
    if (check_possible(v, was, now, err) < 0 || find_changes(was, now, &changes, err) < 0)
        return UPDATE_FAILED;
    if (!meta && !template && !changes.n && !suspends)
        return UPDATE_NONE;
    if (u->dry_run)
        return UPDATE_DONE;
    if ((template && job_template_change(u->store, v, now, err) < 0) ||
        ((changes.n || suspends) && change_spec(u->store, v, now, &changes, suspends, err) < 0) ||
        (meta && write_meta(u, now, err) < 0))
        return UPDATE_FAILED;
    return UPDATE_DONE;
}

enum update_outcome update_job(const struct update *u, struct job_view *v, const json_t *wanted,
                               json_t **now, struct error *err)
{
    cleanup_manifest struct manifest was = {0}, m = {0};
    enum update_outcome outcome = judge(u, v->object, wanted, &was, &m, err);
    if (outcome != UPDATE_DONE)
        return outcome;
    outcome = keep_job(u, v, was.object, m.object, err);
    if (outcome != UPDATE_NONE && outcome != UPDATE_DONE)
        return outcome;
    json_object_set(m.object, "status", tree_get(v->object, "status"));
    *now = json_incref(m.object);
    return outcome;
}

/* ---- ConfigMaps, Secrets, Services ---- */

enum update_outcome update_stored(const struct update *u, enum object_kind kind, const json_t *old,
                                  const json_t *wanted, json_t **now, struct error *err)
{
    cleanup_manifest struct manifest was = {0}, m = {0};
    enum update_outcome outcome = judge(u, old, wanted, &was, &m, err);
    if (outcome != UPDATE_DONE)
        return outcome;
    *now = json_incref(m.object);
    if (json_equal(was.object, m.object))
        return UPDATE_NONE;
    if (u->dry_run)
        return UPDATE_DONE;
    if (objects_replace(u->store->root, kind, u->ns, manifest_name(&m), m.object, err) == 0)
        return UPDATE_DONE;
    json_decref(*now);
    *now = NULL;
    return UPDATE_FAILED;
}
