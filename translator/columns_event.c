/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "columns_impl.h"
#include "tree.h"

static void seen_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_age(r, tree_str(r->object, "lastTimestamp"), "<unknown>", out);
}

static void first_seen_cell(const struct columns_row *r, struct strbuf *out)
{
    columns_add_age(r, tree_str(r->object, "firstTimestamp"), "<unknown>", out);
}

static void reason_cell(const struct columns_row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(r->object, "reason"));
}

static void involved_cell(const struct columns_row *r, struct strbuf *out)
{
    const json_t *who = tree_get(r->object, "involvedObject");
    for (const char *p = tree_str(who, "kind"); *p; p++)
        strbuf_addc(out, (char)tolower((unsigned char)*p));
    strbuf_addf(out, "/%s", tree_str(who, "name"));
}

static void message_cell(const struct columns_row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(r->object, "message"));
}

static void subobject_cell(const struct columns_row *r, struct strbuf *out)
{
    strbuf_adds(out, tree_str(tree_get(r->object, "involvedObject"), "fieldPath"));
}

static void source_cell(const struct columns_row *r, struct strbuf *out)
{
    const json_t *source = tree_get(r->object, "source");
    const char *host = tree_str(source, "host");
    strbuf_addf(out, "%s%s%s", tree_str(source, "component"), *host ? ", " : "", host);
}

static void count_cell(const struct columns_row *r, struct strbuf *out)
{
    strbuf_addf(out, "%lld", tree_int(r->object, "count"));
}

const struct column columns_of_events[COLUMNS_MAX] = {
    {"LAST SEEN", seen_cell, ALWAYS, true},     {"TYPE", columns_type_cell, ALWAYS, false},
    {"REASON", reason_cell, ALWAYS, false},     {"OBJECT", involved_cell, ALWAYS, false},
    {"SUBOBJECT", subobject_cell, WIDE, false}, {"SOURCE", source_cell, WIDE, false},
    {"MESSAGE", message_cell, ALWAYS, false},   {"FIRST SEEN", first_seen_cell, WIDE, true},
    {"COUNT", count_cell, WIDE, false},         {"NAME", columns_name_cell, WIDE, false},
};
