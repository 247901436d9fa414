/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"
#include "input.h"
#include "mapping.h"
#include "printable.h"
#include "schema.h"

static const char *const fate_names[] = {"honoured", "approximated", "ignored", "refused"};

const char *fate_name(enum fate fate)
{
    return fate_names[fate];
}

struct walk {
    struct report *report;
    const struct translation *translation;
    const struct input_object *in;
    bool strict;
};

static int add_row(struct walk *w, const struct path *path, struct verdict verdict)
{
    struct report *r = w->report;
    struct report_row *rows = grow(r->rows, r->len, sizeof *rows);
    if (!rows)
        return -1;
    r->rows = rows;
    struct strbuf b = STRBUF_INIT;
    path_render(path, &b);
    char *text = strbuf_steal(&b);
    if (!text)
        return -1;
    if (w->strict && verdict.fate == FATE_IGNORED)
        verdict.fate = FATE_REFUSED;
    r->count[verdict.fate]++;
    rows[r->len++] = (struct report_row){
        .path = text, .position = input_position(w->in, text), .verdict = verdict};
    return 0;
}

static const struct note *note_on(const struct walk *w, const struct path *path)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    if (w->translation->notes_len == 0)
        return NULL;
    path_render(path, &b);
    return translation_noted(w->translation, strbuf_str(&b));
}

static bool noted_below(const struct walk *w, const struct path *path)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    if (w->translation->notes_len == 0 || !path)
        return false;
    path_render(path, &b);
    return translation_noted_below(w->translation, strbuf_str(&b));
}

static int add_keys(struct walk *w, const json_t *map, const struct path *path, long row)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)map, key, value) {
        const struct note *n = note_on(w, PATH_KEY(path, key));
        struct verdict v = n ? (struct verdict){n->fate, n->reason} : mapping[row].of_key(key);
        if (add_row(w, PATH_KEY(path, key), v) < 0)
            return -1;
    }
    return 0;
}

/* The table's name for the field. Long ones (unknown fields) are in no table. */
static void name_of(const struct path *path, char name[256])
{
    struct strbuf b = STRBUF_INIT;
    path_render_go(path, &b);
    snprintf(name, 256, "%s", strbuf_str(&b));
    strbuf_free(&b);
}

static int walk(struct walk *w, const json_t *v, const struct path *path, long row,
                const struct schema *schema);

static int walk_children(struct walk *w, const json_t *v, const struct path *path, long row,
                         const struct schema *schema)
{
    static const struct verdict unknown = {FATE_IGNORED, "Kubernetes has no such field"};
    const char *key;
    json_t *child;
    size_t i;
    json_array_foreach (v, i, child)
        if (walk(w, child, PATH_INDEX(path, i), row, schema) < 0)
            return -1;
    json_object_foreach ((json_t *)v, key, child) {
        const struct field *f = schema ? schema_field(schema, key) : NULL;
        int rc = 0;
        if (schema && !f)
            rc = add_row(w, PATH_FIELD(path, key), unknown);
        else if (!json_is_null(child))
            rc = walk(w, child, PATH_FIELD(path, key), row, f ? f->sub : NULL);
        if (rc < 0)
            return -1;
    }
    return 0;
}

/* What Kubernetes itself writes where the user wrote nothing. Manifests that came out of a cluster
 * are full of it; no more is lost with it than without it. */
static const struct {
    const char *path;
    const char *value; /* JSON */
} defaults[] = {
    {"status", "{}"},
    {"spec.manualSelector", "false"},
    {"spec.template.spec.dnsPolicy", "\"ClusterFirst\""},
    {"spec.template.spec.enableServiceLinks", "true"},
    {"spec.template.spec.schedulerName", "\"default-scheduler\""},
    {"spec.template.spec.securityContext", "{}"},
    {"spec.template.spec.containers.securityContext", "{}"},
    {"spec.template.spec.containers.volumeMounts.mountPropagation", "\"None\""},
    {"spec.template.spec.containers.terminationMessagePath", "\"/dev/termination-log\""},
    {"spec.template.spec.containers.terminationMessagePolicy", "\"File\""},
};

static bool is_default(const char *name, const json_t *value)
{
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        if (strcmp(defaults[i].path, name) == 0) {
            cleanup_json json_t *wanted = json_loads(defaults[i].value, JSON_DECODE_ANY, NULL);
            return json_equal(wanted, value);
        }
    return false;
}

/* The verdict of a row on a value. */
static struct verdict verdict_on(const struct walk *w, long row, const char *name,
                                 const json_t *value)
{
    struct verdict v = w->translation->verdicts[row];
    if (v.fate == FATE_IGNORED && is_default(name, value))
        v = (struct verdict){FATE_HONOURED, "Kubernetes' default"};
    return v;
}

/* row: that of the nearest enclosing field, -1 at the top. schema: of v, or of v's elements. */
static int walk(struct walk *w, const json_t *v, const struct path *path, long row,
                const struct schema *schema)
{
    char name[256];
    name_of(path, name);
    const struct note *note = note_on(w, path);
    if (note)
        return add_row(w, path, (struct verdict){note->fate, note->reason});
    long own = mapping_find(name);
    if (own >= 0)
        row = own;
    if (own >= 0 && mapping[own].of_key && json_is_object(v))
        return add_keys(w, v, path, own);
    bool deeper = path == NULL || mapping_is_deeper(name) || noted_below(w, path);
    if (!deeper || !(json_is_object(v) || json_is_array(v)))
        return row < 0 ? 0 : add_row(w, path, verdict_on(w, row, name, v));
    /* A row that became stricter than its table entry (too many containers) speaks for all. */
    if (own >= 0 && w->translation->verdicts[own].fate > mapping[own].fate)
        return add_row(w, path, w->translation->verdicts[own]);
    return walk_children(w, v, path, row, schema);
}

int report_make(struct report *r, const struct translation *t, const struct input_object *in,
                bool strict, struct error *err)
{
    *r = (struct report){0};
    struct walk w = {.report = r, .translation = t, .in = in, .strict = strict};
    if (walk(&w, in->raw, NULL, -1, &schema_job) < 0) {
        report_free(r);
        return error_set(err, "out of memory");
    }
    return 0;
}

void report_free(struct report *r)
{
    for (size_t i = 0; i < r->len; i++)
        free(r->rows[i].path);
    free(r->rows);
    *r = (struct report){0};
}

json_t *report_to_json(const struct report *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->len; i++) {
        const struct report_row *row = &r->rows[i];
        json_array_append_new(
            list, json_pack("{s:s, s:i, s:i, s:s, s:s}", "path", row->path, "line",
                            (int)row->position.line, "column", (int)row->position.column, "fate",
                            fate_name(row->verdict.fate), "reason", row->verdict.reason));
    }
    return list;
}

void report_print(const struct report *r, const char *source, struct strbuf *out)
{
    size_t wide = 0;
    for (size_t i = 0; i < r->len; i++)
        if (strlen(r->rows[i].path) > wide)
            wide = strlen(r->rows[i].path);
    if (wide > 60)
        wide = 60;
    for (size_t i = 0; i < r->len; i++) {
        const struct report_row *row = &r->rows[i];
        char where[32];
        cleanup_free char *path = printable_copy(row->path);
        snprintf(where, sizeof where, "%u:%u", row->position.line, row->position.column);
        strbuf_addf(out, "%s:%-7s %-*s  %-12s  %s\n", source, where, (int)wide, path ? path : "",
                    fate_name(row->verdict.fate), row->verdict.reason);
    }
    strbuf_addf(out, "%s: %zu honoured, %zu approximated, %zu ignored, %zu refused\n", source,
                r->count[FATE_HONOURED], r->count[FATE_APPROXIMATED], r->count[FATE_IGNORED],
                r->count[FATE_REFUSED]);
}
