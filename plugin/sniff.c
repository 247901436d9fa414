/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniff.h"

#include <stddef.h>
#include <string.h>

#include "sniff_flow.h"
#include "sniff_keys.h"
#include "source.h"

#define BLANKS " \t"
#define BOM    "\xef\xbb\xbf"

/* ---- the head ---- */

static bool is_program(const char *word, size_t len)
{
    static const char *const ours[] = {"skjob", "skjob-pod"};
    for (size_t i = len; i-- > 0;) {
        if (word[i] != '/')
            continue;
        word += i + 1;
        len -= i + 1;
        break;
    }
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (len == strlen(ours[i]) && memcmp(word, ours[i], len) == 0)
            return true;
    return false;
}

static bool names_skjob(const char *words)
{
    for (;;) {
        words += strspn(words, BLANKS);
        size_t len = strcspn(words, BLANKS);
        if (!len || is_program(words, len))
            return len;
        words += len;
    }
}

static const char *skip_bom(const char *text)
{
    return strncmp(text, BOM, strlen(BOM)) == 0 ? text + strlen(BOM) : text;
}

static bool is_translated(const char *comment)
{
    return strncmp(comment, "#SKJOB", 6) == 0 && comment[6] && strchr(BLANKS, comment[6]);
}

/* ---- block style ---- */

/* Skips the key and its colon; NULL when the line does not start with them. */
static const char *after_key(const char *line, const char *key)
{
    char quote = *line == '"' || *line == '\'' ? *line++ : '\0';
    size_t len = strlen(key);
    if (strncmp(line, key, len) != 0 || (quote && line[len] != quote))
        return NULL;
    line += len + (quote != '\0');
    line += strspn(line, BLANKS);
    return line[0] == ':' && line[1] && strchr(BLANKS, line[1]) ? line + 1 : NULL;
}

static bool is_value(const char *text, const char *value)
{
    text += strspn(text, BLANKS);
    char quote = *text == '"' || *text == '\'' ? *text++ : '\0';
    size_t len = strlen(value);
    if (strncmp(text, value, len) != 0 || (quote && text[len] != quote))
        return false;
    text += len + (quote != '\0');
    size_t blanks = strspn(text, BLANKS);
    return !text[blanks] || (blanks && text[blanks] == '#');
}

/* What may stand before the Job in its file, as skjob creates it, too: values of the same keys. */
static const char *const companions[SNIFF_KEYS][4] = {{"v1"}, {"ConfigMap", "Secret", "Service"}};

static bool is_companions(const char *value, size_t key)
{
    for (size_t i = 0; i < 4 && companions[key][i]; i++)
        if (is_value(value, companions[key][i]))
            return true;
    return false;
}

/* ---- documents ---- */

struct sniff {
    struct source source;
    struct source_line line;
    struct sniff_keys keys;
    bool content;               /* of the first document that has any */
    bool companion[SNIFF_KEYS]; /* the document is none of a Job's, but may stand before it */
};

static enum sniff_result look_value(struct sniff *s, size_t key, const char *value)
{
    if (is_companions(value, key) && !s->keys.seen[0] && !s->keys.seen[1]) {
        s->companion[key] = true;
        return SNIFF_MORE;
    }
    bool is_jobs = is_value(value, sniff_keys[key].value);
    return sniff_keys_found(&s->keys, key, is_jobs && !s->companion[0] && !s->companion[1]);
}

static enum sniff_result look_key(struct sniff *s, const char *text)
{
    for (size_t i = 0; i < SNIFF_KEYS; i++) {
        const char *value = after_key(text, sniff_keys[i].key);
        if (value)
            return s->line.cut ? SNIFF_NO : look_value(s, i, value);
    }
    return SNIFF_MORE;
}

/* The document is over: the next one counts if this one may stand before it. */
static enum sniff_result leave_document(struct sniff *s)
{
    if (!s->companion[0] || !s->companion[1])
        return SNIFF_NO;
    s->companion[0] = s->companion[1] = s->content = false;
    return SNIFF_MORE;
}

/* "---" or "...", and a blank or nothing behind it. */
static bool is_marker(const char *text, const char *marker)
{
    return strncmp(text, marker, 3) == 0 && (!text[3] || strchr(BLANKS, text[3]));
}

/* text: in the line, where content starts, if there is any. */
static enum sniff_result look_content(struct sniff *s, const char *text)
{
    const char *rest = text + strspn(text, BLANKS);
    if (!*rest || *rest == '#')
        return SNIFF_MORE;
    if (*rest == '{' && !s->content) {
        source_seek(&s->source, s->line.at + (rest - s->line.text));
        return sniff_flow(&s->source);
    }
    s->content = true;
    return look_key(s, text);
}

static enum sniff_result look_line(struct sniff *s, const char *text)
{
    bool start = is_marker(text, "---");
    if (!start && !is_marker(text, "..."))
        return *text == '%' ? SNIFF_MORE : look_content(s, text);
    if (s->content && leave_document(s) == SNIFF_NO)
        return SNIFF_NO;
    return start ? look_content(s, text + 3) : SNIFF_MORE;
}

/* The first line: a "#!" that names another program makes it another's script. */
static bool look_first(struct sniff *s, const char **text)
{
    if (!source_line(&s->source, &s->line))
        return false;
    *text = skip_bom(s->line.text);
    return strncmp(*text, "#!", 2) != 0 || (!s->line.cut && names_skjob(*text + 2));
}

bool sniff_is_job(int fd)
{
    struct sniff s = {.content = false};
    const char *text;
    source_open(&s.source, fd);
    if (!look_first(&s, &text))
        return false;
    for (;;) {
        enum sniff_result r = !s.content && is_translated(text) ? SNIFF_NO : look_line(&s, text);
        if (r != SNIFF_MORE)
            return r == SNIFF_YES;
        if (!source_line(&s.source, &s.line))
            return false;
        text = s.line.text;
    }
}
