/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"

#include <stdio.h>

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

int print_list(json_t *objects, bool single, enum output format, struct error *err)
{
    size_t printed = 0;
    if (single)
        return print_object(json_array_get(objects, 0), format, &printed, err);
    cleanup_json json_t *list = print_make_list(objects);
    return list ? print_object(list, format, &printed, err) : error_set(err, "out of memory");
}
