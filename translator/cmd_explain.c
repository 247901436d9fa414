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
#include "site.h"
#include "strbuf.h"
#include "suggest.h"

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

/* Those that have a schema. */
static const struct {
    const char *kind, *group;
    const struct schema *schema;
    const char *at; /* below a Job, NULL = nothing is told of it on Slurm */
} kinds[RESOURCES] = {
    [RESOURCE_JOB] = {"Job", "batch", &schema_job, ""},
    [RESOURCE_POD] = {"Pod", "", &schema_pod_template_spec, "spec.template"},
    [RESOURCE_CRON_JOB] = {"CronJob", "batch", &schema_cron_job, ""},
    [RESOURCE_CONFIG_MAP] = {"ConfigMap", "", &schema_config_map, NULL},
    [RESOURCE_SECRET] = {"Secret", "", &schema_secret, NULL},
    [RESOURCE_SERVICE] = {"Service", "", &schema_service, NULL},
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

/* What becomes of a field here: the table, and what the site's skjob.conf makes of it. */
static void add_verdict(const struct mapping_row *r, struct strbuf *out)
{
    cleanup_json json_t *any = json_object();
    cleanup_translation struct translation t = {0};
    struct verdict v = {r->fate, r->reason};
    long row = mapping_find(r->path); /* those of CronJobs are in another table */
    if (row >= 0 && r == &mapping[row] && translation_make_for(&t, any, site_conf(), NULL) == 0)
        v = t.verdicts[row];
    if (v.fate == FATE_IGNORED && r->translate && r->translate != map_image)
        strbuf_adds(out, "by the maps of skjob.conf; ignored where they have no entry");
    else
        strbuf_addf(out, "%s: %s", fate_name(v.fate), v.reason);
}

static bool is_cronjob(const struct explaining *x)
{
    return x->kind == RESOURCE_CRON_JOB;
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
    const struct mapping_row *own = is_cronjob(x) ? mapping_find_template(path) : NULL;
    long row = find_row(path + (is_cronjob(x) ? strlen(template) : 0));
    return own || row < 0 ? own : &mapping[row];
}

static void print_slurm(const struct explaining *x)
{
    const struct mapping_row *row = row_of(x);
    if (!row)
        return;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    add_verdict(row, &text);
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
    size_t one = strcspn(word, ".");
    size_t two = one + (word[one] == '.') + strcspn(word + one + (word[one] == '.'), ".");
    int kind = resource_find(word, *len = two);
    if (kind < 0)
        kind = resource_find(word, *len = one);
    return kind >= 0 && kinds[kind].schema ? kind : -1;
}

#define HINTS_MAX 100

static int no_field(const struct explaining *x, const char *name, size_t n, struct error *err)
{
    const char *names[HINTS_MAX];
    size_t len = 0;
    cleanup_free char *word = strndup(name, n < 200 ? n : 200);
    for (const struct field *f = x->schema ? x->schema->fields : NULL; f && f->name; f++)
        if (len < HINTS_MAX)
            names[len++] = f->name;
    const char *near = word ? suggest(word, names, len) : NULL;
    return error_set(err, "field \"%s\" does not exist%s%s%s", word ? word : "",
                     near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
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
    return no_field(x, name, n, err);
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
