/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printable.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"

/* C0, DEL, and C1 in UTF-8 (0xc2 0x80 to 0xc2 0x9f): the bytes that it takes. */
static size_t control(const unsigned char *s, size_t len)
{
    if (s[0] < 0x20 || s[0] == 0x7f)
        return 1;
    return len > 1 && s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f ? 2 : 0;
}

static size_t plain(const unsigned char *s, size_t len)
{
    size_t n = 0;
    while (n < len && !control(s + n, len - n))
        n++;
    return n;
}

static void add(struct strbuf *out, const char *s, size_t len, const char *keep, bool escape)
{
    for (size_t i = 0; i < len;) {
        size_t n = plain((const unsigned char *)s + i, len - i);
        strbuf_add(out, s + i, n);
        i += n;
        if (i == len)
            break;
        if (s[i] && strchr(keep, s[i]))
            strbuf_addc(out, s[i]);
        else
            strbuf_adds(out, escape && s[i] == '\033' ? "^["
                             : escape && s[i] == '\r' ? "\\r"
                                                      : "?");
        i += control((const unsigned char *)s + i, len - i);
    }
}

void printable_add(struct strbuf *out, const char *s, size_t len, const char *keep)
{
    add(out, s, len, keep, false);
}

void printable_escape(struct strbuf *out, const char *s, size_t len, const char *keep)
{
    add(out, s, len, keep, true);
}

void printable_tell(const struct strbuf *text)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    printable_add(&b, strbuf_str(text), text->len, "\n");
    fputs(strbuf_str(&b), stderr);
}

char *printable_copy(const char *s)
{
    struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "");
    printable_add(&b, s, strlen(s), "");
    return strbuf_steal(&b);
}
