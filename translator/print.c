/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"

#include <stdio.h>

#include "cleanup.h"
#include "yaml_emit.h"

int print_object(const json_t *object, enum output format, size_t *printed, struct error *err)
{
    if (format == OUTPUT_JSON) {
        cleanup_free char *text =
            json_dumps(object, JSON_INDENT(4) | JSON_SORT_KEYS | JSON_REAL_PRECISION(15));
        if (!text)
            return error_set(err, "out of memory");
        puts(text);
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
