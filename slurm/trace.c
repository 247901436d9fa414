/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "strbuf.h"

static int wanted;

void trace_set_level(int level)
{
    wanted = level;
}

int trace_wanted(enum trace_level level)
{
    return wanted >= (int)level;
}

int64_t trace_begin(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* klog's head, which kubectl's lines have: Lmmdd hh:mm:ss.uuuuuu */
static void print_line(const char *text, size_t len)
{
    struct timespec now;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &tm);
    fprintf(stderr, "I%02d%02d %02d:%02d:%02d.%06ld ", tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
            tm.tm_min, tm.tm_sec, now.tv_nsec / 1000);
    for (size_t i = 0; i < len; i++)
        fputc((unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i], stderr);
    fputc('\n', stderr);
}

void trace_end(enum trace_level level, int64_t began, const char *format, ...)
{
    int saved = errno;
    va_list ap;
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    if (!trace_wanted(level))
        return;
    va_start(ap, format);
    strbuf_vaddf(&b, format, ap);
    va_end(ap);
    strbuf_addf(&b, " in %lld milliseconds", (long long)(trace_begin() - began));
    print_line(strbuf_str(&b), b.len);
    errno = saved;
}

void trace_text(enum trace_level level, const char *text)
{
    if (!trace_wanted(level))
        return;
    while (*text) {
        size_t n = strcspn(text, "\n");
        print_line(text, n);
        text += n + (text[n] == '\n');
    }
}
