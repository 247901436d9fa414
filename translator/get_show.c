/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "get_show.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "columns.h"
#include "gojson.h"
#include "tree.h"

/* EVENT, NAMESPACE, the kind's own, those of -L, LABELS */
#define CELLS_MAX TABLE_COLUMNS_MAX
#define CELL_END  '\n'

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
    if (o->watch_events)
        strbuf_adds(next_cell(c), "EVENT");
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
    if (o->watch_events)
        next_cell(c); /* see watched_row() */
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

static int add_object(struct get_show *s, const struct columns *columns, struct found *f,
                      struct error *err)
{
    __attribute__((cleanup(cells_free))) struct cells c = {0};
    if (object_cells(s, columns, f, &c, err) < 0)
        return -1;
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
        if (add_object(s, &columns, &l->v[i], err) < 0)
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

/* A pod's object is made, printed and dropped: there may be very many. */
static int show_objects(const struct get_show *s, struct listing *l, struct error *err)
{
    const struct get_request *r = s->request;
    cleanup_printing struct printing p;
    printing_begin(&p, &r->printer, r->single ? PRINTING_SINGLE : PRINTING_LIST);
    for (size_t i = 0; i < l->len; i++) {
        const json_t *object = listing_object(&l->v[i], err);
        if (!object || printing_add(&p, (json_t *)object, err) < 0)
            return -1;
        if (l->v[i].pod)
            listing_forget(&l->v[i]);
    }
    return r->single && !l->len ? 0 : printing_end(&p, err);
}

/* As kubectl get and kubectl events say it. */
static void tell_none(const struct get_request *r)
{
    const char *what = r->is_events ? "events" : "resources";
    if (r->options->all_namespaces || r->v[0].kind == RESOURCE_NODE)
        fprintf(stderr, "No %s found%s\n", what, r->is_events ? "." : "");
    else
        fprintf(stderr, "No %s found in %s namespace.\n", what, r->options->ns);
}

int get_show_all(struct get_show *s, struct listing *l, int missing, struct error *err)
{
    const struct options *o = s->request->options;
    if (s->request->printer.form == PRINTER_NAME) {
        show_names(l);
        return 0;
    }
    if (!is_table(s->request))
        return show_objects(s, l, err);
    if (!l->len && !missing && !o->ignore_not_found)
        tell_none(s->request);
    return show_tables(s, l, err);
}

/* ---- what is watched ---- */

/* The cells as one text. */
static void join(const struct columns *columns, const struct cells *c, bool ages,
                 struct strbuf *out)
{
    for (size_t i = 0; i < c->n; i++)
        if (ages || i < c->first || !columns_is_age(columns, i - c->first))
            strbuf_addf(out, "%s%c", strbuf_str(&c->v[i]), CELL_END);
}

static void watched_row(struct get_show *s, enum seen_change change, const char *text)
{
    __attribute__((cleanup(cells_free))) struct cells c = {0};
    const struct get_request *r = s->request;
    const struct columns columns = {r->v[0].kind, r->printer.form == PRINTER_WIDE, 0};
    if (!s->has_header && !r->options->no_headers)
        add_header(s, &columns);
    s->has_header = true;
    for (const char *end; (end = strchr(text, CELL_END)); text = end + 1)
        strbuf_add(next_cell(&c), text, (size_t)(end - text));
    if (r->options->watch_events)
        strbuf_adds(&c.v[0], seen_type(change));
    add_row(&s->table, &c);
}

static int watched_object(struct get_show *s, enum seen_change change, const char *text,
                          struct error *err)
{
    cleanup_json json_t *object = json_loads(text, JSON_DECODE_ANY, NULL);
    if (!object)
        return error_set(err, "out of memory");
    return s->request->options->watch_events
               ? printing_add_event(&s->printing, seen_type(change), object, err)
               : printing_add(&s->printing, object, err);
}

/* what: the cells of its row, its name, or its JSON. */
static int show_watched(struct get_show *s, enum seen_change change, const char *what,
                        struct error *err)
{
    if (change == SEEN_SAME || (!s->begun && s->request->options->watch_only))
        return 0;
    if (is_table(s->request))
        watched_row(s, change, what);
    else if (s->request->printer.form == PRINTER_NAME)
        puts(what);
    else
        return watched_object(s, change, what, err);
    return 0;
}

static int show_gone(void *arg, const char *what, struct error *err)
{
    return show_watched(arg, SEEN_GONE, what, err);
}

/* What it is shown by, and what of that tells whether it has changed. */
static int describe_row(struct get_show *s, const struct listing *l, struct found *f,
                        struct strbuf *text, struct strbuf *what, struct error *err)
{
    __attribute__((cleanup(cells_free))) struct cells c = {0};
    const struct columns columns = columns_of(s, l, f->kind);
    if (object_cells(s, &columns, f, &c, err) < 0)
        return -1;
    join(&columns, &c, false, text);
    join(&columns, &c, true, what);
    return 0;
}

static int describe_object(struct get_show *s, struct found *f, struct strbuf *text,
                           struct strbuf *what, struct error *err)
{
    const json_t *object = listing_object(f, err);
    if (!object || gojson_add(text, object, 0, err) < 0)
        return -1;
    if (s->request->printer.form == PRINTER_NAME) {
        strbuf_addf(what, "%s/", resource_singular(f->kind));
        listing_name(f, what);
    } else {
        strbuf_adds(what, strbuf_str(text));
    }
    if (f->pod)
        listing_forget(f);
    return 0;
}

static int watch_one(struct get_show *s, const struct listing *l, struct found *f,
                     struct error *err)
{
    cleanup_strbuf struct strbuf key = STRBUF_INIT, text = STRBUF_INIT, what = STRBUF_INIT;
    enum seen_change change;
    int rc = is_table(s->request) ? describe_row(s, l, f, &text, &what, err)
                                  : describe_object(s, f, &text, &what, err);
    strbuf_addf(&key, "%s/", namespace_of(f));
    listing_name(f, &key);
    if (rc < 0 || seen_note(&s->seen, strbuf_str(&key), strbuf_str(&text), strbuf_str(&what),
                            &change, err) < 0)
        return -1;
    return show_watched(s, change, strbuf_str(&what), err);
}

int get_show_changes(struct get_show *s, struct listing *l, struct error *err)
{
    if (!s->printing.printer)
        printing_begin(&s->printing, &s->request->printer, PRINTING_EACH);
    for (size_t i = 0; i < l->len; i++)
        if (watch_one(s, l, &l->v[i], err) < 0)
            return -1;
    if (seen_end(&s->seen, show_gone, s, err) < 0 || flush_table(s, err) < 0 ||
        printing_flush(&s->printing, err) < 0)
        return -1;
    s->begun = true;
    return 0;
}

void get_show_free(struct get_show *s)
{
    table_free(&s->table);
    seen_free(&s->seen);
    printing_free(&s->printing);
}
