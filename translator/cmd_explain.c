/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob explain job.spec.backoffLimit: the type of a field, its meaning, and what it becomes on
 * Slurm, from the tables that decode and translate it.
 */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "explain_text.h"
#include "mapping.h"
#include "options.h"
#include "resource.h"
#include "schema.h"
#include "strbuf.h"

#define WIDTH 80

static const char usage[] = "Tell what a field means, and what it becomes on Slurm.\n"
                            "\n"
                            "  skjob explain TYPE[.FIELD ...] [--recursive]\n"
                            "\n"
                            "      --recursive   all fields below, names and types only\n"
                            "\n"
                            "Examples:\n"
                            "  skjob explain job.spec.backoffLimit\n"
                            "  skjob explain job.spec --recursive\n";

static const struct {
    const char *words[5];
    const char *kind, *group;
    const struct schema *schema;
    const char *at; /* below a Job, NULL = nothing is told of it on Slurm */
} kinds[] = {
    {{"job", "jobs", "job.batch", "jobs.batch"}, "Job", "batch", &schema_job, ""},
    {{"pod", "pods", "po"}, "Pod", "", &schema_pod_template_spec, "spec.template"},
    {{"cronjob", "cronjobs", "cj", "cronjob.batch", "cronjobs.batch"},
     "CronJob",
     "batch",
     &schema_cron_job,
     ""},
    {{"configmap", "configmaps", "cm"}, "ConfigMap", "", &schema_config_map, NULL},
    {{"secret", "secrets"}, "Secret", "", &schema_secret, NULL},
    {{"service", "services", "svc"}, "Service", "", &schema_service, NULL},
};

struct explaining {
    size_t kind;
    const struct schema *schema; /* what the path leads into, NULL for a plain field */
    const struct field *field;   /* the last of the path, NULL = the object itself */
    struct strbuf path;          /* from the Job on */
};

/* ---- types ---- */

static const char *const type_names[] = {
    [F_STRING] = "string",
    [F_BOOL] = "boolean",
    [F_INT32] = "integer",
    [F_INT64] = "integer",
    [F_QUANTITY] = "Quantity",
    [F_INT_OR_STR] = "IntOrString",
    [F_TIME] = "string",
    [F_OBJECT] = "Object",
    [F_LIST] = "[]Object",
    [F_MAP] = "map[string]string",
    [F_MAP_QUANTITY] = "map[string]Quantity",
    [F_MAP_BYTES] = "map[string]string",
    [F_ANY] = "Object",
};

static void add_type(const struct field *f, struct strbuf *out)
{
    bool list = f->type == F_LIST;
    enum field_type type = list ? f->elem : f->type;
    strbuf_addf(out, "<%s%s>", list ? "[]" : "",
                type == F_OBJECT && f->sub ? f->sub->name : type_names[type]);
}

/* ---- texts ---- */

/* In lines of WIDTH characters. */
static void print_wrapped(const char *text, int indent)
{
    int column = 0;
    for (const char *p = text; *p;) {
        int n = (int)strcspn(p, " ");
        if (column && column + 1 + n > WIDTH) {
            putchar('\n');
            column = 0;
        }
        column += column ? printf(" %.*s", n, p) : printf("%*s%.*s", indent, "", n, p);
        p += n;
        p += *p == ' ';
    }
    putchar('\n');
}

static const char *const fates[] = {
    [FATE_HONOURED] = "honoured",
    [FATE_APPROXIMATED] = "approximated",
    [FATE_IGNORED] = "ignored",
    [FATE_REFUSED] = "refused",
};

/* The row of the field, or of the nearest one around it. */
static long find_row(const char *path)
{
    char buf[256];
    snprintf(buf, sizeof buf, "%s", path);
    for (;;) {
        long row = mapping_find(buf);
        char *dot = strrchr(buf, '.');
        if (row >= 0 || !dot)
            return row;
        *dot = '\0';
    }
}

static bool is_cronjob(const struct explaining *x)
{
    return kinds[x->kind].schema == &schema_cron_job;
}

static const char *text_of(const struct explaining *x, const char *path)
{
    if (!kinds[x->kind].at)
        return "";
    return is_cronjob(x) ? explain_cronjob_text(path) : explain_text(path);
}

/* NULL where nothing is told. */
static const struct mapping_row *row_of(const struct explaining *x)
{
    static const char template[] = "spec.jobTemplate.";
    const char *path = strbuf_str(&x->path);
    if (!kinds[x->kind].at || !x->field || strncmp(path, "status", 6) == 0)
        return NULL;
    if (is_cronjob(x) && strncmp(path, template, strlen(template)) != 0)
        return mapping_find_cronjob(path);
    long row = find_row(path + (is_cronjob(x) ? strlen(template) : 0));
    return row < 0 ? NULL : &mapping[row];
}

static void print_slurm(const struct explaining *x)
{
    const struct mapping_row *row = row_of(x);
    if (!row)
        return;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "%s: %s", fates[row->fate], row->reason);
    puts("ON SLURM:");
    print_wrapped(strbuf_str(&text), 4);
    putchar('\n');
}

static void print_field(const struct explaining *x, const struct field *f, const char *path)
{
    cleanup_strbuf struct strbuf type = STRBUF_INIT;
    const char *text = text_of(x, path);
    add_type(f, &type);
    printf("  %s\t%s\n", f->name, strbuf_str(&type));
    if (*text)
        print_wrapped(text, 4);
    putchar('\n');
}

static void print_fields(const struct explaining *x)
{
    puts("FIELDS:");
    for (const struct field *f = x->schema->fields; f->name; f++) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s%s%s", strbuf_str(&x->path), x->path.len ? "." : "", f->name);
        print_field(x, f, strbuf_str(&path));
    }
}

/* Depth is bounded: no type of the tables contains itself. */
static void print_tree(const struct schema *s, int indent)
{
    for (const struct field *f = s->fields; f->name; f++) {
        cleanup_strbuf struct strbuf type = STRBUF_INIT;
        add_type(f, &type);
        printf("%*s%s\t%s\n", indent, "", f->name, strbuf_str(&type));
        if (f->sub)
            print_tree(f->sub, indent + 2);
    }
}

static void print_head(const struct explaining *x)
{
    cleanup_strbuf struct strbuf type = STRBUF_INIT;
    if (*kinds[x->kind].group)
        printf("GROUP:      %s\n", kinds[x->kind].group);
    printf("KIND:       %s\nVERSION:    v1\n\n", kinds[x->kind].kind);
    if (!x->field)
        return;
    add_type(x->field, &type);
    printf("FIELD: %s %s\n\n", x->field->name, strbuf_str(&type));
}

static void print(const struct explaining *x, bool recursive)
{
    const char *text = text_of(x, strbuf_str(&x->path));
    print_head(x);
    puts("DESCRIPTION:");
    print_wrapped(*text ? text : "<empty>", 4);
    putchar('\n');
    print_slurm(x);
    if (!x->schema)
        return;
    if (!recursive) {
        print_fields(x);
        return;
    }
    puts("FIELDS:");
    print_tree(x->schema, 2);
}

/* ---- words ---- */

/* "job.batch" is one word. */
static int find_kind(const char *word, size_t *len)
{
    int found = -1;
    *len = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (size_t j = 0; j < 5 && kinds[i].words[j]; j++) {
            size_t n = strlen(kinds[i].words[j]);
            bool is_it = strncmp(word, kinds[i].words[j], n) == 0 && (!word[n] || word[n] == '.');
            if (is_it && n > *len) {
                found = (int)i;
                *len = n;
            }
        }
    return found;
}

static int step(struct explaining *x, const char *name, size_t n, struct error *err)
{
    for (const struct field *f = x->schema ? x->schema->fields : NULL; f && f->name; f++) {
        if (strlen(f->name) != n || strncmp(f->name, name, n) != 0)
            continue;
        strbuf_addf(&x->path, "%s%s", x->path.len ? "." : "", f->name);
        x->field = f;
        x->schema = f->sub;
        return 0;
    }
    return error_set(err, "field \"%.*s\" does not exist", (int)(n < 200 ? n : 200), name);
}

static int explain(struct explaining *x, const struct options *o, struct error *err)
{
    size_t n;
    if (!o->names_len)
        return error_set(err,
                         "You must specify the type of resource to explain: skjob explain job");
    if (o->names_len > 1)
        return error_set(err, "We accept only this format: explain RESOURCE");
    const char *p = o->names[0];
    int kind = find_kind(p, &n);
    if (kind < 0)
        return error_set(err, "the server doesn't have a resource type \"%.*s\"",
                         (int)strcspn(p, "."), p);
    x->kind = (size_t)kind;
    x->schema = kinds[kind].schema;
    strbuf_adds(&x->path, kinds[kind].at ? kinds[kind].at : "");
    for (p += n; *p; p += n) {
        n = strcspn(++p, ".");
        if (n && step(x, p, n, err) < 0)
            return -1;
    }
    print(x, o->recursive);
    return 0;
}

static int run(struct options *o, struct error *err)
{
    struct explaining x = {.path = STRBUF_INIT};
    int rc = explain(&x, o, err);
    strbuf_free(&x.path);
    return rc;
}

const struct verb verb_explain = {
    .name = "explain",
    .what = "tell what a field means, and what it becomes on Slurm",
    .usage = usage,
    .options = " recursive ",
    .run = run,
};
