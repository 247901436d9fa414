/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printable.h"

#include <string.h>

/* C0, DEL, and C1 in UTF-8 (0xc2 0x80 to 0xc2 0x9f): the bytes that it takes. */
static size_t control(const unsigned char *s, size_t len)
{
    if (s[0] < 0x20 || s[0] == 0x7f)
        return 1;
    return len > 1 && s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f ? 2 : 0;
}

void printable_add(struct strbuf *out, const char *s, size_t len, const char *keep)
{
    for (size_t i = 0; i < len;) {
        size_t n = control((const unsigned char *)s + i, len - i);
        bool kept = n == 0 || (s[i] && strchr(keep, s[i]));
        strbuf_addc(out, kept ? s[i] : '?');
        i += n ? n : 1;
    }
}

void printable_add_escaped(struct strbuf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] == '\033')
            strbuf_adds(out, "^[");
        else if (s[i] == '\r')
            strbuf_adds(out, "\\r");
        else
            strbuf_addc(out, s[i]);
}

char *printable_copy(const char *s)
{
    struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "");
    printable_add(&b, s, strlen(s), "");
    return strbuf_steal(&b);
}
