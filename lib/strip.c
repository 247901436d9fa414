/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "strip.h"

#include <string.h>

#define RESET "\033[0m"

const struct strip_mark strip_marks[INDEX_STATES + 1] = {
    [INDEX_WAITING] = {'.', "", "waiting"},
    [INDEX_RUNNING] = {'>', "\033[34m", "running"},
    [INDEX_SUCCEEDED] = {'#', "\033[32m", "succeeded"},
    [INDEX_RETRYING] = {'r', "\033[33m", "to be run again"},
    [INDEX_FAILED] = {'x', "\033[31m", "failed"},
    [INDEX_STATES] = {'+', "\033[36m", "partly succeeded"},
};

uint32_t strip_scale(uint32_t n, int width, int rows)
{
    uint64_t room = (uint64_t)(width < 1 ? 1 : width) * (uint64_t)(rows < 1 ? 1 : rows);
    return n <= room ? 1 : (uint32_t)(n / room + (n % room != 0));
}

/* Of a range: what needs attention comes first. */
static const struct strip_mark *mark_of(const uint8_t *states, size_t n)
{
    static const enum index_state first[] = {INDEX_FAILED, INDEX_RETRYING, INDEX_RUNNING};
    size_t counts[INDEX_STATES] = {0};
    for (size_t i = 0; i < n; i++)
        counts[states[i] < INDEX_STATES ? states[i] : INDEX_WAITING]++;
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (counts[first[i]])
            return &strip_marks[first[i]];
    if (counts[INDEX_SUCCEEDED] == 0)
        return &strip_marks[INDEX_WAITING];
    return &strip_marks[counts[INDEX_SUCCEEDED] == n ? INDEX_SUCCEEDED : INDEX_STATES];
}

static void put_mark(const struct strip_mark *m, const char **color, struct strbuf *out)
{
    if (color && *color != m->color) {
        strbuf_adds(out, *m->color ? m->color : RESET);
        *color = m->color;
    }
    strbuf_addc(out, m->letter);
}

void strip_print(const uint8_t *states, uint32_t n, int width, int rows, bool color,
                 const char *indent, struct strbuf *out)
{
    uint32_t scale = strip_scale(n, width, rows);
    const char *now = strip_marks[INDEX_WAITING].color;
    int column = 0;
    for (uint32_t at = 0; at < n; at += scale) {
        uint32_t len = n - at < scale ? n - at : scale;
        if (column == 0)
            strbuf_adds(out, indent);
        put_mark(mark_of(states + at, len), color ? &now : NULL, out);
        if (++column == width || n - at <= scale) {
            if (color && *now)
                strbuf_adds(out, RESET);
            now = strip_marks[INDEX_WAITING].color;
            strbuf_addc(out, '\n');
            column = 0;
        }
        if (n - at <= scale)
            break;
    }
}

static uint32_t run_end(const uint8_t *states, uint32_t n, uint32_t at)
{
    uint32_t end = at;
    while (end < n && states[end] == states[at])
        end++;
    return end;
}

void strip_ranges(const uint8_t *states, uint32_t n, enum index_state state, size_t max,
                  struct strbuf *out)
{
    size_t begin = out->len;
    for (uint32_t at = 0, end; at < n; at = end) {
        const char *comma = out->len > begin ? "," : "";
        end = run_end(states, n, at);
        if (states[at] != state)
            continue;
        /* Room for two numbers and the dots. */
        if (out->len - begin + 28 > max) {
            strbuf_addf(out, "%s...", comma);
            return;
        }
        if (end - at == 1)
            strbuf_addf(out, "%s%u", comma, at);
        else
            strbuf_addf(out, "%s%u%c%u", comma, at, end - at == 2 ? ',' : '-', end - 1);
    }
}
