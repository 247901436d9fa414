/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "get_show.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "columns.h"
#include "print.h"
#include "tree.h"

/* NAMESPACE, the kind's own, those of -L, LABELS */
#define CELLS_MAX TABLE_COLUMNS_MAX

struct cells {
    struct strbuf v[CELLS_MAX];
    size_t n;
    size_t first; /* of the kind's own */
};

static void cells_free(struct cells *c)
{
    for (size_t i = 0; i < CELLS_MAX; i++)
        strbuf_free(&c->v[i]);
}

static struct strbuf *next_cell(struct cells *c)
{
    return &c->v[c->n < CELLS_MAX - 1 ? c->n++ : CELLS_MAX - 1];
}

static bool is_table(const struct get_request *r)
{
    return r->printer.form == PRINTER_TABLE || r->printer.form == PRINTER_WIDE;
}

/* ---- cells ---- */

static struct columns columns_of(const struct get_show *s, const struct listing *l,
                                 enum resource kind)
{
    return (struct columns){kind, s->request->printer.form == PRINTER_WIDE, l->now_us};
}

static void name_of_label(const char *key, size_t len, struct strbuf *out)
{
    const char *slash = memrchr(key, '/', len);
    size_t skip = slash ? (size_t)(slash + 1 - key) : 0;
    for (size_t i = skip; i < len; i++)
        strbuf_addc(out, (char)toupper((unsigned char)key[i]));
}

/* labels NULL: the headers. */
static void add_label_columns(const struct options *o, const json_t *labels, struct cells *c)
{
    for (const char *at = o->label_columns; at && *at;) {
        size_t len = strcspn(at, ",");
        struct strbuf *cell = next_cell(c);
        cleanup_free char *key = strndup(at, len);
        if (!labels)
            name_of_label(at, len, cell);
        else if (key)
            strbuf_adds(cell, tree_str(labels, key));
        at += len + (at[len] == ',');
    }
}

static void header_cells(const struct get_show *s, const struct columns *columns, struct cells *c)
{
    const struct options *o = s->request->options;
    const char *text;
    if (o->all_namespaces && columns->kind != RESOURCE_NODE)
        strbuf_adds(next_cell(c), "NAMESPACE");
    for (size_t i = 0; (text = columns_header(columns, i)); i++)
        strbuf_adds(next_cell(c), text);
    add_label_columns(o, NULL, c);
    if (o->show_labels)
        strbuf_adds(next_cell(c), "LABELS");
}

static const char *namespace_of(const struct found *f)
{
    return f->job ? f->job->ns : tree_str(tree_get(f->object, "metadata"), "namespace");
}

/* With several kinds, names are shown with theirs. */
static void prefix_name(const struct get_show *s, const struct found *f, struct strbuf *name)
{
    cleanup_strbuf struct strbuf full = STRBUF_INIT;
    if (s->request->kinds < 2)
        return;
    strbuf_addf(&full, "%s/%s", resource_singular(f->kind), strbuf_str(name));
    strbuf_reset(name);
    strbuf_adds(name, strbuf_str(&full));
}

static int object_cells(const struct get_show *s, const struct columns *columns, struct found *f,
                        struct cells *c, struct error *err)
{
    const struct options *o = s->request->options;
    if (o->all_namespaces && f->kind != RESOURCE_NODE)
        strbuf_adds(next_cell(c), namespace_of(f));
    c->first = c->n;
    if (columns_cells(columns, f, &c->v[c->n], err) < 0)
        return -1;
    prefix_name(s, f, &c->v[c->first]);
    while (columns_header(columns, c->n - c->first))
        c->n++;
    if (!o->label_columns && !o->show_labels)
        return 0;
    cleanup_json json_t *labels = listing_labels(f);
    if (!labels && !(labels = json_object()))
        return error_set(err, "out of memory");
    add_label_columns(o, labels, c);
    if (o->show_labels)
        columns_add_map(labels, next_cell(c));
    return 0;
}

static void add_row(struct table *t, const struct cells *c)
{
    const char *texts[CELLS_MAX + 1] = {0};
    for (size_t i = 0; i < c->n; i++)
        texts[i] = strbuf_str(&c->v[i]);
    table_row(t, texts);
}

/* ---- tables ---- */

/* What was shown of an object, without what changes by itself. */
static int remember(struct get_show *s, const struct columns *columns, const struct found *f,
                    const struct cells *c, bool *is_new, struct error *err)
{
    cleanup_strbuf struct strbuf key = STRBUF_INIT, text = STRBUF_INIT;
    strbuf_addf(&key, "%d/%s/%s", (int)f->kind, namespace_of(f), strbuf_str(&c->v[c->first]));
    for (size_t i = c->first; i < c->n; i++)
        if (!columns_is_age(columns, i - c->first))
            strbuf_addf(&text, "%s\n", strbuf_str(&c->v[i]));
    if (!s->seen)
        s->seen = json_object();
    *is_new = !tree_is(s->seen, strbuf_str(&key), strbuf_str(&text));
    return !*is_new || json_object_set_new(s->seen, strbuf_str(&key),
                                           json_string(strbuf_str(&text))) == 0
               ? 0
               : error_set(err, "out of memory");
}

static int add_object(struct get_show *s, const struct columns *columns, struct found *f,
                      bool only_new, bool *added, struct error *err)
{
    __attribute__((cleanup(cells_free))) struct cells c = {0};
    bool is_new = true;
    if (object_cells(s, columns, f, &c, err) < 0)
        return -1;
    if (s->request->options->watch && remember(s, columns, f, &c, &is_new, err) < 0)
        return -1;
    *added = is_new || !only_new;
    if (*added)
        add_row(&s->table, &c);
    return 0;
}

static void add_header(struct get_show *s, const struct columns *columns)
{
    __attribute__((cleanup(cells_free))) struct cells c = {0};
    header_cells(s, columns, &c);
    add_row(&s->table, &c);
}

static int flush_table(struct get_show *s, struct error *err)
{
    int rc = table_print(&s->table, stdout);
    table_clear(&s->table);
    return rc < 0 ? error_set(err, "out of memory") : 0;
}

/* Each kind has its own table, and an empty line stands between two of them. */
static int show_tables(struct get_show *s, struct listing *l, struct error *err)
{
    bool added;
    for (size_t i = 0; i < l->len; i++) {
        const struct columns columns = columns_of(s, l, l->v[i].kind);
        bool begins = i == 0 || l->v[i - 1].kind != l->v[i].kind;
        if (begins && i) {
            if (flush_table(s, err) < 0)
                return -1;
            table_free(&s->table);
            putchar('\n');
        }
        if (begins && !s->request->options->no_headers)
            add_header(s, &columns);
        if (add_object(s, &columns, &l->v[i], false, &added, err) < 0)
            return -1;
    }
    return flush_table(s, err);
}

/* ---- objects ---- */

static void show_names(struct listing *l)
{
    for (size_t i = 0; i < l->len; i++) {
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        listing_name(&l->v[i], &name);
        printf("%s/%s\n", resource_singular(l->v[i].kind), strbuf_str(&name));
    }
}

static int show_objects(const struct get_show *s, struct listing *l, struct error *err)
{
    cleanup_json json_t *objects = json_array();
    for (size_t i = 0; i < l->len; i++) {
        const json_t *object = listing_object(&l->v[i], err);
        if (!object)
            return -1;
        if (json_array_append(objects, (json_t *)object) < 0)
            return error_set(err, "out of memory");
    }
    if (s->request->single && !l->len)
        return 0;
    return printer_print(&s->request->printer, objects, s->request->single, err);
}

int get_show_all(struct get_show *s, struct listing *l, int missing, struct error *err)
{
    const struct options *o = s->request->options;
    if (!is_table(s->request)) {
        if (o->watch)
            return error_set(err, "--watch shows tables alone: leave out -o");
        if (s->request->printer.form == PRINTER_NAME) {
            show_names(l);
            return 0;
        }
        return show_objects(s, l, err);
    }
    if (!l->len && !missing && !o->ignore_not_found) {
        bool no_ns = o->all_namespaces || s->request->v[0].kind == RESOURCE_NODE;
        fprintf(stderr, no_ns ? "No resources found\n" : "No resources found in %s namespace.\n",
                o->ns);
    }
    return show_tables(s, l, err);
}

int get_show_changes(struct get_show *s, struct listing *l, struct error *err)
{
    bool header = !s->seen && !s->request->options->no_headers, added;
    for (size_t i = 0; i < l->len; i++) {
        const struct columns columns = columns_of(s, l, l->v[i].kind);
        if (header)
            add_header(s, &columns);
        header = false;
        if (add_object(s, &columns, &l->v[i], true, &added, err) < 0)
            return -1;
        if (added && flush_table(s, err) < 0)
            return -1;
    }
    return 0;
}

void get_show_free(struct get_show *s)
{
    table_free(&s->table);
    json_decref(s->seen);
}
