/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gojson.h"

#include <string.h>

#include "cleanup.h"

static void add_line_end(struct strbuf *out, unsigned margin)
{
    static const char blanks[] = "                ";
    strbuf_addc(out, '\n');
    for (unsigned n; margin; margin -= n) {
        n = margin < sizeof blanks ? margin : sizeof blanks - 1;
        strbuf_add(out, blanks, n);
    }
}

/* Go writes < > and & as escapes, also U+2028 and U+2029, and its escapes in small letters. All of
 * these stand in strings only, and line ends between them. */
static void add_as_go(struct strbuf *out, const char *text, unsigned margin)
{
    for (const char *p = text; *p; p++) {
        size_t plain = strcspn(p, "<>&\\\xe2\n");
        strbuf_add(out, p, plain);
        p += plain;
        if (!*p)
            return;
        if (*p == '\n')
            add_line_end(out, margin);
        else if (strchr("<>&", *p))
            strbuf_addf(out, "\\u%04x", (unsigned)*p);
        else if (strncmp(p, "\xe2\x80\xa8", 3) == 0 || strncmp(p, "\xe2\x80\xa9", 3) == 0)
            strbuf_addf(out, "\\u202%x", (unsigned)(unsigned char)p[2] - 0xa0), p += 2;
        else if (*p == '\\' && p[1] == 'u')
            strbuf_addf(out, "\\u%04lx", strtoul((char[]){p[2], p[3], p[4], p[5], '\0'}, NULL, 16)),
                p += 5;
        else if (*p == '\\')
            strbuf_add(out, p, 2), p++;
        else
            strbuf_addc(out, *p);
    }
}

int gojson_add_within(struct strbuf *out, const json_t *value, unsigned indent, unsigned margin,
                      struct error *err)
{
    size_t flags = JSON_SORT_KEYS | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY;
    cleanup_free char *text =
        json_dumps(value, flags | (indent ? JSON_INDENT(indent) : JSON_COMPACT));
    if (!text)
        return error_set(err, "out of memory");
    add_as_go(out, text, margin);
    return out->failed ? error_set(err, "out of memory") : 0;
}

int gojson_add(struct strbuf *out, const json_t *value, unsigned indent, struct error *err)
{
    return gojson_add_within(out, value, indent, 0, err);
}
