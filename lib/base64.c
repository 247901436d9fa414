/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base64.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static const char *skip_breaks(const char *s)
{
    return s + strspn(s, "\r\n");
}

/* Reads the up to four characters of one group. Returns how many there were; with fewer than four,
 * *s is at the one that is not of the alphabet. */
static int read_group(const char **s, unsigned *bits)
{
    int n = 0;
    *bits = 0;
    for (*s = skip_breaks(*s); n < 4; *s = skip_breaks(*s + 1), n++) {
        int v = value_of(**s);
        if (v < 0)
            break;
        *bits = *bits << 6 | (unsigned)v;
    }
    return n;
}

/* The padding after a short group of n characters, which must end the text. Returns 0, or -1 with
 * *s where Go reports the error: it counts a group that just ends from its first character, and a
 * missing second pad from the first one. */
static int read_padding(const char **s, int n)
{
    if (!**s)
        *s -= n;
    if (n < 2 || **s != '=')
        return -1;
    *s = skip_breaks(*s + 1);
    if (n == 3)
        return **s ? -1 : 0;
    if (**s != '=') {
        *s -= **s != '\0';
        return -1;
    }
    *s = skip_breaks(*s + 1);
    return **s ? -1 : 0;
}

static size_t store(unsigned char *out, unsigned bits, int n)
{
    bits <<= 6 * (4 - n);
    for (int i = 0; i < n - 1; i++)
        out[i] = (unsigned char)(bits >> (16 - 8 * i));
    return (size_t)(n - 1);
}

/* out has room for 3 bytes per 4 characters. Returns 0, or -1 with *s at the error. */
static int decode(const char **s, unsigned char *out, size_t *len)
{
    unsigned bits;
    *len = 0;
    for (;;) {
        int n = read_group(s, &bits);
        if (n == 0 && !**s)
            return 0;
        if (n < 4 && read_padding(s, n) < 0)
            return -1;
        *len += store(out + *len, bits, n);
        if (n < 4)
            return 0;
    }
}

int base64_decode(const char *text, unsigned char **data, size_t *len)
{
    const char *s = text;
    *len = 0;
    *data = malloc(strlen(text) / 4 * 3 + 4);
    if (!*data) {
        errno = ENOMEM;
        return -1;
    }
    if (decode(&s, *data, len) == 0) {
        (*data)[*len] = '\0';
        return 0;
    }
    free(*data);
    *data = NULL;
    *len = (size_t)(s - text);
    errno = EINVAL;
    return -1;
}

char *base64_encode(const void *data, size_t len)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = data;
    size_t size;
    if (__builtin_mul_overflow(len / 3 + 1, 4, &size))
        return NULL;
    char *text = malloc(size + 1);
    char *p = text;
    for (size_t i = 0; text && i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        unsigned bits = (unsigned)in[i] << 16;
        bits |= n > 1 ? (unsigned)in[i + 1] << 8 : 0;
        bits |= n > 2 ? in[i + 2] : 0;
        for (size_t j = 0; j < 4; j++)
            *p++ = j <= n ? alphabet[bits >> (18 - 6 * j) & 63] : '=';
    }
    if (text)
        *p = '\0';
    return text;
}
