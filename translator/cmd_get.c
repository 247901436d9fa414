/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * skjob get jobs|configmaps|secrets|services [NAME...] [-o json|yaml|name]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "commands.h"
#include "duration.h"
#include "job_view.h"
#include "object_show.h"
#include "options.h"
#include "print.h"
#include "resource.h"
#include "table.h"
#include "timefmt.h"
#include "tree.h"

static const char usage[] = "Show Jobs and their status, or the objects that Jobs refer to.\n"
                            "\n"
                            "  skjob get jobs [NAME ...] [options]\n"
                            "  skjob get configmaps|secrets|services [NAME ...] [options]\n"
                            "  skjob get job/NAME [options]\n"
                            "\n"
                            "  -n, --namespace   default: \"default\"\n"
                            "  -o, --output      json, yaml or name\n"
                            "      --no-headers  leave out the first line of the table\n"
                            "\n"
                            "Examples:\n"
                            "  skjob get jobs\n"
                            "  skjob get job pi -o yaml\n";

struct get {
    const struct options *options;
    struct store store;
    struct job_view *views;
    size_t len;
    int64_t now_us;
};

static int64_t seconds_of(const json_t *obj, const char *field, int64_t otherwise)
{
    int64_t t;
    return timefmt_parse_rfc3339(tree_str(obj, field), &t) == 0 ? t : otherwise;
}

static void completions_cell(const json_t *job, char *out, size_t size)
{
    const json_t *spec = tree_get(job, "spec");
    long long done = tree_int(tree_get(job, "status"), "succeeded");
    long long parallelism = tree_int(spec, "parallelism");
    if (tree_has(spec, "completions"))
        snprintf(out, size, "%lld/%lld", done, tree_int(spec, "completions"));
    else if (parallelism > 1)
        snprintf(out, size, "%lld/1 of %lld", done, parallelism);
    else
        snprintf(out, size, "%lld/1", done);
}

static void add_row(struct table *t, const struct get *g, const struct job_view *v)
{
    const json_t *meta = tree_get(v->object, "metadata");
    const json_t *status = tree_get(v->object, "status");
    int64_t now = g->now_us / 1000000;
    char completions[64], duration[DURATION_HUMAN_MAX] = "", age[DURATION_HUMAN_MAX];
    completions_cell(v->object, completions, sizeof completions);
    if (tree_has(status, "startTime"))
        duration_human(seconds_of(status, "completionTime", now) -
                           seconds_of(status, "startTime", now),
                       duration);
    duration_human(now - seconds_of(meta, "creationTimestamp", now), age);
    const char *const cells[] = {
        tree_str(meta, "name"), job_view_state(v), completions, duration, age, NULL};
    table_row(t, cells);
}

static int print_table(const struct get *g, struct error *err)
{
    static const char *const header[] = {"NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE", NULL};
    cleanup_table struct table t = {0};
    if (!g->options->no_headers)
        table_row(&t, header);
    for (size_t i = 0; i < g->len; i++)
        add_row(&t, g, &g->views[i]);
    return table_print(&t, stdout) < 0 ? error_set(err, "out of memory") : 0;
}

static int print_objects(const struct get *g, bool single, struct error *err)
{
    cleanup_json json_t *objects = json_array();
    for (size_t i = 0; i < g->len; i++)
        json_array_append(objects, g->views[i].object);
    return print_list(objects, single, g->options->output, err);
}

static int load_one(struct get *g, const char *name, struct error *err)
{
    struct job_view *v = reallocarray(g->views, g->len + 1, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    g->views = v;
    int rc = job_view_load(&v[g->len], &g->store, g->options->ns, name, g->now_us, err);
    g->len += rc == 0;
    return rc;
}

static int load_all(struct get *g, struct error *err)
{
    char **names;
    size_t n;
    if (store_list(&g->store, g->options->ns, &names, &n, err) < 0)
        return -1;
    int rc = 0;
    for (size_t i = 0; i < n; i++) {
        if (rc >= 0)
            rc = load_one(g, names[i], err);
        free(names[i]);
    }
    free(names);
    return rc < 0 ? -1 : 0;
}

/* Loads what the words ask for. Returns the number of Jobs that are not there, -1 with err. */
static int load(struct get *g, struct error *err)
{
    const struct options *o = g->options;
    size_t first = 0;
    int missing = 0;
    if (o->names_len && resource_find(o->names[0], strlen(o->names[0])) == RESOURCE_JOB)
        first = 1;
    if (!o->names_len)
        return error_set(err, "Required resource not specified: skjob get jobs");
    if (first == 0 && !strchr(o->names[0], '/'))
        return error_set(err, "the server doesn't have a resource type \"%s\"", o->names[0]);
    if (first == o->names_len)
        return load_all(g, err);
    for (size_t i = first; i < o->names_len; i++) {
        const char *name = job_name_of(o->names[i]);
        if (!name)
            return error_set(err, "the server doesn't have a resource type in \"%s\"", o->names[i]);
        int rc = load_one(g, name, err);
        if (rc < 0)
            return -1;
        if (rc == 1) {
            job_print_not_found(name);
            missing++;
        }
    }
    return missing;
}

static int print(const struct get *g, struct error *err)
{
    const struct options *o = g->options;
    bool single = o->names_len == 2 || (o->names_len == 1 && strchr(o->names[0], '/'));
    if (o->output == OUTPUT_NAME) {
        for (size_t i = 0; i < g->len; i++)
            printf("job.batch/%s\n", tree_str(tree_get(g->views[i].object, "metadata"), "name"));
        return 0;
    }
    if (o->output != OUTPUT_DEFAULT)
        return single && !g->len ? 0 : print_objects(g, single, err);
    if (g->len)
        return print_table(g, err);
    return 0;
}

static int get_jobs(struct get *g, struct error *err)
{
    const struct options *o = g->options;
    int missing = load(g, err);
    if (missing == 0 && !g->len && o->output == OUTPUT_DEFAULT)
        fprintf(stderr, "No resources found in %s namespace.\n", o->ns);
    return missing >= 0 && print(g, err) < 0 ? -1 : missing;
}

static int get(struct get *g, struct error *err)
{
    const struct options *o = g->options;
    enum object_kind kind;
    const char *name;
    if (store_open(&g->store, err) < 0)
        return -1;
    if (o->names_len && resource_stored_as(resource_split(o->names[0], &name), &kind))
        return object_show(&g->store, o, kind, err);
    return get_jobs(g, err);
}

int cmd_get(int argc, char **argv)
{
    struct error err;
    cleanup_options struct options o;
    struct get g = {.options = &o, .now_us = job_view_now()};
    int missing = options_parse(&o, argc, argv, " namespace output no-headers ", &err);
    if (missing == 0 && o.help) {
        fputs(usage, stdout);
        return 0;
    }
    if (missing == 0)
        missing = get(&g, &err);
    if (missing < 0)
        fprintf(stderr, "error: %s\n", err.text);
    for (size_t i = 0; i < g.len; i++)
        job_view_free(&g.views[i]);
    free(g.views);
    store_close(&g.store);
    return missing != 0;
}
