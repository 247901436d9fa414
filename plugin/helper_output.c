/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "helper_output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void helper_output_init(struct helper_output *o, int *fd, char *buf, size_t size)
{
    *o = (struct helper_output){.fd = fd, .buf = buf, .size = size};
    if (buf)
        buf[0] = '\0';
}

static void keep(struct helper_output *o, const char *bytes, size_t n)
{
    size_t room = o->buf ? o->size - 1 - o->len : 0;
    if (n > room)
        n = room;
    if (!n)
        return;
    memcpy(o->buf + o->len, bytes, n);
    o->len += n;
    o->buf[o->len] = '\0';
}

/* Line ends count when something follows: the last line stays until another one begins. */
static void follow_lines(struct helper_output *o, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '\n') {
            o->line_done = true;
            continue;
        }
        if (o->line_done)
            o->line_len = 0;
        o->line_done = false;
        if (o->line_len < sizeof o->line - 1)
            o->line[o->line_len++] = (char)(c < 0x20 || c == 0x7f ? '?' : c);
    }
}

static void stop(struct helper_output *o)
{
    close(*o->fd);
    *o->fd = -1;
}

void helper_output_read(struct helper_output *o)
{
    char bytes[4096];
    while (*o->fd >= 0) {
        ssize_t n = read(*o->fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n > 0) {
            keep(o, bytes, (size_t)n);
            follow_lines(o, bytes, (size_t)n);
            o->total += (size_t)n;
        }
        if (n <= 0 || o->total >= HELPER_OUTPUT)
            stop(o);
    }
}

void helper_output_line(const struct helper_output *o, char line[static HELPER_LINE])
{
    memcpy(line, o->line, o->line_len);
    line[o->line_len] = '\0';
}
