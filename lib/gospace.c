/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gospace.h"

#include <string.h>

/* unicode.IsSpace */
static const char *const spaces[] = {
    "\t",           "\n",           "\v",           "\f",           "\r",           " ",
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
    "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88",
    "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
    "\xe3\x80\x80",
};

/* The length of the white space character at s, 0 when it is another one. */
static size_t space_len(const char *s)
{
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        size_t n = strlen(spaces[i]);
        if (strncmp(s, spaces[i], n) == 0)
            return n;
    }
    return 0;
}

const char *gospace_field(const char *s, size_t *len)
{
    size_t n;
    while ((n = space_len(s)))
        s += n;
    *len = 0;
    while (s[*len] && !space_len(s + *len))
        (*len)++;
    return *len ? s : NULL;
}

char *gospace_trim(const char *s)
{
    size_t len;
    const char *start = gospace_field(s, &len);
    const char *end = start;
    for (const char *p = start; p; p = gospace_field(p + len, &len))
        end = p + len;
    return strndup(start ? start : "", (size_t)(end - start));
}
