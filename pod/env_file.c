/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "env_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "strbuf.h"

/* What is left of the text. */
struct reader {
    const char *at, *end;
    unsigned line;
};

struct line {
    const char *text;
    size_t len;
};

static bool next_line(struct reader *r, struct line *out)
{
    if (r->at >= r->end)
        return false;
    const char *nl = memchr(r->at, '\n', (size_t)(r->end - r->at));
    const char *end = nl ? nl : r->end;
    *out = (struct line){r->at, (size_t)(end - r->at)};
    if (out->len && end[-1] == '\r')
        out->len--;
    r->at = nl ? nl + 1 : r->end;
    r->line++;
    return true;
}

static void skip(struct line *l, size_t n)
{
    l->text += n;
    l->len -= n;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void trim(struct line *l)
{
    while (l->len && is_blank(*l->text))
        skip(l, 1);
}

static int fail(const struct reader *r, const char *what, struct error *err)
{
    return error_set(err, "invalid environment variable format at line %u: %s", r->line, what);
}

/* What follows the opening quote, to the closing one. */
static int read_quoted(struct reader *r, struct line *l, struct strbuf *value, struct error *err)
{
    const char *quote;
    while (!(quote = memchr(l->text, '\'', l->len))) {
        strbuf_add(value, l->text, l->len);
        strbuf_addc(value, '\n');
        if (!next_line(r, l))
            return fail(r, "unclosed single quote", err);
    }
    strbuf_add(value, l->text, (size_t)(quote - l->text));
    skip(l, (size_t)(quote - l->text) + 1);
    trim(l);
    return l->len && *l->text != '#' ? fail(r, "unexpected content after closing quote", err) : 0;
}

/* A blank behind '=' makes the value empty, as in a shell. */
static int read_value(struct reader *r, struct line *l, struct strbuf *value, struct error *err)
{
    if (l->len && is_blank(*l->text))
        return 0;
    if (!l->len || *l->text != '\'')
        return fail(r, "value must be enclosed in single quotes", err);
    skip(l, 1);
    return read_quoted(r, l, value, err);
}

/* Returns 1 when the line is that of key. */
static int read_entry(struct reader *r, struct line *l, const char *key, struct strbuf *value,
                      struct error *err)
{
    const char *name = l->text;
    const char *equals = memchr(name, '=', l->len);
    if (!equals)
        return fail(r, "missing '='", err);
    size_t n = (size_t)(equals - name);
    if (n == 0)
        return fail(r, "empty variable name", err);
    if (is_blank(equals[-1]))
        return fail(r, "whitespace before '=' is not allowed", err);
    skip(l, n + 1);
    strbuf_reset(value);
    if (read_value(r, l, value, err))
        return -1;
    return n == strlen(key) && memcmp(name, key, n) == 0;
}

int env_file_find(const char *text, size_t len, const char *key, char **value, struct error *err)
{
    struct reader r = {text, text + len, 0};
    struct line l;
    cleanup_strbuf struct strbuf found = STRBUF_INIT;
    *value = NULL;
    if (memchr(text, '\0', len))
        return error_set(err, "the file holds a NUL byte, which no variable can");
    while (next_line(&r, &l)) {
        trim(&l);
        if (!l.len || *l.text == '#')
            continue;
        int rc = read_entry(&r, &l, key, &found, err);
        if (rc < 0)
            return -1;
        if (rc == 0)
            continue;
        if (found.len && !(*value = strbuf_steal(&found)))
            return error_set(err, "out of memory");
        return 0;
    }
    return 0;
}

static int open_inside(int root, const char *path)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    struct open_how how = {.flags = (unsigned)flags,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    return fd < 0 && (errno == ENOSYS || errno == EPERM) ? openat(root, path, flags | O_NOFOLLOW)
                                                         : fd;
}

/* Reads the whole file: 1 when it is longer than max. */
static int read_all(int fd, struct strbuf *out, size_t max)
{
    char buf[4096];
    ssize_t n;
    while ((n = read(fd, buf, sizeof buf)) > 0) {
        strbuf_add(out, buf, (size_t)n);
        if (out->failed || out->len > max)
            return 1;
    }
    return n < 0 ? -1 : 0;
}

int env_file_read(const char *volume, const char *path, const char *key, char **value,
                  struct error *err)
{
    struct stat st;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    *value = NULL;
    cleanup_close int root = open(volume, O_PATH | O_DIRECTORY | O_CLOEXEC);
    cleanup_close int fd = root < 0 ? -1 : open_inside(root, path);
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0 || fstat(fd, &st))
        return error_set(err, "cannot open the file: %s", strerror(errno));
    if (!S_ISREG(st.st_mode))
        return error_set(err, "it is not a regular file");
    int rc = read_all(fd, &text, ENV_FILE_MAX);
    if (rc)
        return error_set(err, rc < 0 ? "cannot read the file" : "the file is larger than 1 MiB");
    return env_file_find(strbuf_str(&text), text.len, key, value, err);
}
