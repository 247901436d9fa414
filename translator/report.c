/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "mapping.h"
#include "schema.h"

static const char *const fate_names[] = {"honoured", "approximated", "ignored", "refused"};

const char *fate_name(enum fate fate)
{
    return fate_names[fate];
}

struct walk {
    struct report *report;
    const struct translation *translation;
    const struct positions *positions;
    bool strict;
};

static int add_row(struct walk *w, const struct path *path, struct verdict verdict)
{
    struct report *r = w->report;
    if (r->len == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 32;
        struct report_row *rows = reallocarray(r->rows, cap, sizeof *rows);
        if (!rows)
            return -1;
        r->rows = rows;
        r->cap = cap;
    }
    struct strbuf b = STRBUF_INIT;
    path_render(path, &b);
    char *text = strbuf_steal(&b);
    if (!text)
        return -1;
    if (w->strict && verdict.fate == FATE_IGNORED)
        verdict.fate = FATE_REFUSED;
    r->count[verdict.fate]++;
    r->rows[r->len++] = (struct report_row){
        .path = text, .position = positions_find(w->positions, text), .verdict = verdict};
    return 0;
}

static int add_keys(struct walk *w, const json_t *map, const struct path *path, long row)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)map, key, value)
        if (add_row(w, PATH_KEY(path, key), mapping[row].of_key(key)) < 0)
            return -1;
    return 0;
}

/* row: that of the nearest enclosing field, -1 at the top. */
static int walk(struct walk *w, const json_t *v, const struct path *path, long row)
{
    char name[256];
    struct strbuf b = STRBUF_INIT;
    path_render_go(path, &b);
    snprintf(name, sizeof name, "%s", strbuf_str(&b));
    strbuf_free(&b);
    long own = mapping_find(name);
    if (own >= 0)
        row = own;
    bool deeper = path == NULL || mapping_is_deeper(name);
    if (row >= 0 && own >= 0 && mapping[row].of_key && json_is_object(v))
        return add_keys(w, v, path, row);
    if (!deeper || !(json_is_object(v) || json_is_array(v)))
        return row < 0 ? 0 : add_row(w, path, w->translation->verdicts[row]);
    /* A row that became stricter than its table entry (too many containers) speaks for all. */
    if (own >= 0 && w->translation->verdicts[own].fate > mapping[own].fate)
        return add_row(w, path, w->translation->verdicts[own]);
    const char *key;
    json_t *child;
    size_t i;
    json_array_foreach (v, i, child)
        if (walk(w, child, PATH_INDEX(path, i), row) < 0)
            return -1;
    json_object_foreach ((json_t *)v, key, child)
        if (!json_is_null(child) && walk(w, child, PATH_FIELD(path, key), row) < 0)
            return -1;
    return 0;
}

int report_make(struct report *r, const struct translation *t, const json_t *raw,
                const struct positions *positions, bool strict, struct error *err)
{
    *r = (struct report){0};
    struct walk w = {
        .report = r, .translation = t, .positions = positions, .strict = strict};
    if (walk(&w, raw, NULL, -1) < 0) {
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
        snprintf(where, sizeof where, "%u:%u", row->position.line, row->position.column);
        strbuf_addf(out, "%s:%-7s %-*s  %-12s  %s\n", source, where, (int)wide, row->path,
                    fate_name(row->verdict.fate), row->verdict.reason);
    }
    strbuf_addf(out, "%s: %zu honoured, %zu approximated, %zu ignored, %zu refused\n", source,
                r->count[FATE_HONOURED], r->count[FATE_APPROXIMATED], r->count[FATE_IGNORED],
                r->count[FATE_REFUSED]);
}
