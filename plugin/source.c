/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"

#include <errno.h>
#include <unistd.h>

void source_open(struct source *s, int fd)
{
    s->fd = fd;
    s->at = s->start = 0;
    s->len = 0;
}

void source_seek(struct source *s, off_t at)
{
    s->at = at;
}

static bool fill(struct source *s)
{
    do
        s->len = pread(s->fd, s->buf, sizeof s->buf, s->at);
    while (s->len < 0 && errno == EINTR);
    s->start = s->at;
    return s->len > 0;
}

int source_next(struct source *s)
{
    if (s->at >= SOURCE_MAX)
        return -1;
    if ((s->at < s->start || s->at >= s->start + s->len) && !fill(s))
        return -1;
    int c = (unsigned char)s->buf[s->at - s->start];
    if (!c)
        return -1;
    s->at++;
    return c;
}

bool source_line(struct source *s, struct source_line *line)
{
    int c;
    line->at = s->at;
    line->len = 0;
    line->cut = false;
    while ((c = source_next(s)) >= 0 && c != '\n') {
        if (line->len + 1 < sizeof line->text)
            line->text[line->len++] = (char)c;
        else
            line->cut = true;
    }
    if (c < 0 && s->at == line->at)
        return false;
    if (line->len && !line->cut && line->text[line->len - 1] == '\r')
        line->len--;
    line->text[line->len] = '\0';
    return true;
}
