/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printing.h"

#include <stdio.h>

#include "cleanup.h"
#include "gojson.h"

/* ---- custom columns ---- */

static int column_text(const struct printer_column *c, const json_t *object, struct strbuf *out,
                       struct error *err)
{
    cleanup_json json_t *values = NULL;
    size_t i;
    json_t *v;
    if (jsonpath_find(c->path, object, &values, err) < 0)
        return -1;
    json_array_foreach (values, i, v) {
        strbuf_adds(out, i ? "," : "");
        if (jsonpath_print_value(v, out, err) < 0)
            return -1;
    }
    if (!json_array_size(values))
        strbuf_adds(out, "<none>");
    return 0;
}

static int add_columns(const struct printer *p, struct table *t, const json_t *object,
                       struct error *err)
{
    struct strbuf cells[TABLE_COLUMNS_MAX] = {0};
    const char *texts[TABLE_COLUMNS_MAX + 1] = {0};
    int rc = 0;
    for (size_t i = 0; i < p->n_columns; i++) {
        if (!object)
            strbuf_adds(&cells[i], p->columns[i].header);
        else if (rc == 0)
            rc = column_text(&p->columns[i], object, &cells[i], err);
        texts[i] = strbuf_str(&cells[i]);
    }
    if (rc == 0)
        table_row(t, texts);
    for (size_t i = 0; i < p->n_columns; i++)
        strbuf_free(&cells[i]);
    return rc;
}

static int add_row(struct printing *p, const json_t *object, struct error *err)
{
    bool first = p->len == 0 && !p->printer->no_headers;
    return first && add_columns(p->printer, &p->table, NULL, err) < 0
               ? -1
               : add_columns(p->printer, &p->table, object, err);
}

int printing_flush(struct printing *p, struct error *err)
{
    int rc = table_print(&p->table, stdout);
    table_clear(&p->table);
    return rc < 0 ? error_set(err, "out of memory") : 0;
}

/* ---- templates ---- */

static int refused(const struct printer *p, const struct error *why, struct error *err)
{
    return error_set(err, "error executing jsonpath \"%.300s\": Error executing template: %.500s",
                     p->template, why->text);
}

static int execute(const struct printer *p, const json_t *data, struct error *err)
{
    struct error why;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    cleanup_json json_t *results = NULL;
    int rc = p->form == PRINTER_JSONPATH ? jsonpath_print(p->path, data, &out, &why)
                                         : jsonpath_find(p->path, data, &results, &why);
    if (rc < 0)
        return refused(p, &why, err);
    if (results && (gojson_add(&out, results, 4, err) < 0))
        return -1;
    fwrite(strbuf_str(&out), 1, out.len, stdout);
    if (results)
        putchar('\n');
    return 0;
}

/* item NULL: the end. */
static int execute_item(struct printing *p, json_t *item, struct error *err)
{
    struct error why;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    int rc = item ? jsonpath_items_print(&p->items, item, &out, &why)
                  : jsonpath_items_end(&p->items, &out, &why);
    fwrite(strbuf_str(&out), 1, out.len, stdout);
    return rc < 0 ? refused(p->printer, &why, err) : 0;
}

static int add_to_path(struct printing *p, json_t *object, struct error *err)
{
    if (p->as != PRINTING_LIST)
        return execute(p->printer, object, err);
    if (p->itemwise)
        return execute_item(p, object, err);
    return json_array_append(p->kept, object) < 0 ? error_set(err, "out of memory") : 0;
}

static int end_path(struct printing *p, struct error *err)
{
    if (p->itemwise)
        return execute_item(p, NULL, err);
    cleanup_json json_t *list = print_make_list(p->kept);
    return list ? execute(p->printer, list, err) : error_set(err, "out of memory");
}

/* ---- all forms ---- */

static enum output format_of(const struct printer *p)
{
    return p->form == PRINTER_JSON ? OUTPUT_JSON : OUTPUT_YAML;
}

void printing_begin(struct printing *p, const struct printer *printer, enum printing_as as)
{
    *p = (struct printing){.printer = printer, .as = as};
    p->list.format = format_of(printer);
    p->itemwise =
        printer->form == PRINTER_JSONPATH && jsonpath_items_begin(&p->items, printer->path);
    p->kept = json_array();
}

void printing_free(struct printing *p)
{
    table_free(&p->table);
    json_decref(p->kept);
}

static int add(struct printing *p, json_t *object, struct error *err)
{
    switch (p->printer->form) {
    case PRINTER_JSON:
    case PRINTER_YAML:
        return p->as == PRINTING_LIST ? print_list_item(&p->list, object, err)
                                      : print_object(object, p->list.format, &p->list.len, err);
    case PRINTER_COLUMNS:
        return add_row(p, object, err);
    case PRINTER_JSONPATH:
    case PRINTER_JSONPATH_AS_JSON:
        return add_to_path(p, object, err);
    default:
        return error_set(err, "this form is printed elsewhere");
    }
}

int printing_add(struct printing *p, json_t *object, struct error *err)
{
    int rc = add(p, object, err);
    p->len++;
    return rc;
}

int printing_add_event(struct printing *p, const char *type, json_t *object, struct error *err)
{
    if (p->printer->form == PRINTER_COLUMNS)
        return printing_add(p, object, err);
    if (p->printer->form == PRINTER_JSON) { /* on a line of its own, and in this order */
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        if (gojson_add(&text, object, 0, err) < 0)
            return -1;
        printf("{\"type\":\"%s\",\"object\":%s}\n", type, strbuf_str(&text));
        return 0;
    }
    cleanup_json json_t *event = json_pack("{s:s, s:O}", "type", type, "object", object);
    return event ? printing_add(p, event, err) : error_set(err, "out of memory");
}

int printing_end(struct printing *p, struct error *err)
{
    enum printer_form form = p->printer->form;
    if (form == PRINTER_COLUMNS) {
        bool headers = p->len == 0 && !p->printer->no_headers;
        return headers && add_columns(p->printer, &p->table, NULL, err) < 0
                   ? -1
                   : printing_flush(p, err);
    }
    if (p->as != PRINTING_LIST)
        return 0;
    return form == PRINTER_JSON || form == PRINTER_YAML ? print_list_end(&p->list, err)
                                                        : end_path(p, err);
}
