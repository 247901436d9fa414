/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "grow.h"
#include "table.h"

#define FILE_MAX ((size_t)1 << 20)

/* ---- custom columns ---- */

static int add_column(struct printer *p, const char *header, size_t header_len, const char *path,
                      size_t path_len, struct error *err)
{
    if (p->n_columns == TABLE_COLUMNS_MAX)
        return error_set(err, "at most %d custom columns can be shown", TABLE_COLUMNS_MAX);
    struct printer_column *v = grow(p->columns, p->n_columns, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    p->columns = v;
    v[p->n_columns] = (struct printer_column){.header = strndup(header, header_len)};
    cleanup_free char *text = strndup(path, path_len);
    if (!text || !v[p->n_columns++].header)
        return error_set(err, "out of memory");
    return jsonpath_parse_relaxed(text, &v[p->n_columns - 1].path, err);
}

/* Commas inside of brackets, parentheses and quotes belong to the path. */
static size_t spec_length(const char *s)
{
    int depth = 0;
    char quote = 0;
    size_t n = 0;
    for (; s[n] && (depth || quote || s[n] != ','); n++) {
        if (quote)
            quote = s[n] == quote ? 0 : quote;
        else if (s[n] == '\'' || s[n] == '"')
            quote = s[n];
        else
            depth += (strchr("[({", s[n]) != NULL) - (depth > 0 && strchr("])}", s[n]));
    }
    return n;
}

static int parse_columns(struct printer *p, const char *spec, struct error *err)
{
    if (!*spec)
        return error_set(err, "custom-columns format specified but no custom columns given");
    for (;; spec++) {
        size_t len = spec_length(spec);
        const char *colon = memchr(spec, ':', len);
        if (!colon)
            return error_set(err,
                             "unexpected custom-columns spec: %.*s, expected "
                             "<header>:<json-path-expr>",
                             (int)(len > 200 ? 200 : len), spec);
        size_t header = (size_t)(colon - spec);
        if (add_column(p, spec, header, colon + 1, len - header - 1, err) < 0)
            return -1;
        spec += len;
        if (!*spec)
            return 0;
    }
}

/* Two lines: headers, and paths below them. */
static int parse_columns_file(struct printer *p, const char *text, struct error *err)
{
    const char *line = strchr(text, '\n');
    if (!line || (strchr(line + 1, '\n') && strchr(line + 1, '\n')[1]))
        return error_set(err, "invalid format, expected exactly two lines in the file of columns");
    const char *headers = text, *paths = line + 1;
    for (;;) {
        headers += strspn(headers, " \t\r");
        paths += strspn(paths, " \t\r\n");
        size_t h = strcspn(headers, " \t\r\n"), n = strcspn(paths, " \t\r\n");
        if (!h && !n)
            break;
        if (!h || !n)
            return error_set(err, "number of headers and field specifications don't match");
        if (add_column(p, headers, h, paths, n, err) < 0)
            return -1;
        headers += h;
        paths += n;
    }
    return p->n_columns ? 0 : error_set(err, "the file of columns names none");
}

/* ---- templates ---- */

static int parse_path(struct printer *p, const char *template, struct error *err)
{
    struct error why;
    if (!*template)
        return error_set(err, "template format specified but no template given");
    p->template = strdup(template);
    if (!p->template)
        return error_set(err, "out of memory");
    if (jsonpath_parse(template, &p->path, &why) < 0)
        return error_set(err, "error parsing jsonpath %.300s, %.500s", template, why.text);
    return 0;
}

/* ---- opening ---- */

static int read_file(const char *path, struct strbuf *out, struct error *err)
{
    char buf[4096];
    cleanup_file FILE *f = *path ? fopen(path, "re") : NULL;
    if (!*path)
        return error_set(err, "template file format specified but no template file given");
    if (!f)
        return error_set(err, "error reading --template %s, %m", path);
    out->max = FILE_MAX;
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        strbuf_add(out, buf, n);
    return ferror(f) || out->failed ? error_set(err, "error reading --template %s", path) : 0;
}

static const struct {
    const char *name;
    enum printer_form form;
    bool takes_value;
    bool from_file;
} forms[] = {
    {"custom-columns", PRINTER_COLUMNS, true, false},
    {"custom-columns-file", PRINTER_COLUMNS, true, true},
    {"json", PRINTER_JSON, false, false},
    {"jsonpath", PRINTER_JSONPATH, true, false},
    {"jsonpath-as-json", PRINTER_JSONPATH_AS_JSON, true, false},
    {"jsonpath-file", PRINTER_JSONPATH, true, true},
    {"name", PRINTER_NAME, false, false},
    {"wide", PRINTER_WIDE, false, false},
    {"yaml", PRINTER_YAML, false, false},
};

#define N_FORMS (sizeof forms / sizeof *forms)

static int unknown_form(const char *output, struct error *err)
{
    cleanup_strbuf struct strbuf list = STRBUF_INIT;
    if (strncmp(output, "go-template", 11) == 0 || strncmp(output, "template", 8) == 0)
        return error_set(err, "Go's templates are not supported: use jsonpath, custom-columns, or "
                              "json with jq");
    for (size_t i = 0; i < N_FORMS; i++)
        strbuf_addf(&list, "%s%s", i ? "," : "", forms[i].name);
    return error_set(err,
                     "unable to match a printer suitable for the output format \"%.200s\", allowed "
                     "formats are: %s",
                     output, strbuf_str(&list));
}

static int parse_value(struct printer *p, bool from_file, const char *value, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (from_file) {
        if (read_file(value, &text, err) < 0)
            return -1;
        value = strbuf_str(&text);
    }
    if (p->form != PRINTER_COLUMNS)
        return parse_path(p, value, err);
    return from_file ? parse_columns_file(p, value, err) : parse_columns(p, value, err);
}

static int open_form(struct printer *p, const char *output, struct error *err)
{
    size_t len = strcspn(output, "=");
    for (size_t i = 0; i < N_FORMS; i++) {
        if (strlen(forms[i].name) != len || strncmp(forms[i].name, output, len) != 0)
            continue;
        if (output[len] && !forms[i].takes_value)
            break;
        p->form = forms[i].form;
        return forms[i].takes_value
                   ? parse_value(p, forms[i].from_file, output + len + (output[len] == '='), err)
                   : 0;
    }
    return unknown_form(output, err);
}

int printer_open(struct printer *p, const char *output, bool allow_missing, struct error *err)
{
    *p = (struct printer){.form = PRINTER_TABLE};
    if (!output || !*output)
        return 0;
    if (open_form(p, output, err) < 0) {
        printer_close(p);
        return -1;
    }
    if (p->path)
        jsonpath_allow_missing(p->path, allow_missing);
    return 0;
}

void printer_close(struct printer *p)
{
    for (size_t i = 0; i < p->n_columns; i++) {
        free(p->columns[i].header);
        jsonpath_free(p->columns[i].path);
    }
    free(p->columns);
    free(p->template);
    jsonpath_free(p->path);
    *p = (struct printer){0};
}
