/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "head.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
#include "grow.h"
#include "pragma.h"
#include "sbatch_args.h"

#define MAX_LINES 256
#define MAGIC     "#SBATCH"

static int check_text(const char *name, const char *s, size_t len, size_t line, struct error *err)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)s[i] < 0x20 && s[i] != '\t')
            return error_set(err, "%s:%zu:%zu: a control character in a line for Slurm", name, line,
                             i + 1);
    return 0;
}

static const char *base_name(const char *path, size_t len)
{
    const char *base = path;
    for (size_t i = 0; i < len; i++)
        if (path[i] == '/')
            base = path + i + 1;
    return base;
}

/* "#!/usr/bin/env -S skjob create -f" makes a manifest executable: fine, but not for Slurm. */
static int interpreter(struct head *head, const char *name, const char *s, size_t len,
                       struct error *err)
{
    if (check_text(name, s, len, 1, err) < 0)
        return -1;
    if (pragma_is_ours(s, len + 1)) {
        head->interpreter = strndup(s, len);
        return head->interpreter ? 0 : error_set(err, "out of memory");
    }
    for (size_t i = 2; i < len;) {
        while (i < len && strchr(" \t", s[i]))
            i++;
        size_t word = i;
        while (i < len && !strchr(" \t", s[i]))
            i++;
        const char *base = base_name(s + word, i - word);
        if ((size_t)(s + i - base) == strlen("skjob") && strncmp(base, "skjob", 5) == 0)
            return 0;
    }
    return error_set(err, "%s:1:1: the interpreter of a Job manifest must be skjob-pod or skjob",
                     name);
}

static bool starts_component(const char *word)
{
    return strcasecmp(word, "hetjob") == 0 || strcasecmp(word, "packjob") == 0;
}

static int check_words(struct head *head, const char *name, const struct head_line *l,
                       struct error *err)
{
    cleanup_strbuf struct strbuf word = STRBUF_INIT;
    struct sbatch_args args = {0};
    const char *p = l->text + strlen(MAGIC), *why;
    int rc;
    for (bool first = true; (rc = sbatch_args_word(&p, &word, err)) == 1; first = false) {
        const char *text = strbuf_str(&word);
        if (first && starts_component(text))
            return error_set(err, "%s:%zu: a Job has one component only: %s", name, l->line, text);
        sbatch_args_look(&args, text, &why);
        if (why)
            return error_set(err, "%s:%zu: sbatch option %.*s cannot be used here: %s", name,
                             l->line, (int)strcspn(text, "="), text, why);
    }
    head->output |= args.output;
    return rc < 0 ? error_prefix(err, "%s:%zu", name, l->line) : 0;
}

static int add_sbatch(struct head *head, const char *name, const char *s, size_t len, size_t line,
                      struct error *err)
{
    while (len && strchr(" \t\r", s[len - 1]))
        len--;
    if (check_text(name, s, len, line, err) < 0)
        return -1;
    if (head->sbatch_len == MAX_LINES)
        return error_set(err, "%s:%zu: more than %d lines for Slurm", name, line, MAX_LINES);
    struct head_line *v = grow(head->sbatch, head->sbatch_len, sizeof *v);
    if (!v)
        return error_set(err, "out of memory");
    head->sbatch = v;
    v[head->sbatch_len] = (struct head_line){.text = strndup(s, len), .line = line};
    if (!v[head->sbatch_len].text)
        return error_set(err, "out of memory");
    return check_words(head, name, &v[head->sbatch_len++], err);
}

static bool is_sbatch(const char *s, size_t len)
{
    size_t n = strlen(MAGIC);
    return len > n && strncmp(s, MAGIC, n) == 0 && strchr(" \t-", s[n]);
}

int head_parse(struct head *head, const char *name, const char *text, size_t len, struct error *err)
{
    *head = (struct head){0};
    size_t i = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (size_t line = 1; i < len; line++) {
        const char *s = text + i;
        const char *end = memchr(s, '\n', len - i);
        size_t n = end ? (size_t)(end - s) : len - i;
        size_t blank = 0;
        while (blank < n && strchr(" \t\r", s[blank]))
            blank++;
        if (blank < n && s[blank] != '#')
            break;
        size_t shown = n && s[n - 1] == '\r' ? n - 1 : n;
        int rc = 0;
        if (line == 1 && n > 2 && strncmp(s, "#!", 2) == 0)
            rc = interpreter(head, name, s, shown, err);
        else if (is_sbatch(s, shown))
            rc = add_sbatch(head, name, s, shown, line, err);
        if (rc < 0) {
            head_free(head);
            return -1;
        }
        i += n + 1;
    }
    return 0;
}

void head_free(struct head *head)
{
    for (size_t i = 0; i < head->sbatch_len; i++)
        free(head->sbatch[i].text);
    free(head->sbatch);
    free(head->interpreter);
    *head = (struct head){0};
}
