/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "columns_impl.h"
#include "tree.h"

static void schedule_cell(const struct columns_row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(tree_get(r->object, "spec"), "schedule"));
}

static void time_zone_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_or_none(out, tree_str(tree_get(r->object, "spec"), "timeZone"));
}

static void suspend_cell(const struct columns_row *r, struct strbuf *out)
{
    const json_t *spec = tree_get(r->object, "spec");
    strbuf_adds(out, !tree_has(spec, "suspend")   ? "<unset>"
                     : tree_bool(spec, "suspend") ? "True"
                                                  : "False");
}

static void active_cell(const struct columns_row *r, struct strbuf *out)
{
    strbuf_addf(out, "%zu", json_array_size(tree_at(r->object, "status", "active", NULL)));
}

static void last_schedule_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_age(r, tree_str(tree_get(r->object, "status"), "lastScheduleTime"), "<none>", out);
}

const struct column columns_of_cronjobs[COLUMNS_MAX] = {
    {"NAME", columns_name_cell, ALWAYS, false},
    {"SCHEDULE", schedule_cell, ALWAYS, false},
    {"TIMEZONE", time_zone_cell, ALWAYS, false},
    {"SUSPEND", suspend_cell, ALWAYS, false},
    {"ACTIVE", active_cell, ALWAYS, false},
    {"LAST SCHEDULE", last_schedule_cell, ALWAYS, true},
    {"AGE", columns_age_cell, ALWAYS, true},
    {"CONTAINERS", columns_containers_cell, WIDE, false},
    {"IMAGES", columns_images_cell, WIDE, false},
    {"SELECTOR", columns_selector_cell, WIDE, false},
};
