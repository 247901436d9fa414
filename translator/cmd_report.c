/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob report NAME [-o FILE|csv|json|html]
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "job_report.h"
#include "options.h"
#include "resource.h"

static const char usage[] =
    "Write what became of a Job's attempts: one page for a browser (no network, no script), or a\n"
    "row for each attempt.\n"
    "\n"
    "  skjob report [job/]NAME [-o FILE] [options]\n"
    "\n"
    "  -o, --output-file FILE  of the format that the name ends with (.html, .csv, .json); csv, "
    "json\n"
    "                          or html alone write to standard output\n"
    "      --format FORMAT     html, csv or json; default: by the name, else html\n"
    "  -n, --namespace         default: \"default\"\n"
    "\n"
    "Examples:\n"
    "  skjob report sweep -o sweep.html\n"
    "  skjob report sweep -o csv | sort -t, -k7 -n | tail\n";

static const struct format {
    const char *name;
    int (*write)(const struct job_view *v, int64_t now_us, FILE *out, struct error *err);
} formats[] = {{"html", job_report_html}, {"csv", job_report_csv}, {"json", job_report_json}};

static const struct format *find_format(const char *name)
{
    for (size_t i = 0; name && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

/* *file is NULL for standard output. */
static const struct format *choose(const struct options *o, const char **file, struct error *err)
{
    const char *ending = o->output_file ? strrchr(o->output_file, '.') : NULL;
    const struct format *alone = find_format(o->output_file);
    const struct format *given = find_format(o->format);
    *file = alone || (o->output_file && strcmp(o->output_file, "-") == 0) ? NULL : o->output_file;
    if (o->format && !given)
        error_set(err, "unknown format \"%s\": html, csv or json", o->format);
    if (o->format)
        return given;
    if (alone)
        return alone;
    if (!*file)
        return &formats[0];
    const struct format *by_name = ending ? find_format(ending + 1) : NULL;
    if (!by_name)
        error_set(err, "which format is %s? It ends with none of .html, .csv and .json: --format",
                  o->output_file);
    return by_name;
}

static int write_report(const struct job_view *v, const struct format *f, const char *name,
                        struct error *err)
{
    if (!name)
        return f->write(v, job_view_now(), stdout, err);
    FILE *file = fopen(name, "we");
    if (!file)
        return error_set(err, "cannot write %s: %s", name, strerror(errno));
    int rc = f->write(v, job_view_now(), file, err);
    bool bad = ferror(file) != 0;
    if ((fclose(file) != 0 || bad) && rc == 0)
        rc = error_set(err, "cannot write %s: %s", name, strerror(errno));
    return rc;
}

static int run(struct options *o, struct error *err)
{
    const char *file;
    const struct format *f = choose(o, &file, err);
    cleanup_store struct store store = {0};
    cleanup_job_view struct job_view v = {0};
    size_t first =
        o->names_len > 1 && resource_find(o->names[0], strlen(o->names[0])) == RESOURCE_JOB;
    if (!f)
        return -1;
    const char *name = o->names_len == first + 1 ? job_name_of(o->names[first]) : NULL;
    if (!name)
        return error_set(err, "expected 'report NAME', the name of one Job");
    if (store_open(&store, err) < 0)
        return -1;
    int rc = job_view_load(&v, &store, o->ns, name, job_view_now(), err);
    if (rc == 1)
        job_print_not_found(name);
    return rc != 0 ? rc : write_report(&v, f, file, err);
}

const struct verb verb_report = {
    .name = "report",
    .what = "write a page, or a table, about all attempts of a Job",
    .usage = usage,
    .options = " namespace output-file format ",
    .shows_jobs = true,
    .run = run,
};
