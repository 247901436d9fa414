/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prepare.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
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

int prepare_translation(struct prepared *p, const struct input_object *in, const struct options *o)
{
    struct error err;
    const struct manifest *m = &p->manifest;
    if (m->kind != MANIFEST_JOB) {
        fprintf(
            stderr,
            "error: %s: a %s cannot be run on Slurm yet; run its Job from scrontab or cron with "
            "skjob create\n",
            in->source, manifest_kind_name(m->kind));
        return -1;
    }
    cleanup_conf struct conf conf;
    if (conf_load(&conf, getenv(CONF_VARIABLE), &err) < 0) {
        fprintf(stderr, "error: %s\n", err.text);
        return -1;
    }
    if (translation_make_for(&p->translation, m->object, &conf, &err) < 0 ||
        report_make(&p->report, &p->translation, in, o->strict, &err) < 0) {
        print_failure(in, p->translation.bad_path, &err);
        return -1;
    }
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
    translation_free(&p->translation);
    report_free(&p->report);
}
