/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "columns_impl.h"
#include "duration.h"

static void pod_name_cell(const struct columns_row *r, struct strbuf *out)
{
    char name[POD_NAME_MAX + 1];
    pods_name(&r->found->job->pods, r->found->pod, name);
    strbuf_adds(out, name);
}

static void ready_cell(const struct columns_row *r, struct strbuf *out)
{
    char text[32];
    pod_state_ready(r->state, text);
    strbuf_adds(out, text);
}

static void pod_status_cell(const struct columns_row *r, struct strbuf *out)
{
    char text[128];
    pod_state_status(r->state, text);
    strbuf_adds(out, text);
}

static void restarts_cell(const struct columns_row *r, struct strbuf *out)
{
    strbuf_addf(out, "%u", pod_state_restarts(r->state));
}

static void pod_age_cell(const struct columns_row *r, struct strbuf *out)
{
    char text[DURATION_HUMAN_MAX];
    int64_t since = r->state->created_us;
    strbuf_adds(out, since == FOLD_NO_TIME
                         ? "<unknown>"
                         : duration_human((r->columns->now_us - since) / 1000000, text));
}

static void node_cell(const struct columns_row *r, struct strbuf *out)
{
    char node[256];
    pods_node(&r->found->job->pods, r->found->pod, node, sizeof node);
    columns_add_or_none(out, node);
}

static void ip_cell(const struct columns_row *r, struct strbuf *out)
{
    char ip[64];
    pods_address(&r->found->job->pods, r->found->pod, ip, sizeof ip);
    columns_add_or_none(out, ip);
}

static void pod_slurm_cell(const struct columns_row *r, struct strbuf *out)
{
    const struct fold_array *array =
        fold_array_of(listed_view(r->found->job)->fold, r->found->pod->index);
    if (array)
        strbuf_addf(out, "%u_%u", array->job, r->found->pod->index);
    else
        strbuf_adds(out, "<none>");
}

static void pod_partition_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_or_none(out, r->found->pod->partition);
}

static void waits_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_or_none(out, r->found->pod->waits_for);
}

const struct column columns_of_pods[COLUMNS_MAX] = {
    {"NAME", pod_name_cell, ALWAYS, false},
    {"READY", ready_cell, ALWAYS, false},
    {"STATUS", pod_status_cell, ALWAYS, false},
    {"RESTARTS", restarts_cell, ALWAYS, false},
    {"AGE", pod_age_cell, ALWAYS, true},
    {"IP", ip_cell, WIDE, false},
    {"NODE", node_cell, WIDE, false},
    {"NOMINATED NODE", columns_none_cell, WIDE, false},
    {"READINESS GATES", columns_none_cell, WIDE, false},
    {"SLURM JOB", pod_slurm_cell, WIDE, false},
    {"PARTITION", pod_partition_cell, WIDE, false},
    {"REASON", waits_cell, WIDE, false},
};
