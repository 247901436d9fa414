/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prepare.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "cronjob_job.h"
#include "printable.h"
#include "tree.h"

#define ZONEINFO "/usr/share/zoneinfo"

static void print_place(const struct input_object *in, const char *path)
{
    cleanup_free char *shown = printable_copy(path);
    struct position p = input_position(in, path);
    if (p.line > 0 && shown)
        fprintf(stderr, "%s:%u:%u: %s\n", in->source, p.line, p.column, shown);
}

static bool is_repeated(const struct field_errors *errs, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(errs->v[j].field, errs->v[i].field) == 0)
            return true;
    return false;
}

/* Where the fields of the errors stand, each once: kubectl's own text has no room for it, so it
 * goes before. */
static void print_places(const struct manifest *m, const struct input_object *in)
{
    if (m->report.bad_path)
        print_place(in, m->report.bad_path);
    for (size_t i = 0; i < m->errs.len; i++)
        if (!is_repeated(&m->errs, i))
            print_place(in, m->errs.v[i].field);
    for (size_t i = 0; !m->report.bad_path && i < m->report.unknown_len; i++)
        print_place(in, m->report.unknown[i].path);
}

/* Values of the manifest stand in it: whatever they hold, no more than lines gets to the terminal.
 */
static void print_text(const struct strbuf *text)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    printable_add(&b, strbuf_str(text), text->len, "\n");
    fputs(strbuf_str(&b), stderr);
}

static void print_warnings(const struct manifest *m, enum unknown_fields how)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; how == UNKNOWN_WARN && i < m->report.unknown_len; i++)
        strbuf_addf(&b, "Warning: unknown field \"%s\"\n", m->report.unknown[i].path);
    for (size_t i = 0; i < m->errs.warnings_len; i++)
        strbuf_addf(&b, "Warning: %s: %s\n", m->errs.warnings[i].field,
                    m->errs.warnings[i].message);
    print_text(&b);
}

int prepare(struct prepared *p, const struct input_object *in, const struct options *o)
{
    /* A client-side dry run takes an object that was got as it is, with what was generated from its
     * uid: nothing is made of it. */
    const char *uid =
        o->dry_run == DRY_RUN_CLIENT ? tree_str(tree_get(in->raw, "metadata"), "uid") : NULL;
    struct manifest_options mo = {.unknown = o->validate, .zoneinfo = ZONEINFO, .uid = uid};
    *p = (struct prepared){0};
    if (manifest_load(&p->manifest, in->raw, &mo) == MANIFEST_OK) {
        print_warnings(&p->manifest, o->validate);
        return 0;
    }
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    manifest_explain(&p->manifest, in->raw, "creating", in->source, &b);
    print_places(&p->manifest, in);
    print_text(&b);
    return -1;
}

static void print_failure(const struct input_object *in, const char *path, const struct error *err)
{
    if (!path) {
        fprintf(stderr, "error: %s: %s\n", in->source, err->text);
        return;
    }
    struct position p = input_position(in, path);
    fprintf(stderr, "error: %s:%u:%u: %s: %s\n", in->source, p.line, p.column, path, err->text);
}

/* The Job that a CronJob creates, but for what each has of its own. */
static json_t *job_of_cronjob(const struct manifest *m)
{
    const struct manifest_options any = {UNKNOWN_IGNORE, ZONEINFO, NULL};
    cleanup_json json_t *raw = cronjob_job_template(m->object);
    cleanup_manifest struct manifest job = {0};
    json_object_set_new(tree_get(raw, "metadata"), "name", json_string(manifest_name(m)));
    manifest_load(&job, raw, &any); /* the API does not refuse the CronJob for what is wrong here */
    return steal_ptr(&job.object);
}

static int translate(struct prepared *p, const struct input_object *in, bool strict)
{
    struct error err;
    cleanup_conf struct conf conf;
    bool is_cron = p->manifest.kind == MANIFEST_CRON_JOB;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (conf_load(&conf, getenv(CONF_VARIABLE), &err) < 0) {
        fprintf(stderr, "error: %s\n", err.text);
        return -1;
    }
    p->job = is_cron ? job_of_cronjob(&p->manifest) : json_incref(p->manifest.object);
    if (p->job && translation_make_for(&p->translation, p->job, &conf, &err) == 0 &&
        (is_cron ? report_make_cronjob : report_make)(&p->report, &p->translation, in, strict,
                                                      &err) == 0)
        return 0;
    if (p->translation.bad_path)
        strbuf_addf(&path, "%s%s", is_cron ? "spec.jobTemplate." : "", p->translation.bad_path);
    print_failure(in, path.len ? strbuf_str(&path) : NULL, &err);
    return -1;
}

int prepare_translation(struct prepared *p, const struct input_object *in, const struct options *o)
{
    if (translate(p, in, o->strict) < 0)
        return -1;
    if (!p->report.count[FATE_REFUSED] || o->report)
        return 0;
    for (size_t i = 0; i < p->report.len; i++) {
        const struct report_row *row = &p->report.rows[i];
        if (row->verdict.fate == FATE_REFUSED)
            fprintf(stderr, "error: %s:%u:%u: %s cannot be run on Slurm: %s\n", in->source,
                    row->position.line, row->position.column, row->path, row->verdict.reason);
    }
    return -1;
}

/* The last part of a path is enough to recognise a field. */
static const char *short_name(const char *path)
{
    const char *dot = path;
    bool bracket = false;
    for (const char *p = path; *p; p++) {
        bracket = *p == '[' || (bracket && *p != ']');
        if (*p == '.' && !bracket)
            dot = p + 1;
    }
    return dot;
}

void prepare_warn(const struct prepared *p, const struct input_object *in)
{
    const struct report *r = &p->report;
    size_t shown = 0, lost = r->count[FATE_IGNORED];
    if (!lost)
        return;
    fprintf(stderr, "Warning: %s: %zu field%s ignored on Slurm (", in->source, lost,
            lost == 1 ? " is" : "s are");
    for (size_t i = 0; i < r->len && shown < 3; i++)
        if (r->rows[i].verdict.fate == FATE_IGNORED)
            fprintf(stderr, "%s%s", shown++ ? ", " : "", short_name(r->rows[i].path));
    fprintf(stderr, "%s); see skjob translate --report\n", lost > shown ? ", ..." : "");
}

void prepared_free(struct prepared *p)
{
    manifest_free(&p->manifest);
    json_decref(p->job);
    translation_free(&p->translation);
    report_free(&p->report);
}
