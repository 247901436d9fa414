/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conf.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "conf_impl.h"
#include "grow.h"
#include "image_ref.h"
#include "suggest.h"

enum { LINE_BYTES = 4096, ENTRIES_MAX = 10000 };

#define NO_SECTION  (-1)
#define BAD_SECTION (-2) /* its entries are not complained about as well */

struct parser {
    struct conf *conf;
    const char *name;
    size_t line;
    int section;     /* enum conf_map, NO_SECTION, BAD_SECTION */
    size_t seen[32]; /* the line of each key */
    struct strbuf *errors;
    size_t count;
};

static void complain(struct parser *p, const char *about, const struct error *err)
{
    p->count++;
    strbuf_addf(p->errors, "%s:%zu: %s%s%s\n", p->name, p->line, about, *about ? ": " : "",
                err->text);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts the blanks at both ends, in place. */
static char *trim(char *s)
{
    while (is_blank(*s))
        s++;
    size_t n = strlen(s);
    while (n > 0 && is_blank(s[n - 1]))
        n--;
    s[n] = '\0';
    return s;
}

/* A '#' at the start, or behind a blank. */
static void cut_comment(char *s)
{
    for (size_t i = 0; s[i]; i++)
        if (s[i] == '#' && (i == 0 || is_blank(s[i - 1]))) {
            s[i] = '\0';
            return;
        }
}

static void unknown(struct parser *p, const char *what, const char *word, const char *const *names,
                    size_t n)
{
    struct error err;
    const char *near = suggest(word, names, n);
    error_set(&err, "unknown %s \"%.100s\"%s%s%s", what, word, near ? " (did you mean \"" : "",
              near ? near : "", near ? "\"?)" : "");
    complain(p, "", &err);
}

static void open_section(struct parser *p, char *line)
{
    const char *names[CONF_MAPS];
    struct error err;
    size_t n = strlen(line);
    p->section = BAD_SECTION;
    if (line[n - 1] != ']') {
        error_set(&err, "\"%.100s\": no ] at the end", line);
        complain(p, "", &err);
        return;
    }
    line[n - 1] = '\0';
    const char *name = trim(line + 1);
    for (int i = 0; i < CONF_MAPS; i++) {
        names[i] = conf_sections[i].name;
        if (strcmp(name, names[i]) == 0)
            p->section = i;
    }
    if (p->section == BAD_SECTION)
        unknown(p, "section", name, names, CONF_MAPS);
}

static void set_key(struct parser *p, const char *key, const char *value)
{
    const char *names[32];
    struct error err;
    for (size_t i = 0; i < conf_keys_len; i++) {
        names[i] = conf_keys[i].name;
        if (strcmp(names[i], key) != 0)
            continue;
        if (p->seen[i])
            error_set(&err, "is in line %zu already", p->seen[i]);
        else if (conf_keys[i].type((char *)p->conf + conf_keys[i].offset, value, &err) == 0)
            err.text[0] = '\0';
        if (err.text[0])
            complain(p, key, &err);
        p->seen[i] = p->line;
        return;
    }
    unknown(p, "key", key, names, conf_keys_len);
}

static int append(struct conf_entries *e, const char *key, const char *value)
{
    struct conf_entry *v = grow(e->v, e->len, sizeof *v);
    if (!v)
        return -1;
    e->v = v;
    struct conf_entry entry = {strdup(key), strdup(value)};
    if (!entry.key || !entry.value) {
        free(entry.key);
        free(entry.value);
        return -1;
    }
    e->v[e->len++] = entry;
    return 0;
}

static int add_entry(struct parser *p, const char *key, const char *value, struct error *err)
{
    const struct conf_section *s = &conf_sections[p->section];
    struct conf_entries *e = &p->conf->maps[p->section];
    if (!*key || !*value)
        return error_set(err, "an empty %s", *key ? "value" : "entry");
    if ((s->entry && s->entry(NULL, key, err) < 0) || (s->value && s->value(NULL, value, err) < 0))
        return -1;
    if (e->len >= ENTRIES_MAX)
        return error_set(err, "more than %d entries", ENTRIES_MAX);
    return append(e, key, value) < 0 ? error_set(err, "out of memory") : 0;
}

/* The '=' that ends an entry: the first with blanks around it. */
static char *entry_end(char *line)
{
    for (char *s = strchr(line, '='); s; s = strchr(s + 1, '='))
        if (s > line && is_blank(s[-1]) && (is_blank(s[1]) || !s[1]))
            return s;
    return NULL;
}

static void parse_line(struct parser *p, char *line)
{
    struct error err;
    cut_comment(line);
    line = trim(line);
    if (!*line || (p->section == BAD_SECTION && *line != '['))
        return;
    if (*line == '[') {
        open_section(p, line);
        return;
    }
    char *equals = p->section == NO_SECTION ? strchr(line, '=') : entry_end(line);
    if (!equals) {
        error_set(&err, "\"%.100s\" is not %s", line,
                  p->section == NO_SECTION ? "KEY = VALUE" : "ENTRY = VALUE, with blanks around =");
        complain(p, "", &err);
        return;
    }
    *equals = '\0';
    const char *key = trim(line), *value = trim(equals + 1);
    if (p->section == NO_SECTION)
        set_key(p, key, value);
    else if (add_entry(p, key, value, &err) < 0)
        complain(p, conf_sections[p->section].name, &err);
}

static void take_line(struct parser *p, const char *text, size_t len)
{
    char line[LINE_BYTES];
    struct error err;
    error_set(&err, len >= sizeof line ? "a line of more than 4095 bytes" : "a control character");
    bool bad = len >= sizeof line;
    for (size_t i = 0; i < len && !bad; i++) {
        unsigned char c = (unsigned char)text[i];
        bad = (c < 0x20 && c != '\t' && c != '\r') || c == 0x7f;
    }
    if (bad) {
        complain(p, "", &err);
        return;
    }
    memcpy(line, text, len);
    line[len] = '\0';
    parse_line(p, line);
}

size_t conf_parse(struct conf *c, const char *name, const char *text, size_t len,
                  struct strbuf *errors)
{
    struct parser p = {.conf = c, .name = name, .section = NO_SECTION, .errors = errors};
    const char *end = text + len;
    c->runtimes_allowed = 0;
    while (text < end) {
        const char *nl = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((nl ? nl : end) - text);
        p.line++;
        take_line(&p, text, n);
        text += n + (nl != NULL);
    }
    c->runtimes_allowed |= 1U << c->runtime;
    return p.count;
}

/* ---- the file ---- */

const char *conf_path(const char *env, bool *given)
{
    *given = env && *env;
    return *given ? env : SKJOB_SYSCONFDIR "/skjob.conf";
}

int conf_read(const char *path, bool must_exist, struct strbuf *text, struct error *err)
{
    char block[8192];
    ssize_t n;
    struct stat st;
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT && !must_exist)
        return 0;
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_set(err, "%.300s: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return error_set(err, "%.300s: %s", path, strerror(EISDIR));
    while ((n = read(fd, block, sizeof block)) > 0) {
        strbuf_add(text, block, (size_t)n);
        if (text->len > CONF_BYTES)
            return error_set(err, "%.300s: more than %zu bytes", path, CONF_BYTES);
    }
    if (n < 0)
        return error_set(err, "%.300s: %s", path, strerror(errno));
    return text->failed ? error_set(err, "out of memory") : 0;
}

static int first_mistake(const struct strbuf *errors, size_t count, struct error *err)
{
    int len = (int)strcspn(strbuf_str(errors), "\n");
    if (count == 1)
        return error_set(err, "%.*s", len, strbuf_str(errors));
    return error_set(err, "%.*s (and %zu more: skjob check-config)", len, strbuf_str(errors),
                     count - 1);
}

int conf_load(struct conf *c, const char *env, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_strbuf struct strbuf errors = STRBUF_INIT;
    bool given;
    const char *path = conf_path(env, &given);
    if (conf_init(c) < 0)
        return error_set(err, "out of memory");
    if (conf_read(path, given, &text, err) < 0)
        return -1;
    size_t count = conf_parse(c, path, strbuf_str(&text), text.len, &errors);
    if (count == 0)
        return 0;
    conf_free(c);
    conf_init(c);
    return first_mistake(&errors, count, err);
}

/* ---- looking up ---- */

static bool is_exact(enum conf_map map)
{
    return map == CONF_STORAGE || map == CONF_RUNTIME_OPTIONS;
}

const char *conf_find(const struct conf *c, enum conf_map map, const char *key)
{
    for (size_t i = 0; i < c->maps[map].len; i++) {
        const struct conf_entry *e = &c->maps[map].v[i];
        if (is_exact(map) ? strcmp(e->key, key) == 0 : fnmatch(e->key, key, 0) == 0)
            return e->value;
    }
    return NULL;
}

const char *conf_image(const struct conf *c, const char *image)
{
    struct image_ref ref;
    cleanup_strbuf struct strbuf latest = STRBUF_INIT;
    if (image_ref_parse(image, &ref) && !ref.tag && !ref.digest)
        strbuf_addf(&latest, "%s:latest", image);
    for (size_t i = 0; i < c->maps[CONF_IMAGES].len; i++) {
        const struct conf_entry *e = &c->maps[CONF_IMAGES].v[i];
        if (fnmatch(e->key, image, 0) == 0 ||
            (latest.len && fnmatch(e->key, strbuf_str(&latest), 0) == 0))
            return e->value;
    }
    return NULL;
}
