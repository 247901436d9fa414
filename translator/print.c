/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "gojson.h"
#include "yaml_emit.h"

int print_object(const json_t *object, enum output format, size_t *printed, struct error *err)
{
    if (format == OUTPUT_JSON) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        if (gojson_add(&text, object, 4, err) < 0)
            return -1;
        puts(strbuf_str(&text));
        ++*printed;
        return 0;
    }
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    if (yaml_emit(object, &b, err) < 0)
        return -1;
    printf("%s%s", *printed ? "---\n" : "", strbuf_str(&b));
    ++*printed;
    return 0;
}

json_t *print_make_list(json_t *objects)
{
    return json_pack("{s:s, s:s, s:{s:s}, s:O}", "apiVersion", "v1", "kind", "List", "metadata",
                     "resourceVersion", "", "items", objects);
}

/* ---- lists ---- */

#define ITEM_MARGIN 8

/* Each line of an item stands two blanks further in, the first behind a dash. */
static void add_yaml_item(struct strbuf *out, const char *text)
{
    const char *mark = "- ";
    while (*text) {
        size_t len = strcspn(text, "\n");
        strbuf_adds(out, len ? mark : "");
        strbuf_add(out, text, len);
        strbuf_addc(out, '\n');
        text += len + (text[len] == '\n');
        mark = "  ";
    }
}

static int print_yaml_item(struct print_list *p, const json_t *object, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT, item = STRBUF_INIT;
    if (yaml_emit(object, &text, err) < 0)
        return -1;
    add_yaml_item(&item, strbuf_str(&text));
    if (item.failed)
        return error_set(err, "out of memory");
    printf("%s%s", p->len++ ? "" : "apiVersion: v1\nitems:\n", strbuf_str(&item));
    return 0;
}

int print_list_item(struct print_list *p, const json_t *object, struct error *err)
{
    cleanup_strbuf struct strbuf item = STRBUF_INIT;
    if (p->format != OUTPUT_JSON)
        return print_yaml_item(p, object, err);
    if (gojson_add_within(&item, object, 4, ITEM_MARGIN, err) < 0)
        return -1;
    fputs(p->len++ ? ",\n" : "{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n", stdout);
    printf("%*s%s", ITEM_MARGIN, "", strbuf_str(&item));
    return 0;
}

int print_list_end(struct print_list *p, struct error *err)
{
    size_t printed = 0;
    cleanup_json json_t *none = json_array();
    cleanup_json json_t *empty = print_make_list(none);
    if (!p->len)
        return empty ? print_object(empty, p->format, &printed, err)
                     : error_set(err, "out of memory");
    fputs(p->format == OUTPUT_JSON ? "\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n"
                                     "        \"resourceVersion\": \"\"\n    }\n}\n"
                                   : "kind: List\nmetadata:\n  resourceVersion: \"\"\n",
          stdout);
    return 0;
}
