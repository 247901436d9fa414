/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "goquote.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

void goquote_add(struct strbuf *out, const char *s)
{
    strbuf_addc(out, '"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        static const char plain[] = "\a\b\f\n\r\t\v\\\"";
        static const char escaped[] = "abfnrtv\\\"";
        const char *p = strchr(plain, c);
        if (p)
            strbuf_addf(out, "\\%c", escaped[p - plain]);
        else if (c < 0x20 || c == 0x7f)
            strbuf_addf(out, "\\x%02x", c);
        else
            strbuf_addc(out, (char)c);
    }
    strbuf_addc(out, '"');
}

static int quoted_number(const char **at, const char *end, size_t digits, int base, uint32_t *out)
{
    char text[9] = "";
    if ((size_t)(end - *at) < digits)
        return -1;
    memcpy(text, *at, digits);
    if (strspn(text, base == 8 ? "01234567" : "0123456789abcdefABCDEF") != digits)
        return -1;
    *out = (uint32_t)strtoul(text, NULL, base);
    *at += digits;
    return 0;
}

static int unquote_code(const char **at, const char *end, char kind, struct strbuf *out)
{
    uint32_t code;
    bool is_byte = kind == 'x' || isdigit((unsigned char)kind);
    size_t digits = kind == 'u' ? 4 : kind == 'U' ? 8 : kind == 'x' ? 2 : 3;
    *at -= isdigit((unsigned char)kind) != 0;
    if (quoted_number(at, end, digits, digits == 3 ? 8 : 16, &code) < 0)
        return -1;
    if (code == 0)
        return -1; /* texts hold no NUL here */
    if (code < 0x80) {
        strbuf_addc(out, (char)code);
        return 0;
    }
    if (is_byte || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return -1; /* a single byte that is no text cannot be printed as JSON */
    utf8_append(out, code);
    return 0;
}

int goquote_read(struct strbuf *out, const char *at, const char *end, char quote)
{
    static const char letters[] = "abfnrtv\\", meant[] = "\a\b\f\n\r\t\v\\";
    while (at < end) {
        char c = *at++;
        if (c == quote)
            return -1;
        if (c != '\\') {
            strbuf_addc(out, c);
            continue;
        }
        if (at == end)
            return -1;
        c = *at++;
        const char *simple = strchr(letters, c);
        if (simple && *simple)
            strbuf_addc(out, meant[simple - letters]);
        else if (c == quote)
            strbuf_addc(out, c);
        else if (!c || !strchr("xuU01234567", c) || unquote_code(&at, end, c, out) < 0)
            return -1;
    }
    return 0;
}
