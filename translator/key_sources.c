/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "key_sources.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "input.h"
#include "strbuf.h"
#include "utf8.h"
#include "validate_core.h"

struct reading {
    const char *what;
    key_sources_fn *fn;
    void *arg;
    struct error *err;
};

/* Go's texts of errno begin with a small letter. */
static int system_error(const struct reading *r, const char *doing, const char *path)
{
    const char *text = strerror(errno);
    return error_set(r->err, "%s %s: %c%s", doing, path, tolower((unsigned char)*text), text + 1);
}

/* ---- literals ---- */

static int read_literal(const struct reading *r, const char *source)
{
    const char *equal = strchr(source, '=');
    if (!equal || equal == source)
        return error_set(r->err, "invalid literal source %s, expected key=value", source);
    cleanup_free char *key = strndup(source, (size_t)(equal - source));
    if (!key)
        return error_set(r->err, "out of memory");
    return r->fn(r->arg, key, equal + 1, strlen(equal + 1), r->err);
}

/* ---- files ---- */

static int read_file(const struct reading *r, const char *path, struct strbuf *out)
{
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return system_error(r, "open", path);
    if (input_read(fd, VALIDATE_CORE_SIZE_MAX, out) < 0)
        return system_error(r, "read", path);
    if (out->len > VALIDATE_CORE_SIZE_MAX)
        return error_set(r->err, "%s: larger than the %zu bytes that may be stored", path,
                         VALIDATE_CORE_SIZE_MAX);
    return out->failed ? error_set(r->err, "out of memory") : 0;
}

static int add_file(const struct reading *r, const char *key, const char *path)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    if (read_file(r, path, &b) < 0)
        return -1;
    return r->fn(r->arg, key, strbuf_str(&b), b.len, r->err);
}

static int visible(const struct dirent *e)
{
    return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Plain files only: neither folders nor symbolic links. */
static int add_entry(const struct reading *r, const char *folder, const char *name)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    struct stat st;
    strbuf_addf(&path, "%s/%s", folder, name);
    if (lstat(strbuf_str(&path), &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    return add_file(r, name, strbuf_str(&path));
}

static int read_folder(const struct reading *r, const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, visible, by_bytes), rc = 0;
    if (n < 0)
        return system_error(r, "error listing files in", path);
    for (int i = 0; i < n; i++) {
        if (rc == 0)
            rc = add_entry(r, path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

/* Go's path.Base. */
static char *base_name(const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    const char *slash = memrchr(path, '/', n);
    const char *start = slash && n > 1 ? slash + 1 : path;
    return strndup(start, n - (size_t)(start - path));
}

/* "[key=]path" into its parts; *key is the caller's to free. */
static int split_file(const struct reading *r, const char *source, char **key, const char **path)
{
    const char *equal = strchr(source, '=');
    if (equal && strchr(equal + 1, '='))
        return error_set(r->err, "key names or file paths cannot contain '='");
    if (equal == source)
        return error_set(r->err, "key name for file path %s missing", equal + 1);
    if (equal && !equal[1])
        return error_set(r->err, "file path for key name %.*s missing", (int)(equal - source),
                         source);
    *path = equal ? equal + 1 : source;
    *key = equal ? strndup(source, (size_t)(equal - source)) : base_name(source);
    return *key ? 0 : error_set(r->err, "out of memory");
}

static int read_path(const struct reading *r, const char *source)
{
    cleanup_free char *key = NULL;
    const char *path = source;
    struct stat st;
    if (split_file(r, source, &key, &path) < 0)
        return -1;
    if (stat(path, &st) < 0)
        return system_error(r, "error reading", path);
    if (!S_ISDIR(st.st_mode))
        return add_file(r, key, path);
    if (strchr(source, '='))
        return error_set(r->err, "cannot give a key name for a directory path");
    return read_folder(r, path);
}

/* ---- files of variables ---- */

bool key_sources_is_text(const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint32_t c;
        size_t n = utf8_decode(s + i, len - i, &c);
        if (!s[i] || (n == 1 && c == UTF8_REPLACEMENT))
            return false;
        i += n;
    }
    return true;
}

/* IsEnvVarName, the strict rule: kubectl kept it. */
static bool is_variable(const char *s)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-0123456789";
    return *s && !isdigit((unsigned char)*s) && !s[strspn(s, allowed)];
}

static int read_line(const struct reading *r, const char *path, char *line, size_t len, size_t no)
{
    if (!key_sources_is_text(line, len))
        return error_set(r->err, "env file %s contains invalid utf8 bytes at line %zu", path, no);
    if (no == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0)
        line += 3;
    line += strspn(line, " \t\v\f\r");
    if (!*line || *line == '#')
        return 0;
    char *equal = strchr(line, '=');
    if (equal)
        *equal = '\0';
    if (!is_variable(line))
        return error_set(
            r->err,
            "\"%s\" is not a valid key name: a valid environment variable name must consist of "
            "alphabetic characters, digits, '_', '-', or '.', and must not start with a digit "
            "(e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation "
            "is '[-._a-zA-Z][-._a-zA-Z0-9]*')",
            line);
    const char *value = equal ? equal + 1 : getenv(line);
    value = value ? value : "";
    return r->fn(r->arg, line, value, strlen(value), r->err);
}

static int read_env_file(const struct reading *r, const char *path)
{
    cleanup_strbuf struct strbuf b = STRBUF_INIT;
    struct stat st;
    if (stat(path, &st) < 0)
        return system_error(r, "error reading", path);
    if (S_ISDIR(st.st_mode))
        return error_set(r->err, "env %s file cannot be a directory", r->what);
    if (read_file(r, path, &b) < 0)
        return -1;
    size_t no = 1;
    for (char *p = b.data, *end = p + b.len; p && p < end; no++) {
        char *newline = memchr(p, '\n', (size_t)(end - p));
        char *stop = newline ? newline : end;
        char *next = newline ? newline + 1 : end;
        *stop = '\0';
        if (stop > p && stop[-1] == '\r') /* as Go's scanner of lines */
            *--stop = '\0';
        if (read_line(r, path, p, (size_t)(stop - p), no) < 0)
            return -1;
        p = next;
    }
    return 0;
}

int key_sources_read(const struct key_source *s, const char *what, key_sources_fn *fn, void *arg,
                     struct error *err)
{
    static int (*const read_one[])(const struct reading *, const char *) = {
        [KEY_LITERAL] = read_literal,
        [KEY_FILE] = read_path,
        [KEY_ENV_FILE] = read_env_file,
    };
    const struct reading r = {what, fn, arg, err};
    return read_one[s->kind](&r, s->text);
}
