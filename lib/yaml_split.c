/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "yaml_split.h"

#include <stdbool.h>
#include <string.h>

#include "cleanup.h"
#include "gospace.h"

struct line {
    const char *text;
    size_t len; /* with its line break */
};

static struct line peek(const struct yaml_split *s)
{
    const char *text = s->text + s->offset;
    const char *end = memchr(text, '\n', s->len - s->offset);
    return (struct line){text, end ? (size_t)(end - text) + 1 : s->len - s->offset};
}

static void take(struct yaml_split *s, struct line line)
{
    s->offset += line.len;
    s->line++;
}

static bool is_separator(struct line line)
{
    return line.len >= 3 && memcmp(line.text, "---", 3) == 0;
}

static int check_separator(struct line line, struct error *err)
{
    cleanup_free char *rest = strndup(line.text + 3, line.len - 3);
    cleanup_free char *text = rest ? gospace_trim(rest) : NULL;
    if (!text)
        return error_set(err, "out of memory");
    if (*text && *text != '#')
        return error_set(err, "invalid Yaml document separator: %.100s", text);
    return 0;
}

/* The length of the blank, line break or byte order mark at s. */
static size_t blank(const char *s, const char *end)
{
    static const char *const blanks[] = {
        " ", "\t", "\r", "\n", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
        size_t n = strlen(blanks[i]);
        if ((size_t)(end - s) >= n && memcmp(s, blanks[i], n) == 0)
            return n;
    }
    return 0;
}

static void count_lines(struct yaml_chunk *chunk, const char *end)
{
    for (const char *s = chunk->text; s < end; s++)
        chunk->line += *s == '\n';
}

/* libyaml would read all directives before it misses their document, in quadratic time. */
static int check_directives(struct yaml_chunk *chunk, struct error *err)
{
    const char *s = chunk->text;
    const char *end = s + chunk->len;
    size_t n;
    while (s < end && (*s == '#' || blank(s, end)))
        if (*s == '#')
            s += strcspn(s, "\r\n"); /* the text ends with a line break */
        else
            while ((n = blank(s, end)))
                s += n;
    if (s == end || *s != '%' || (s > chunk->text && strchr(" \t", s[-1])))
        return 0;
    count_lines(chunk, s);
    return error_set(err,
                     "error converting YAML to JSON: yaml: line %zu: did not find expected "
                     "<document start>",
                     chunk->line);
}

/* libyaml skips a byte order mark at the start of any line; to kubectl it is a character there. */
static int check_marks(struct yaml_chunk *chunk, struct error *err)
{
    const char *mark = memmem(chunk->text, chunk->len, "\n\xef\xbb\xbf", 4);
    if (!mark)
        return 0;
    count_lines(chunk, mark + 1);
    return error_set(err, "a byte order mark inside a document");
}

int yaml_split_next(struct yaml_split *s, struct yaml_chunk *chunk, struct error *err)
{
    *chunk = (struct yaml_chunk){.text = s->text + s->offset, .line = s->line};
    while (s->offset < s->len) {
        struct line line = peek(s);
        size_t number = s->line;
        take(s, line);
        if (is_separator(line)) {
            size_t first = chunk->line;
            chunk->line = number;
            if (check_separator(line, err) < 0)
                return -1;
            chunk->line = first;
            if (chunk->len)
                break;
        }
        chunk->len += line.len;
    }
    if (chunk->len == 0)
        return 0;
    return check_directives(chunk, err) < 0 || check_marks(chunk, err) < 0 ? -1 : 1;
}
