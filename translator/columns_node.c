/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "columns_impl.h"
#include "tree.h"

static void node_status_cell(const struct columns_row *r, struct strbuf *out)
{
    size_t i;
    json_t *c;
    json_array_foreach (tree_at(r->object, "status", "conditions", NULL), i, c)
        if (tree_is(c, "type", "Ready"))
            strbuf_adds(out, tree_is(c, "status", "True") ? "Ready" : "NotReady");
    if (tree_bool(tree_get(r->object, "spec"), "unschedulable"))
        strbuf_adds(out, ",SchedulingDisabled");
}

static void add_node_info(const struct columns_row *r, const char *field, struct strbuf *out)
{
    const char *text = tree_str(tree_at(r->object, "status", "nodeInfo", NULL), field);
    strbuf_adds(out, *text ? text : "<unknown>");
}

static void version_cell(const struct columns_row *r, struct strbuf *out)
{
    add_node_info(r, "kubeletVersion", out);
}

static void os_cell(const struct columns_row *r, struct strbuf *out)
{
    add_node_info(r, "osImage", out);
}

static void kernel_cell(const struct columns_row *r, struct strbuf *out)
{
    add_node_info(r, "kernelVersion", out);
}

static void runtime_cell(const struct columns_row *r, struct strbuf *out)
{
    add_node_info(r, "containerRuntimeVersion", out);
}

static void address_cell(const struct columns_row *r, struct strbuf *out)
{
    size_t i;
    json_t *a;
    json_array_foreach (tree_at(r->object, "status", "addresses", NULL), i, a)
        if (tree_is(a, "type", "InternalIP"))
            strbuf_adds(out, tree_str(a, "address"));
    if (!out->len)
        strbuf_adds(out, "<none>");
}

const struct column columns_of_nodes[COLUMNS_MAX] = {
    {"NAME", columns_name_cell, ALWAYS, false},
    {"STATUS", node_status_cell, ALWAYS, false},
    {"ROLES", columns_none_cell, ALWAYS, false},
    {"AGE", columns_age_cell, ALWAYS, true},
    {"VERSION", version_cell, ALWAYS, false},
    {"INTERNAL-IP", address_cell, WIDE, false},
    {"EXTERNAL-IP", columns_none_cell, WIDE, false},
    {"OS-IMAGE", os_cell, WIDE, false},
    {"KERNEL-VERSION", kernel_cell, WIDE, false},
    {"CONTAINER-RUNTIME", runtime_cell, WIDE, false},
};
