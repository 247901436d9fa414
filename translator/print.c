/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "yaml_emit.h"

/* Go writes < > and & as escapes, also U+2028 and U+2029, and its escapes in small letters. All of
 * these stand in strings only. */
static void print_as_go(const char *text)
{
    for (const char *p = text; *p; p++) {
        if (strchr("<>&", *p))
            printf("\\u%04x", (unsigned)*p);
        else if (strncmp(p, "\xe2\x80\xa8", 3) == 0 || strncmp(p, "\xe2\x80\xa9", 3) == 0)
            printf("\\u202%x", (unsigned)(unsigned char)p[2] - 0xa0), p += 2;
        else if (*p == '\\' && p[1] == 'u')
            printf("\\u%04lx", strtoul((char[]){p[2], p[3], p[4], p[5], '\0'}, NULL, 16)), p += 5;
        else if (*p == '\\')
            printf("\\%c", *++p);
        else
            putchar(*p);
    }
    putchar('\n');
}

int print_object(const json_t *object, enum output format, size_t *printed, struct error *err)
{
    if (format == OUTPUT_JSON) {
        cleanup_free char *text =
            json_dumps(object, JSON_INDENT(4) | JSON_SORT_KEYS | JSON_REAL_PRECISION(15));
        if (!text)
            return error_set(err, "out of memory");
        print_as_go(text);
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

int print_list(json_t *objects, bool single, enum output format, struct error *err)
{
    size_t printed = 0;
    if (single)
        return print_object(json_array_get(objects, 0), format, &printed, err);
    cleanup_json json_t *list =
        json_pack("{s:s, s:s, s:{s:s}, s:O}", "apiVersion", "v1", "kind", "List", "metadata",
                  "resourceVersion", "", "items", objects);
    return list ? print_object(list, format, &printed, err) : error_set(err, "out of memory");
}
