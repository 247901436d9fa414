/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "columns.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "duration.h"
#include "keys.h"
#include "timefmt.h"
#include "tree.h"

/* What a cell is made of. */
struct row {
    const struct columns *columns;
    const struct found *found;
    const json_t *object;          /* NULL for pods */
    const struct pod_state *state; /* of pods */
};

typedef void cell_fn(const struct row *r, struct strbuf *out);

static void add_or_none(struct strbuf *out, const char *text)
{
    strbuf_adds(out, text && *text ? text : "<none>");
}

static void add_age(const struct row *r, const char *since, const char *otherwise,
                    struct strbuf *out)
{
    int64_t t;
    char text[DURATION_HUMAN_MAX];
    bool known = timefmt_parse_rfc3339(since, &t) == 0;
    strbuf_adds(out, known ? duration_human(r->columns->now_us / 1000000 - t, text) : otherwise);
}

static const json_t *meta(const struct row *r)
{
    return tree_get(r->object, "metadata");
}

/* ---- of several kinds ---- */

static void name_cell(const struct row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(meta(r), "name"));
}

static void age_cell(const struct row *r, struct strbuf *out)
{
    add_age(r, tree_str(meta(r), "creationTimestamp"), "<unknown>", out);
}

static void none_cell(const struct row *r, struct strbuf *out)
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

static void data_cell(const struct row *r, struct strbuf *out)
{
    strbuf_addf(out, "%zu",
                json_object_size(tree_get(r->object, "data")) +
                    json_object_size(tree_get(r->object, "binaryData")));
}

/* ---- jobs ---- */

static void job_status_cell(const struct row *r, struct strbuf *out)
{
    strbuf_adds(out, job_view_state(listed_view(r->found->job)));
}

static void completions_cell(const struct row *r, struct strbuf *out)
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

static void duration_cell(const struct row *r, struct strbuf *out)
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

static void add_containers(const struct row *r, const char *field, struct strbuf *out)
{
    size_t i;
    json_t *c;
    const json_t *spec = tree_get(r->object, "spec");
    const json_t *job = tree_at(spec, "jobTemplate", "spec", NULL);
    json_array_foreach (tree_at(job ? job : spec, "template", "spec", "containers", NULL), i, c)
        strbuf_addf(out, "%s%s", i ? "," : "", tree_str(c, field));
}

static void containers_cell(const struct row *r, struct strbuf *out)
{
    add_containers(r, "name", out);
}

static void images_cell(const struct row *r, struct strbuf *out)
{
    add_containers(r, "image", out);
}

static void selector_cell(const struct row *r, struct strbuf *out)
{
    columns_add_map(tree_at(r->object, "spec", "selector", "matchLabels", NULL), out);
}

static void job_slurm_cell(const struct row *r, struct strbuf *out)
{
    add_or_none(out, fold_slurm_job(listed_view(r->found->job)->fold));
}

static void job_partition_cell(const struct row *r, struct strbuf *out)
{
    add_or_none(out, listed_view(r->found->job)->partition);
}

/* ---- cronjobs ---- */

static void schedule_cell(const struct row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(tree_get(r->object, "spec"), "schedule"));
}

static void time_zone_cell(const struct row *r, struct strbuf *out)
{
    add_or_none(out, tree_str(tree_get(r->object, "spec"), "timeZone"));
}

static void suspend_cell(const struct row *r, struct strbuf *out)
{
    const json_t *spec = tree_get(r->object, "spec");
    strbuf_adds(out, !tree_has(spec, "suspend")   ? "<unset>"
                     : tree_bool(spec, "suspend") ? "True"
                                                  : "False");
}

static void active_cell(const struct row *r, struct strbuf *out)
{
    strbuf_addf(out, "%zu", json_array_size(tree_at(r->object, "status", "active", NULL)));
}

static void last_schedule_cell(const struct row *r, struct strbuf *out)
{
    add_age(r, tree_str(tree_get(r->object, "status"), "lastScheduleTime"), "<none>", out);
}

/* ---- pods ---- */

static void pod_name_cell(const struct row *r, struct strbuf *out)
{
    char name[POD_NAME_MAX + 1];
    pods_name(&r->found->job->pods, r->found->pod, name);
    strbuf_adds(out, name);
}

static void ready_cell(const struct row *r, struct strbuf *out)
{
    char text[32];
    pod_state_ready(r->state, text);
    strbuf_adds(out, text);
}

static void pod_status_cell(const struct row *r, struct strbuf *out)
{
    char text[128];
    pod_state_status(r->state, text);
    strbuf_adds(out, text);
}

static void restarts_cell(const struct row *r, struct strbuf *out)
{
    strbuf_addf(out, "%u", pod_state_restarts(r->state));
}

static void pod_age_cell(const struct row *r, struct strbuf *out)
{
    char text[DURATION_HUMAN_MAX];
    int64_t since = r->state->created_us;
    strbuf_adds(out, since == FOLD_NO_TIME
                         ? "<unknown>"
                         : duration_human((r->columns->now_us - since) / 1000000, text));
}

static void node_cell(const struct row *r, struct strbuf *out)
{
    char node[256];
    pods_node(&r->found->job->pods, r->found->pod, node, sizeof node);
    add_or_none(out, node);
}

static void ip_cell(const struct row *r, struct strbuf *out)
{
    char ip[64];
    pods_address(&r->found->job->pods, r->found->pod, ip, sizeof ip);
    add_or_none(out, ip);
}

static void pod_slurm_cell(const struct row *r, struct strbuf *out)
{
    const struct fold_array *array =
        fold_array_of(listed_view(r->found->job)->fold, r->found->pod->index);
    if (array)
        strbuf_addf(out, "%u_%u", array->job, r->found->pod->index);
    else
        strbuf_adds(out, "<none>");
}

static void pod_partition_cell(const struct row *r, struct strbuf *out)
{
    add_or_none(out, r->found->pod->partition);
}

static void waits_cell(const struct row *r, struct strbuf *out)
{
    add_or_none(out, r->found->pod->waits_for);
}

/* ---- secrets, services ---- */

static void type_cell(const struct row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(r->object, "type"));
}

static void service_type_cell(const struct row *r, struct strbuf *out)
{
    const char *type = tree_str(tree_get(r->object, "spec"), "type");
    strbuf_adds(out, *type ? type : "ClusterIP");
}

/* Nobody allocates addresses here. */
static void cluster_ip_cell(const struct row *r, struct strbuf *out)
{
    add_or_none(out, tree_str(tree_get(r->object, "spec"), "clusterIP"));
}

static void ports_cell(const struct row *r, struct strbuf *out)
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

static void service_selector_cell(const struct row *r, struct strbuf *out)
{
    columns_add_map(tree_at(r->object, "spec", "selector", NULL), out);
}

/* ---- events ---- */

static void seen_cell(const struct row *r, struct strbuf *out)
{
    add_age(r, tree_str(r->object, "lastTimestamp"), "<unknown>", out);
}

static void first_seen_cell(const struct row *r, struct strbuf *out)
{
    add_age(r, tree_str(r->object, "firstTimestamp"), "<unknown>", out);
}

static void reason_cell(const struct row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(r->object, "reason"));
}

static void involved_cell(const struct row *r, struct strbuf *out)
{
    const json_t *who = tree_get(r->object, "involvedObject");
    for (const char *p = tree_str(who, "kind"); *p; p++)
        strbuf_addc(out, (char)tolower((unsigned char)*p));
    strbuf_addf(out, "/%s", tree_str(who, "name"));
}

static void message_cell(const struct row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(r->object, "message"));
}

static void subobject_cell(const struct row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(tree_get(r->object, "involvedObject"), "fieldPath"));
}

static void source_cell(const struct row *r, struct strbuf *out)
{
    const json_t *source = tree_get(r->object, "source");
    const char *host = tree_str(source, "host");
    strbuf_addf(out, "%s%s%s", tree_str(source, "component"), *host ? ", " : "", host);
}

static void count_cell(const struct row *r, struct strbuf *out)
{
    strbuf_addf(out, "%lld", tree_int(r->object, "count"));
}

/* ---- nodes ---- */

static void node_status_cell(const struct row *r, struct strbuf *out)
{
    size_t i;
    json_t *c;
    json_array_foreach (tree_at(r->object, "status", "conditions", NULL), i, c)
        if (tree_is(c, "type", "Ready"))
            strbuf_adds(out, tree_is(c, "status", "True") ? "Ready" : "NotReady");
    if (tree_bool(tree_get(r->object, "spec"), "unschedulable"))
        strbuf_adds(out, ",SchedulingDisabled");
}

static void add_node_info(const struct row *r, const char *field, struct strbuf *out)
{
    const char *text = tree_str(tree_at(r->object, "status", "nodeInfo", NULL), field);
    strbuf_adds(out, *text ? text : "<unknown>");
}

static void version_cell(const struct row *r, struct strbuf *out)
{
    add_node_info(r, "kubeletVersion", out);
}

static void os_cell(const struct row *r, struct strbuf *out)
{
    add_node_info(r, "osImage", out);
}

static void kernel_cell(const struct row *r, struct strbuf *out)
{
    add_node_info(r, "kernelVersion", out);
}

static void runtime_cell(const struct row *r, struct strbuf *out)
{
    add_node_info(r, "containerRuntimeVersion", out);
}

static void address_cell(const struct row *r, struct strbuf *out)
{
    size_t i;
    json_t *a;
    json_array_foreach (tree_at(r->object, "status", "addresses", NULL), i, a)
        if (tree_is(a, "type", "InternalIP"))
            strbuf_adds(out, tree_str(a, "address"));
    if (!out->len)
        strbuf_adds(out, "<none>");
}

/* ---- the tables ---- */

enum shown { ALWAYS, WIDE };

struct column {
    const char *header;
    cell_fn *cell;
    enum shown shown;
    bool is_age;
};

static const struct column tables[RESOURCES][COLUMNS_MAX] = {
    [RESOURCE_JOB] = {{"NAME", name_cell, ALWAYS, false},
                      {"STATUS", job_status_cell, ALWAYS, false},
                      {"COMPLETIONS", completions_cell, ALWAYS, false},
                      {"DURATION", duration_cell, ALWAYS, true},
                      {"AGE", age_cell, ALWAYS, true},
                      {"CONTAINERS", containers_cell, WIDE, false},
                      {"IMAGES", images_cell, WIDE, false},
                      {"SELECTOR", selector_cell, WIDE, false},
                      {"SLURM JOB", job_slurm_cell, WIDE, false},
                      {"PARTITION", job_partition_cell, WIDE, false}},
    [RESOURCE_CRON_JOB] = {{"NAME", name_cell, ALWAYS, false},
                           {"SCHEDULE", schedule_cell, ALWAYS, false},
                           {"TIMEZONE", time_zone_cell, ALWAYS, false},
                           {"SUSPEND", suspend_cell, ALWAYS, false},
                           {"ACTIVE", active_cell, ALWAYS, false},
                           {"LAST SCHEDULE", last_schedule_cell, ALWAYS, true},
                           {"AGE", age_cell, ALWAYS, true},
                           {"CONTAINERS", containers_cell, WIDE, false},
                           {"IMAGES", images_cell, WIDE, false},
                           {"SELECTOR", selector_cell, WIDE, false}},
    [RESOURCE_POD] = {{"NAME", pod_name_cell, ALWAYS, false},
                      {"READY", ready_cell, ALWAYS, false},
                      {"STATUS", pod_status_cell, ALWAYS, false},
                      {"RESTARTS", restarts_cell, ALWAYS, false},
                      {"AGE", pod_age_cell, ALWAYS, true},
                      {"IP", ip_cell, WIDE, false},
                      {"NODE", node_cell, WIDE, false},
                      {"NOMINATED NODE", none_cell, WIDE, false},
                      {"READINESS GATES", none_cell, WIDE, false},
                      {"SLURM JOB", pod_slurm_cell, WIDE, false},
                      {"PARTITION", pod_partition_cell, WIDE, false},
                      {"REASON", waits_cell, WIDE, false}},
    [RESOURCE_CONFIG_MAP] = {{"NAME", name_cell, ALWAYS, false},
                             {"DATA", data_cell, ALWAYS, false},
                             {"AGE", age_cell, ALWAYS, true}},
    [RESOURCE_SECRET] = {{"NAME", name_cell, ALWAYS, false},
                         {"TYPE", type_cell, ALWAYS, false},
                         {"DATA", data_cell, ALWAYS, false},
                         {"AGE", age_cell, ALWAYS, true}},
    [RESOURCE_SERVICE] = {{"NAME", name_cell, ALWAYS, false},
                          {"TYPE", service_type_cell, ALWAYS, false},
                          {"CLUSTER-IP", cluster_ip_cell, ALWAYS, false},
                          {"EXTERNAL-IP", none_cell, ALWAYS, false},
                          {"PORT(S)", ports_cell, ALWAYS, false},
                          {"AGE", age_cell, ALWAYS, true},
                          {"SELECTOR", service_selector_cell, WIDE, false}},
    [RESOURCE_EVENT] = {{"LAST SEEN", seen_cell, ALWAYS, true},
                        {"TYPE", type_cell, ALWAYS, false},
                        {"REASON", reason_cell, ALWAYS, false},
                        {"OBJECT", involved_cell, ALWAYS, false},
                        {"SUBOBJECT", subobject_cell, WIDE, false},
                        {"SOURCE", source_cell, WIDE, false},
                        {"MESSAGE", message_cell, ALWAYS, false},
                        {"FIRST SEEN", first_seen_cell, WIDE, true},
                        {"COUNT", count_cell, WIDE, false},
                        {"NAME", name_cell, WIDE, false}},
    [RESOURCE_NODE] = {{"NAME", name_cell, ALWAYS, false},
                       {"STATUS", node_status_cell, ALWAYS, false},
                       {"ROLES", none_cell, ALWAYS, false},
                       {"AGE", age_cell, ALWAYS, true},
                       {"VERSION", version_cell, ALWAYS, false},
                       {"INTERNAL-IP", address_cell, WIDE, false},
                       {"EXTERNAL-IP", none_cell, WIDE, false},
                       {"OS-IMAGE", os_cell, WIDE, false},
                       {"KERNEL-VERSION", kernel_cell, WIDE, false},
                       {"CONTAINER-RUNTIME", runtime_cell, WIDE, false}},
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
    struct row row = {.columns = c, .found = f, .object = f->object, .state = &state};
    if (f->pod && pods_state(&f->job->pods, f->pod, &state, err) < 0)
        return -1;
    for (size_t i = 0; (column = column_at(c, i)); i++)
        column->cell(&row, &out[i]);
    return 0;
}
