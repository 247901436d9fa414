/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names_ip.h"

#include <string.h>

/* Reads one number of the given alphabet. Returns its length, 0 if it is missing or above max. */
static size_t read_number(const char *s, const char *alphabet, unsigned base, unsigned max)
{
    size_t n = strspn(s, alphabet);
    unsigned v = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = (unsigned)(strchr(alphabet, s[i]) - alphabet);
        v = v * base + (digit < 16 ? digit : digit - 6); /* "abcdef", then "ABCDEF" */
        if (v > max)
            return 0;
    }
    return n;
}

static bool is_ipv4(const char *s)
{
    for (int part = 0; part < 4; part++) {
        if (part && *s++ != '.')
            return false;
        size_t n = read_number(s, "0123456789", 10, 0xff);
        if (!n)
            return false;
        s += n;
    }
    return !*s;
}

/* groups: how many of the eight were read before this tail. */
static bool is_ipv4_tail(const char *s, int groups, bool ellipsis)
{
    int total = groups + 2;
    return (ellipsis ? total < 8 : total == 8) && is_ipv4(s);
}

static bool is_ipv6(const char *s)
{
    bool ellipsis = strncmp(s, "::", 2) == 0;
    int groups = 0;
    if (ellipsis)
        s += 2;
    while (*s && groups < 8) {
        size_t n = read_number(s, "0123456789abcdefABCDEF", 16, 0xffff);
        if (!n)
            return false;
        if (s[n] == '.')
            return is_ipv4_tail(s, groups, ellipsis);
        groups++;
        s += n;
        if (!*s)
            break;
        if (*s++ != ':' || !*s)
            return false;
        if (*s == ':') {
            if (ellipsis)
                return false;
            ellipsis = true;
            s++;
        }
    }
    return !*s && (ellipsis ? groups < 8 : groups == 8);
}

bool names_is_ip(const char *s)
{
    const char *p = strpbrk(s, ".:");
    return p && (*p == '.' ? is_ipv4(s) : is_ipv6(s));
}
