/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "columns_impl.h"

#include "cleanup.h"
#include "duration.h"
#include "keys.h"
#include "timefmt.h"
#include "tree.h"

void columns_add_or_none(struct strbuf *out, const char *text)
{
    strbuf_adds(out, text && *text ? text : "<none>");
}

void columns_add_age(const struct columns_row *r, const char *since, const char *otherwise,
                     struct strbuf *out)
{
    int64_t t;
    char text[DURATION_HUMAN_MAX];
    bool known = timefmt_parse_rfc3339(since, &t) == 0;
    strbuf_adds(out, known ? duration_human(r->columns->now_us / 1000000 - t, text) : otherwise);
}

const json_t *columns_meta(const struct columns_row *r)
{
    return tree_get(r->object, "metadata");
}

/* ---- of several kinds ---- */

void columns_name_cell(const struct columns_row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(columns_meta(r), "name"));
}

void columns_age_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_age(r, tree_str(columns_meta(r), "creationTimestamp"), "<unknown>", out);
}

void columns_none_cell(const struct columns_row *r, struct strbuf *out)
{
    (void)r;
    strbuf_adds(out, "<none>");
}

void columns_add_map(const json_t *map, struct strbuf *out)
{
    size_t n;
    cleanup_free const char **keys = keys_sorted(map, &n);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(out, "%s%s=%s", i ? "," : "", keys[i], tree_str(map, keys[i]));
    if (!n)
        strbuf_adds(out, "<none>");
}

static void data_cell(const struct columns_row *r, struct strbuf *out)
{
    strbuf_addf(out, "%zu",
                json_object_size(tree_get(r->object, "data")) +
                    json_object_size(tree_get(r->object, "binaryData")));
}

/* ---- jobs ---- */

static void job_status_cell(const struct columns_row *r, struct strbuf *out)
{
    strbuf_adds(out, job_view_state(listed_view(r->found->job)));
}

static void completions_cell(const struct columns_row *r, struct strbuf *out)
{
    const json_t *spec = tree_get(r->object, "spec");
    long long done = tree_int(tree_get(r->object, "status"), "succeeded");
    long long parallelism = tree_int(spec, "parallelism");
    if (tree_has(spec, "completions"))
        strbuf_addf(out, "%lld/%lld", done, tree_int(spec, "completions"));
    else if (parallelism > 1)
        strbuf_addf(out, "%lld/1 of %lld", done, parallelism);
    else
        strbuf_addf(out, "%lld/1", done);
}

static void duration_cell(const struct columns_row *r, struct strbuf *out)
{
    const json_t *status = tree_get(r->object, "status");
    char text[DURATION_HUMAN_MAX];
    int64_t start, end;
    if (timefmt_parse_rfc3339(tree_str(status, "startTime"), &start) < 0)
        return;
    if (timefmt_parse_rfc3339(tree_str(status, "completionTime"), &end) < 0)
        end = r->columns->now_us / 1000000;
    strbuf_adds(out, duration_human(end - start, text));
}

static void add_containers(const struct columns_row *r, const char *field, struct strbuf *out)
{
    size_t i;
    json_t *c;
    const json_t *spec = tree_get(r->object, "spec");
    const json_t *job = tree_at(spec, "jobTemplate", "spec", NULL);
    json_array_foreach (tree_at(job ? job : spec, "template", "spec", "containers", NULL), i, c)
        strbuf_addf(out, "%s%s", i ? "," : "", tree_str(c, field));
}

void columns_containers_cell(const struct columns_row *r, struct strbuf *out)
{
    add_containers(r, "name", out);
}

void columns_images_cell(const struct columns_row *r, struct strbuf *out)
{
    add_containers(r, "image", out);
}

void columns_selector_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_map(tree_at(r->object, "spec", "selector", "matchLabels", NULL), out);
}

static void job_slurm_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_or_none(out, fold_slurm_job(listed_view(r->found->job)->fold));
}

static void job_partition_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_or_none(out, listed_view(r->found->job)->partition);
}

/* ---- secrets, services ---- */

void columns_type_cell(const struct columns_row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(r->object, "type"));
}

static void service_type_cell(const struct columns_row *r, struct strbuf *out)
{
    const char *type = tree_str(tree_get(r->object, "spec"), "type");
    strbuf_adds(out, *type ? type : "ClusterIP");
}

/* Nobody allocates addresses here. */
static void cluster_ip_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_or_none(out, tree_str(tree_get(r->object, "spec"), "clusterIP"));
}

static void ports_cell(const struct columns_row *r, struct strbuf *out)
{
    size_t i;
    json_t *port;
    json_array_foreach (tree_at(r->object, "spec", "ports", NULL), i, port) {
        const char *protocol = tree_str(port, "protocol");
        strbuf_addf(out, "%s%lld/%s", i ? "," : "", tree_int(port, "port"),
                    *protocol ? protocol : "TCP");
    }
    if (!out->len)
        strbuf_adds(out, "<none>");
}

static void service_selector_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_map(tree_at(r->object, "spec", "selector", NULL), out);
}

/* ---- the tables ---- */

static const struct column jobs[COLUMNS_MAX] = {
    {"NAME", columns_name_cell, ALWAYS, false},
    {"STATUS", job_status_cell, ALWAYS, false},
    {"COMPLETIONS", completions_cell, ALWAYS, false},
    {"DURATION", duration_cell, ALWAYS, true},
    {"AGE", columns_age_cell, ALWAYS, true},
    {"CONTAINERS", columns_containers_cell, WIDE, false},
    {"IMAGES", columns_images_cell, WIDE, false},
    {"SELECTOR", columns_selector_cell, WIDE, false},
    {"SLURM JOB", job_slurm_cell, WIDE, false},
    {"PARTITION", job_partition_cell, WIDE, false},
};

static const struct column config_maps[COLUMNS_MAX] = {
    {"NAME", columns_name_cell, ALWAYS, false},
    {"DATA", data_cell, ALWAYS, false},
    {"AGE", columns_age_cell, ALWAYS, true},
};

static const struct column secrets[COLUMNS_MAX] = {
    {"NAME", columns_name_cell, ALWAYS, false},
    {"TYPE", columns_type_cell, ALWAYS, false},
    {"DATA", data_cell, ALWAYS, false},
    {"AGE", columns_age_cell, ALWAYS, true},
};

static const struct column services[COLUMNS_MAX] = {
    {"NAME", columns_name_cell, ALWAYS, false},
    {"TYPE", service_type_cell, ALWAYS, false},
    {"CLUSTER-IP", cluster_ip_cell, ALWAYS, false},
    {"EXTERNAL-IP", columns_none_cell, ALWAYS, false},
    {"PORT(S)", ports_cell, ALWAYS, false},
    {"AGE", columns_age_cell, ALWAYS, true},
    {"SELECTOR", service_selector_cell, WIDE, false},
};

static const struct column *const tables[RESOURCES] = {
    [RESOURCE_JOB] = jobs,
    [RESOURCE_POD] = columns_of_pods,
    [RESOURCE_CONFIG_MAP] = config_maps,
    [RESOURCE_SECRET] = secrets,
    [RESOURCE_SERVICE] = services,
    [RESOURCE_CRON_JOB] = columns_of_cronjobs,
    [RESOURCE_EVENT] = columns_of_events,
    [RESOURCE_NODE] = columns_of_nodes,
};

/* The i-th of those that are shown. */
static const struct column *column_at(const struct columns *c, size_t i)
{
    const struct column *v = tables[c->kind];
    for (size_t k = 0; k < COLUMNS_MAX && v[k].header; k++)
        if ((v[k].shown == ALWAYS || c->wide) && i-- == 0)
            return &v[k];
    return NULL;
}

const char *columns_header(const struct columns *c, size_t i)
{
    const struct column *column = column_at(c, i);
    return column ? column->header : NULL;
}

bool columns_is_age(const struct columns *c, size_t i)
{
    const struct column *column = column_at(c, i);
    return column && column->is_age;
}

int columns_cells(const struct columns *c, struct found *f, struct strbuf *out, struct error *err)
{
    static struct pod_state state; /* its memory serves all rows */
    const struct column *column;
    struct columns_row row = {.columns = c, .found = f, .object = f->object, .state = &state};
    if (f->pod && pods_state(&f->job->pods, f->pod, &state, err) < 0)
        return -1;
    for (size_t i = 0; (column = column_at(c, i)); i++)
        column->cell(&row, &out[i]);
    return 0;
}
