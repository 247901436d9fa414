/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "random.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* Up to 256 bytes come at once or not at all. */
int random_bytes(void *out, size_t len, struct error *err)
{
    while (getrandom(out, len, 0) != (ssize_t)len)
        if (errno != EINTR)
            return error_set(err, "no random numbers: %s", strerror(errno));
    return 0;
}

int random_uuid(char out[RANDOM_UUID_SIZE], struct error *err)
{
    static const char layout[] = "xxxx-xx-xx-xx-xxxxxx"; /* bytes */
    unsigned char b[16];
    if (random_bytes(b, sizeof b, err) < 0)
        return -1;
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version */
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80); /* variant */
    const unsigned char *next = b;
    for (const char *p = layout; *p; p++)
        out += *p == '-' ? sprintf(out, "-") : sprintf(out, "%02x", *next++);
    return 0;
}

int random_name(char out[RANDOM_NAME_SIZE], const char *prefix, struct error *err)
{
    static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";
    unsigned char random[5];
    if (random_bytes(random, sizeof random, err) < 0)
        return -1;
    char *p = out + snprintf(out, RANDOM_NAME_SIZE, "%.58s", prefix);
    for (size_t i = 0; i < sizeof random; i++)
        *p++ = alphabet[random[i] % (sizeof alphabet - 1)];
    *p = '\0';
    return 0;
}
